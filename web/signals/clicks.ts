/**
 * rage_click: several clicks on one spot in one second that change nothing around it.
 * dead_click: a click on what looks as if it did something, and the page does not answer.
 */
import { effects, whenUnanswered } from "./answer.ts";
import { listenTo } from "./listen.ts";
import { signal } from "./report.ts";

const RAGE_CLICKS = 3;
const RAGE_WITHIN_MS = 1e3;
const RAGE_RADIUS_PX = 30;

/** Where clicking often, or without a visible effect, is how it is used. */
const ORDINARY = "input,textarea,select,label,audio,video,canvas,[aria-disabled=true]";
/** A custom element hides what it changes. */
const isOrdinary = (element: Element): boolean =>
  element.localName.includes("-") || !!element.closest(ORDINARY);

const looksLikeControl = (element: Element): boolean =>
  !!element.closest("button") || getComputedStyle(element).cursor === "pointer";

/** What a triple click does to a paragraph. */
const isTextSelected = (): boolean => getSelection()?.type === "Range";

/** A link that the browser follows by itself: to another page, which may be slow, to a mail or a telephone. */
const isFollowed = (element: Element, click: Event): boolean =>
  !click.defaultPrevented && !!element.closest("a[href]:not([href^='#'])");

export function detectRageClicks(): void {
  let first: MouseEvent;
  let before = -1;
  let count = 0;
  listenTo("click", (element, event) => {
    const isSame =
      before === effects &&
      event.timeStamp - first.timeStamp < RAGE_WITHIN_MS &&
      Math.abs(event.x - first.x) < RAGE_RADIUS_PX &&
      Math.abs(event.y - first.y) < RAGE_RADIUS_PX;
    if (!isSame) {
      first = event;
      before = effects;
      count = 0;
    }
    count++;
    // Without a count of its own it is the keyboard's click.
    if (count < RAGE_CLICKS || !event.detail || isOrdinary(element)) return;
    if (!isTextSelected() || looksLikeControl(element)) signal("rage_click");
  });
}

export function detectDeadClicks(): void {
  whenUnanswered((element, click) => {
    if (isOrdinary(element) || isFollowed(element, click) || isTextSelected()) return;
    if (looksLikeControl(element)) signal("dead_click");
  });
}
