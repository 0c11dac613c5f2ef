/**
 * The part of the page that is really visible, as custom properties on the widget's element: with a phone's
 * keyboard open, the panel ends above it.
 */

/** Keep `--seen-height` and `--seen-top` of `host` true. Answers the function that stops. */
export function followViewport(host: HTMLElement): () => void {
  const seen = window.visualViewport;
  if (!seen) return () => undefined;
  const follow = (): void => {
    host.style.setProperty("--seen-height", `${seen.height}px`);
    host.style.setProperty("--seen-top", `${seen.offsetTop}px`);
  };
  follow();
  seen.addEventListener("resize", follow);
  seen.addEventListener("scroll", follow);
  return () => {
    seen.removeEventListener("resize", follow);
    seen.removeEventListener("scroll", follow);
  };
}
