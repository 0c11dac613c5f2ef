/**
 * What a campaign's phase did: its invited arm against its random hold-out, by intention to treat.
 *
 * The unit is the unique visitor at their first eligible moment; each arm counts everybody in it, whether the offer was
 * seen, taken or declined. Accepted against declined is no comparison and is not made here.
 *
 * Shapes  `difference` is absolute, with a 95 % interval and the name of its method; `state` says what may be read.
 * Units   rates are fractions, money is in major units, moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import type { CountedOrder } from "./orders.ts";
import { ratio, type Ratio } from "./ratios.ts";

export type Eligible = {
  id: string;
  person: string;
  variant: string;
  arm: "treated" | "holdout";
  eligibleAt: EpochMs;
  visitEndsAt: EpochMs;
  shown: boolean;
  accepted: boolean;
};

export type ArmResult = {
  visitors: number;
  moments: number;
  displayed: number;
  accepted: number;
  conversions: number;
  revenue: number;
  conversion: Ratio;
};

export type Interval = {
  value: number;
  low: number;
  high: number;
  method: "newcombe" | "wald";
  level: number;
};

export type ResultState = "not_measurable" | "too_few" | "measured";

export type CampaignResult = {
  state: ResultState;
  arms: Record<"treated" | "holdout", ArmResult>;
  variants: ({ variant: string } & ArmResult)[];
  /** Treated minus hold-out, in points of conversion; null without a hold-out. */
  difference: Interval | null;
  /** What the campaign added among those invited: the difference times their number. */
  incremental_sales: { value: number; low: number; high: number } | null;
};

/** Fewer conversions or non-conversions than this in an arm, and the plain interval is not to be trusted. */
const FEW = 10;
const LEVEL = 0.95;
const Z = 1.959963984540054;

/** Wilson's interval for a share. */
function wilson(successes: number, n: number): { low: number; high: number } {
  const p = successes / n;
  const centre = p + Z ** 2 / (2 * n);
  const half = Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  const scale = 1 + Z ** 2 / n;
  return { low: (centre - half) / scale, high: (centre + half) / scale };
}

/** The difference of two shares: Newcombe's interval where an arm has few of either, else Wald's. */
export function differenceOf(
  treated: { successes: number; n: number },
  control: { successes: number; n: number },
): Interval | null {
  if (treated.n === 0 || control.n === 0) return null;
  const [pt, pc] = [treated.successes / treated.n, control.successes / control.n];
  const value = pt - pc;
  const few = [treated, control].some(({ successes, n }) => Math.min(successes, n - successes) < FEW);
  if (few) {
    const [t, c] = [wilson(treated.successes, treated.n), wilson(control.successes, control.n)];
    const low = value - Math.hypot(pt - t.low, c.high - pc);
    const high = value + Math.hypot(t.high - pt, pc - c.low);
    return { value, low, high, method: "newcombe", level: LEVEL };
  }
  const half = Z * Math.sqrt((pt * (1 - pt)) / treated.n + (pc * (1 - pc)) / control.n);
  return { value, low: value - half, high: value + half, method: "wald", level: LEVEL };
}

/** The result of one phase. `orders` are those that count, of anybody; `windowMs` follows the end of the visit. */
export function campaignResult(
  moments: readonly Eligible[],
  orders: readonly CountedOrder[],
  windowMs: number,
): CampaignResult {
  const sorted = moments.toSorted((a, b) => a.eligibleAt - b.eligibleAt || (a.id < b.id ? -1 : 1));
  const byPerson = Map.groupBy(sorted, ({ person }) => person);
  const ordersByPerson = Map.groupBy(orders, ({ person }) => person);
  const arms = { treated: emptyArm(), holdout: emptyArm() };
  const variants = new Map<string, ArmResult>();
  for (const [person, seen] of byPerson) {
    const [first] = seen;
    if (first === undefined) continue;
    const end = first.visitEndsAt + windowMs;
    const bought = (ordersByPerson.get(person) ?? []).filter(({ at }) => at >= first.eligibleAt && at <= end);
    add(arms[first.arm], seen, bought);
    if (first.arm !== "treated") continue;
    const variant = variants.get(first.variant) ?? emptyArm();
    add(variant, seen, bought);
    variants.set(first.variant, variant);
  }
  const { treated, holdout } = arms;
  const difference = differenceOf(
    { successes: treated.conversions, n: treated.visitors },
    { successes: holdout.conversions, n: holdout.visitors },
  );
  return {
    state: stateOf(holdout, difference),
    arms: { treated: finish(treated), holdout: finish(holdout) },
    variants: [...variants]
      .map(([variant, arm]) => ({ variant, ...finish(arm) }))
      .toSorted((a, b) => (a.variant < b.variant ? -1 : 1)),
    difference,
    incremental_sales: difference && {
      value: difference.value * treated.visitors,
      low: difference.low * treated.visitors,
      high: difference.high * treated.visitors,
    },
  };
}

function stateOf(holdout: ArmResult, difference: Interval | null): ResultState {
  if (difference === null) return "not_measurable";
  return holdout.conversions < FEW ? "too_few" : "measured";
}

function emptyArm(): ArmResult {
  const conversion = ratio(0, 0);
  return { visitors: 0, moments: 0, displayed: 0, accepted: 0, conversions: 0, revenue: 0, conversion };
}

function add(arm: ArmResult, seen: readonly Eligible[], bought: readonly CountedOrder[]): void {
  arm.visitors += 1;
  arm.moments += seen.length;
  arm.displayed += seen.filter(({ shown }) => shown).length;
  arm.accepted += seen.filter(({ accepted }) => accepted).length;
  arm.conversions += bought.length > 0 ? 1 : 0;
  arm.revenue += bought.reduce((sum, { net }) => sum + net, 0);
}

function finish(arm: ArmResult): ArmResult {
  return {
    ...arm,
    revenue: Math.round(arm.revenue * 100) / 100,
    conversion: ratio(arm.conversions, arm.visitors),
  };
}
