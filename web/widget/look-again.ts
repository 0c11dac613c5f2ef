/**
 * Asks again how things stand while something on screen depends on it: with the server's own 2 s, a change is on
 * screen within 10. A tab that nobody sees does not ask; it does so at once when it comes to the front.
 */
const EVERY_MS = 7_000;

export function lookAgain(look: () => unknown): () => void {
  const again = (): void => {
    if (document.visibilityState === "visible") look();
  };
  const timer = setInterval(again, EVERY_MS);
  document.addEventListener("visibilitychange", again);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", again);
  };
}
