/**
 * How far somebody is from the best, in figures that are read side by side.
 *
 * Chance alone makes somebody the best, and the more there are the further ahead. So a gap counts as one only where chance
 * is ruled out for having picked the best of so many (Bonferroni), and for all the figures of one table (Holm). A gap is a
 * comparison, never a cause: whoever is best may have had other hours, pages or visitors.
 *
 * Shapes  one of whom too little is known has a figure without value: nobody is compared with them.
 * Errors  none.
 */
import { holm } from "../experiments/multiple.ts";
import { type Change, changeOf, judgedDirection } from "../overview/change.ts";
import { pOfChange } from "../overview/judge.ts";
import type { Better } from "./agent-figures.ts";
import type { Figure } from "./figure.ts";

export type Known = { id: string; figure: Figure };
/** `beyond_chance`: there is a gap. `chance`: what is seen may be chance. `unknown`: too little is known to say. */
export const VERDICTS = ["best", "beyond_chance", "chance", "unknown"] as const;
export type Verdict = (typeof VERDICTS)[number];
export type Gap = {
  /** Null where nobody else can be compared. */
  best: Known | null;
  /** So many were looked at besides. */
  others: number;
  /** From the best to this one; its `p` is adjusted. */
  change: Change | null;
  verdict: Verdict;
};
export type Asked = { own: Known; all: readonly Known[]; better: Better };

const NO_GAP: Gap = { best: null, others: 0, change: null, verdict: "unknown" };

/** The gap of each of `asked`, judged together: they are the figures of one table. */
export function gapsOf<Key>(asked: ReadonlyMap<Key, Asked>): Map<Key, Gap> {
  const found = [...asked].map(([key, one]) => ({ key, gap: gapOf(one) }));
  const judged = found.flatMap(({ key, gap }) =>
    gap.change === null ? [] : [{ key, p: Math.min(1, pOfChange(gap.change) * gap.others) }],
  );
  const adjusted = holm(judged.map(({ p }) => p));
  const ps = new Map(judged.map(({ key }, place) => [key, adjusted[place] ?? 1]));
  return new Map(found.map(({ key, gap }) => [key, judgedGap(gap, ps.get(key) ?? 1)]));
}

/** How far one is from the best by itself. */
function gapOf({ own, all, better }: Asked): Gap {
  const known = all.filter(({ figure }) => figure.value !== null);
  const others = known.filter(({ id }) => id !== own.id).length;
  if (better === null || others === 0) return NO_GAP;
  const sign = better === "higher" ? 1 : -1;
  const best = known.reduce((a, b) => (sign * ((b.figure.value ?? 0) - (a.figure.value ?? 0)) > 0 ? b : a));
  const isBest = best.id === own.id;
  return {
    best,
    others,
    change: isBest ? null : changeOf(own.figure, best.figure),
    verdict: isBest ? "best" : "unknown",
  };
}

function judgedGap(gap: Gap, p: number): Gap {
  if (gap.change === null) return gap;
  const change = { ...gap.change, p };
  return { ...gap, change, verdict: judgedDirection(change) === 0 ? "chance" : "beyond_chance" };
}
