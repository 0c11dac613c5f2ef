/**
 * exit_intent: with a mouse, the pointer leaves fast by the top; with a finger, a flick throws the page up from far
 * down, as one does to come at the browser's address.
 *
 * Neither a hidden page nor going back is one: most come back, and to catch going back a page must meddle with history.
 */
import { listen } from "./listen.ts";
import { signal } from "./report.ts";

const SAMPLE_MS = 60;
const MOUSE_PX_PER_MS = 0.5;

const FAR_DOWN_PX = 1e3;
const FLICK_PX = 150;
const FLICK_PX_PER_MS = 1.5;

export function detectMouseLeaving(): void {
  let older: MouseEvent | undefined;
  let newer: MouseEvent | undefined;
  listen("mousemove", (event) => {
    if (newer && event.timeStamp - newer.timeStamp < SAMPLE_MS) return;
    older = newer;
    newer = event;
  });
  listen("mouseout", (event) => {
    // A list that is open above the page is left upwards too; a held button drags.
    const isLeaving = event.y <= 0 && !event.relatedTarget && !event.buttons;
    if (!older || !isLeaving || document.activeElement?.localName === "select") return;
    if ((older.y - event.y) / (event.timeStamp - older.timeStamp) >= MOUSE_PX_PER_MS) signal("exit_intent");
  });
}

export function detectFlickUp(): void {
  let fromY: number;
  let fromAt: number;
  listen("touchstart", (event) => {
    fromY = event.changedTouches[0]!.clientY;
    fromAt = event.timeStamp;
  });
  listen("touchend", (event) => {
    const moved = event.changedTouches[0]!.clientY - fromY;
    const isFast = moved > FLICK_PX && moved / (event.timeStamp - fromAt) > FLICK_PX_PER_MS;
    if (isFast && scrollY > FAR_DOWN_PX) signal("exit_intent");
  });
}
