/**
 * Opens the chat of the page's site at once, and again by the button; the beacon takes the calls when it has loaded.
 *
 * On a wide screen the chat lies over the page's column, from below its head to the window's foot: the style sheet is
 * told how far the head goes, and whether the chat is open, since what lies under it is then in nobody's way.
 */
type Call = readonly ["open"] | readonly ["on", "open" | "close", () => void];
export type Calls = { push(...calls: Call[]): unknown };

const page = window as { aparte?: Calls };
const root = document.documentElement;
const openChat = (): void => {
  (page.aparte ??= []).push(["open"]);
};

const head = document.querySelector("header");
if (head !== null) {
  new ResizeObserver(() => {
    root.style.setProperty("--head", `${head.offsetTop + head.offsetHeight}px`);
  }).observe(head);
}

const button = document.querySelector("button");
if (button?.hidden === false) {
  button.addEventListener("click", openChat);
  (page.aparte ??= []).push(
    ["on", "open", () => root.classList.add("talking")],
    ["on", "close", () => root.classList.remove("talking")],
  );
  openChat();
}
