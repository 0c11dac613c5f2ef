/**
 * How the detectors listen: to what people do, not scripts, and never where a site told us to leave it alone.
 *
 * Every listener is passive and on the window's way down, so that a page which stops an event still shows it to us.
 */

/** What is no business of ours: our own widget, what visitors edit freely, and what the site excluded. */
const LEFT_ALONE = "aparte-widget,[contenteditable],[data-aparte-ignore]";

export function listen<Name extends keyof WindowEventMap>(
  name: Name,
  act: (event: WindowEventMap[Name]) => void,
): void {
  addEventListener(name, act, { capture: true, passive: true });
}

/** What a person did to an element of the page; of a shadow tree only its host is seen. */
export function listenTo<Name extends keyof WindowEventMap>(
  name: Name,
  act: (element: Element, event: WindowEventMap[Name]) => void,
): void {
  listen(name, (event) => {
    const { target } = event;
    if (event.isTrusted && target instanceof Element && !target.closest(LEFT_ALONE)) act(target, event);
  });
}

/** Acts when nothing more came for `ms`. */
export function quiet(ms: number): (act: () => void) => void {
  let timer: ReturnType<typeof setTimeout>;
  return (act) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
}
