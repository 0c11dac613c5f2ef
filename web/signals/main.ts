/** What the page's second chunk does: it comes with the visitor's first input and sees what that visitor struggles with. */
import type { StartSignals } from "../shared/signals-mount.ts";
import { followHistory } from "./navigation.ts";

export const start: StartSignals = (link) => {
  followHistory(() => link.look());
};
