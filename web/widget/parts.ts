/** The parts that come later, each in a chunk of its own. */
export const content = () => import("./content.tsx");
export const files = () => import("./files.tsx");
export const options = () => import("./options.tsx");
export const rating = () => import("./rating.tsx");
export const ways = () => import("./ways.tsx");
