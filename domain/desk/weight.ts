/**
 * How much of a place a conversation takes: a whole one while its agent must answer, less while the visitor thinks,
 * nothing on hold.
 *
 * Units   tenths of a place, so that sums are exact.
 */
import type { Item } from "./desk.ts";

/** A place. */
export const TENTHS = 10;
const THINKING_TENTHS = 3;

export function weightOf({ onHold, turn }: Pick<Item, "onHold" | "turn">): number {
  if (onHold) return 0;
  return turn === "visitor" ? THINKING_TENTHS : TENTHS;
}
