/**
 * Figures that are read together, each beside what it was: the differences, and of which of them chance is ruled out.
 *
 * Shapes  a difference has an interval where both sides have one; what was counted, and time over time, have none. `p` is
 *         adjusted for all that are judged together, and null of the others. There is none where a side is not told.
 * Units   those of the figures.
 * Errors  none.
 */
import * as z from "zod";
import type { Figure } from "../kpi/figure.ts";
import { type Change, changeOf } from "./change.ts";
import { judged } from "./judge.ts";

export const DifferenceWire = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** At most .05 only where chance is ruled out for all that are judged together. */
  p: z.number().nullable(),
});
export type Difference = z.infer<typeof DifferenceWire>;

/** `isJudged` where one way is better than the other, so that a difference may be told to be for better or worse. */
export type Pair = { now: Figure; before: Figure; isJudged: boolean };

export function differencesOf<Name extends string>(
  pairs: ReadonlyMap<Name, Pair>,
): Map<Name, Difference | null> {
  const changes = new Map(
    [...pairs].flatMap(([name, { now, before }]): [Name, Change][] => {
      const change = changeOf(now, before);
      return change === null ? [] : [[name, change]];
    }),
  );
  const sure = judged(new Map([...changes].filter(([name]) => pairs.get(name)?.isJudged === true)));
  return new Map(
    [...pairs].map(([name, pair]) => [name, sure.get(name) ?? changes.get(name) ?? plainly(pair)]),
  );
}

function plainly({ now, before }: Pair): Difference | null {
  if (now.value === null || before.value === null) return null;
  if (now.too_few === true || before.too_few === true) return null;
  return { value: now.value - before.value, low: null, high: null, p: null };
}
