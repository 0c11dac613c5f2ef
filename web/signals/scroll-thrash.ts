/** scroll_thrash: up and down and up again, as somebody searches who does not find. */
import { signal } from "./report.ts";

const LEG_PX = 200;
/** So many turns … */
const TURNS = 4;
/** … within this time. */
const WITHIN_MS = 5e3;

let direction = 0;
let from = 0;
let turnedAt: number[] = [];

/** The page is now scrolled to `y`. */
export function watchThrash(y: number): void {
  const moved = y - from;
  if (Math.abs(moved) < LEG_PX) return;
  if (moved * direction < 0) {
    const now = performance.now();
    turnedAt = [now, ...turnedAt].slice(0, TURNS);
    if (now - turnedAt[TURNS - 1]! < WITHIN_MS) signal("scroll_thrash");
  }
  direction = moved;
  from = y;
}
