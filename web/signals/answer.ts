/**
 * Whether the page answers a press of the pointer: by a change of the document, by scrolling, by moving the focus (as
 * a browser does to a field that is wrong), by sending a form, opening something, or giving way to another window.
 *
 * The document is watched only from a press until the time is up. A page that changes by itself all the time seems to
 * answer always; then a signal is missed, never invented.
 */
import { listen, listenTo, quiet } from "./listen.ts";

/** How long a page may take before a press was in vain. */
const PATIENCE_MS = 2_500;

/** Grows with every answer beyond what was pressed: what a stepper or a carousel does. */
export let effects = 0;

let pressed: Element;
let isAnswered: boolean;
/** What is to be done about the last click of this press, if it finds no answer. */
let clicked: (() => void) | undefined;

function answer(): void {
  isAnswered = true;
  effects++;
}

const observer = new MutationObserver((changes) => {
  isAnswered = true;
  if (changes.some(({ target }) => !pressed.contains(target))) effects++;
});

/** `act` is called for a click that found no answer. */
export function whenUnanswered(act: (element: Element, click: Event) => void): void {
  const whenTimeIsUp = quiet(PATIENCE_MS);
  listenTo("pointerdown", (element) => {
    pressed = element;
    clicked = undefined;
    isAnswered = false;
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
    whenTimeIsUp(() => {
      observer.disconnect();
      if (!isAnswered) clicked?.();
    });
  });
  listenTo("click", (element, click) => {
    clicked = () => act(element, click);
  });
  // A press moves the focus to what was pressed: that is no answer.
  listenTo("focusin", (element) => element.contains(pressed) || answer());
  for (const name of ["scroll", "input", "submit", "toggle"] as const) listen(name, answer);
  // On its way up only the window's own, and no field's.
  addEventListener("blur", answer);
}
