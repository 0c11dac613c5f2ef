/**
 * Page views of a single-page site: `begin` is called for each, and in browsers without the Navigation API the beacon is
 * asked to `look` when the history moved.
 *
 * It may come with the visitor's first input, since no router moves before; what that very input caused is looked for
 * at once.
 */
export function followHistory(look: () => void, begin: () => void): void {
  let url: string | undefined;
  const check = (): void => {
    look();
    // As the beacon counts page views: an anchor is no other page.
    const shown = location.href.replace(/#[^/!]*$/, "");
    if (shown !== url) begin();
    url = shown;
  };
  // After the task in which the address changed: by then most routers have set the title.
  const later = (): void => {
    setTimeout(check);
  };

  check();
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) return navigation.addEventListener("currententrychange", later);
  addEventListener("popstate", later);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      later();
    };
  }
}
