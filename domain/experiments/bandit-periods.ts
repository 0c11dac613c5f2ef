/**
 * A bandit's arms over several periods of weights, as if the weights had never moved.
 *
 * Where a variant gets more visitors later and people buy more or less later, its pooled rate is that of other days than
 * the others' rates: the day would be taken for the variant. So each period is compared within itself, and every variant
 * is read over the same mixture of periods (harmonic weights, as Mantel and Haenszel have them for two). Periods that
 * follow each other are put together until every variant was seen often enough in them: within them the weights hardly
 * moved, and a period in which one was not seen compares nothing.
 *
 * Shapes  a period's arms are parallel to the variants, `weights` too. The answer has the rate of the mixture, and as
 *         many trials as its variance is worth: they are no whole numbers. Of one period it is that period.
 * Units   rates from 0 to 1.
 */
import type { BanditArm } from "./bandit.ts";

/** Fewer of some variant, and a stretch of periods goes on. */
const FEWEST_A_STRETCH = 10;

export function acrossPeriods(periods: readonly (readonly BanditArm[])[]): BanditArm[] {
  const stretches = stretchesOf(periods).map((arms) => ({ arms, weight: harmonic(arms) }));
  const all = stretches.reduce((sum, { weight }) => sum + weight, 0);
  const variants = periods[0]?.length ?? 0;
  return Array.from({ length: variants }, (_, variant) => {
    let [rate, spread] = [0, 0];
    for (const { arms, weight } of stretches) {
      const { n, x } = arms[variant] ?? { n: 0, x: 0 };
      if (weight === 0 || n === 0) continue;
      rate += (weight / all) * (x / n);
      spread += (weight / all) ** 2 / n;
    }
    const n = spread === 0 ? 0 : 1 / spread;
    return { n, x: rate * n };
  });
}

/** Periods in order of time, put together until each variant has enough; what is left belongs to the last stretch. */
function stretchesOf(periods: readonly (readonly BanditArm[])[]): BanditArm[][] {
  const stretches: BanditArm[][] = [];
  let open: BanditArm[] | null = null;
  for (const period of periods) {
    open = open === null ? [...period] : together(open, period);
    if (open.some(({ n }) => n < FEWEST_A_STRETCH)) continue;
    stretches.push(open);
    open = null;
  }
  if (open === null) return stretches;
  const last = stretches.pop();
  return [...stretches, last === undefined ? open : together(last, open)];
}

function together(one: readonly BanditArm[], other: readonly BanditArm[]): BanditArm[] {
  return one.map(({ n, x }, variant) => ({
    n: n + (other[variant]?.n ?? 0),
    x: x + (other[variant]?.x ?? 0),
  }));
}

/** How much a stretch says of all its variants together: nothing where one of them was not seen. */
function harmonic(arms: readonly BanditArm[]): number {
  return 1 / arms.reduce((sum, { n }) => sum + 1 / n, 0);
}
