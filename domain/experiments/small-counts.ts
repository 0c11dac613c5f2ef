/**
 * Shares of few: intervals and a test that need no large sample.
 *
 * Shapes  `Counts` are x of n. Wilson's interval is for one share, Newcombe's (hybrid score, his method 10) for the
 *         difference of two; Fisher's p sums every table with these margins that is no likelier than the one seen.
 * Units   shares from 0 to 1; differences from −1 to 1.
 * Errors  null where an arm has nobody.
 */
import { normalCritical } from "./distributions.ts";
import type { Counts, Interval } from "./effect.ts";

/** Fewer conversions or non-conversions than this in an arm, and the normal approximation is not to be trusted. */
export const FEW = 10;

export type Fewness = { arm: "control" | "treatment"; of: "conversions" | "non_conversions"; count: number };

/** The scarcest count below `FEW`, conversions before non-conversions, control before treatment; null where enough. */
export function fewest({ control, treatment }: { control: Counts; treatment: Counts }): Fewness | null {
  const counts: Fewness[] = [
    { arm: "control", of: "conversions", count: control.x },
    { arm: "treatment", of: "conversions", count: treatment.x },
    { arm: "control", of: "non_conversions", count: control.n - control.x },
    { arm: "treatment", of: "non_conversions", count: treatment.n - treatment.x },
  ];
  const scarce = counts.filter(({ count }) => count < FEW);
  return scarce.toSorted((a, b) => a.count - b.count)[0] ?? null;
}

export function wilson({ n, x }: Counts, alpha: number = 0.05): Interval | null {
  if (!(n > 0)) return null;
  const z2 = normalCritical(alpha) ** 2;
  const p = x / n;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = Math.sqrt(z2 * ((p * (1 - p)) / n + z2 / (4 * n ** 2))) / (1 + z2 / n);
  // At the ends the score interval touches 0 and 1; rounding must not push it past them or away.
  return [x === 0 ? 0 : Math.max(0, centre - half), x === n ? 1 : Math.min(1, centre + half)];
}

/** Treatment minus control. */
export function newcombe(
  { control, treatment }: { control: Counts; treatment: Counts },
  alpha: number = 0.05,
): Interval | null {
  const [c, t] = [wilson(control, alpha), wilson(treatment, alpha)];
  if (c === null || t === null) return null;
  const [pc, pt] = [control.x / control.n, treatment.x / treatment.n];
  const difference = pt - pc;
  return [
    Math.max(-1, difference - Math.hypot(pt - t[0], c[1] - pc)),
    Math.min(1, difference + Math.hypot(t[1] - pt, pc - c[0])),
  ];
}

/** Two tables that differ by less than this part are equally likely: they are, but for rounding. */
const TIE = 1e-9;

/**
 * Fisher's exact test, two-sided. The hypergeometric weights are built from the likeliest table outwards by the quotient
 * of neighbours: no logarithms of factorials, whose rounding shows in the seventh digit at a million visitors.
 */
export function fisherP({ control, treatment }: { control: Counts; treatment: Counts }): number | null {
  if (!(control.n > 0 && treatment.n > 0)) return null;
  const drawn = control.x + treatment.x;
  const lowest = Math.max(0, drawn - treatment.n);
  const highest = Math.min(control.n, drawn);
  const mode = Math.floor(((drawn + 1) * (control.n + 1)) / (control.n + treatment.n + 2));
  const start = Math.min(highest, Math.max(lowest, mode));
  /** P(k + 1) / P(k), for k conversions in the control. */
  const step = (k: number) => ((control.n - k) * (drawn - k)) / ((k + 1) * (treatment.n - drawn + k + 1));

  const weights = new Map<number, number>([[start, 1]]);
  for (let k = start, weight = 1; k < highest && weight > 0; k += 1) weights.set(k + 1, (weight *= step(k)));
  for (let k = start, weight = 1; k > lowest && weight > 0; k -= 1)
    weights.set(k - 1, (weight /= step(k - 1)));
  const seen = (weights.get(control.x) ?? 0) * (1 + TIE);
  let [total, tail] = [0, 0];
  // Smallest first, so that small ones are not lost beside large ones.
  for (const weight of [...weights.values()].toSorted((a, b) => a - b)) {
    total += weight;
    if (weight <= seen) tail += weight;
  }
  return Math.min(1, tail / total);
}

/** The z of two shares under the hypothesis that they are one; null where nobody or everybody converted. */
export function pooledZ({ control, treatment }: { control: Counts; treatment: Counts }): number | null {
  const pooled = (control.x + treatment.x) / (control.n + treatment.n);
  const se = Math.sqrt(pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n));
  return se > 0 ? (treatment.x / treatment.n - control.x / control.n) / se : null;
}
