/** Tells once that an element is really before somebody's eyes: on screen, in a tab that is in front. */

const SHARE_SEEN = 0.5;

export function whenSeen(element: Element, seen: () => void): () => void {
  let onScreen = false;
  const check = (): void => {
    if (!onScreen || document.visibilityState !== "visible") return;
    stop();
    seen();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      onScreen = (entries.at(-1)?.intersectionRatio ?? 0) >= SHARE_SEEN;
      check();
    },
    { threshold: SHARE_SEEN },
  );
  const stop = (): void => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", check);
  };
  observer.observe(element);
  document.addEventListener("visibilitychange", check);
  return stop;
}
