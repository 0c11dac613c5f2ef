/**
 * Single-page navigation in browsers without the Navigation API: the beacon is asked to look when the history moved.
 *
 * It may come with the visitor's first input, since no router moves before; what that very input caused is looked for
 * at once.
 */
export function followHistory(look: () => void): void {
  look();
  if ("navigation" in window) return;
  // After the task in which the address changed: by then most routers have set the title.
  const later = (): void => void setTimeout(look);
  addEventListener("popstate", later);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      later();
    };
  }
}
