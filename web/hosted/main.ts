/** Opens the chat of the page's site at once, and again by the button; the beacon takes the calls when it has loaded. */
export type Calls = { push(call: readonly ["open"]): unknown };

const page = window as { aparte?: Calls };
const openChat = (): void => {
  (page.aparte ??= []).push(["open"]);
};

const button = document.querySelector("button");
if (button?.hidden === false) {
  button.addEventListener("click", openChat);
  openChat();
}
