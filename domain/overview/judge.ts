/**
 * Changes that are read together: chance is ruled out for all of them at once (Holm). Of six figures that did not change,
 * one would leave 0 out by itself in every fourth report.
 *
 * Apart from `change.ts`, so that a screen needs no distributions for a colour.
 */
import { normalSurvival } from "../experiments/distributions.ts";
import { holm } from "../experiments/multiple.ts";
import { Z_95 } from "../incrementality/figure.ts";
import type { Change } from "./change.ts";

/** `changes` with the `p` of each adjusted for all of them. */
export function judged<Name extends string>(changes: ReadonlyMap<Name, Change>): Map<Name, Change> {
  const adjusted = holm([...changes.values()].map(pOfChange));
  return new Map([...changes].map(([name, change], place) => [name, { ...change, p: adjusted[place] ?? 1 }]));
}

/** As its interval is as wide as 95 % are, on the side of 0: at most .05 exactly where it leaves 0 out. */
export function pOfChange({ value, low, high }: Change): number {
  const half = value > 0 ? value - low : high - value;
  return half === 0 ? 1 : 2 * normalSurvival((Z_95 * Math.abs(value)) / half);
}
