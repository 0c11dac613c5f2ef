/**
 * The global hold-out: what all campaigns together earn, against the few who are never invited by any.
 *
 * It is read over the last whole weeks since its seed was last changed. Orders are counted in those weeks, for everybody
 * seen since the seed: a window that began at each visitor's first exposure would begin at different times in the two
 * arms, as the held-out are never exposed.
 *
 * Shapes  `effect` is null unless the report is `readable`: where the split is not the planned one no difference means
 *         anything, and of too few sales none is told.
 * Units   weeks are whole; `plannedShare` from 0 to 1; money in the caller's.
 * Errors  none.
 */
import { checkSplit, type SplitCheck } from "../experiments/srm.ts";
import { fewest, type Fewness } from "../experiments/small-counts.ts";
import type { Arms } from "./arm.ts";
import { type Figure, scaled } from "./figure.ts";
import { incrementalOf } from "./incremental.ts";
import { effectOf, intentionToTreat, type IntentionToTreat } from "./intention-to-treat.ts";
import { type Money, netValue, type NetValue } from "./net-value.ts";

/** Fewer, and a week like no other decides; more, and what was learnt long ago does. */
const FEWEST_WEEKS = 2;
const MOST_WEEKS = 4;

/** Over how many of the last whole weeks it is read, so many whole days after its seed was set; null before. */
export function readableWeeks(daysSinceSeed: number): number | null {
  const weeks = Math.min(MOST_WEEKS, Math.floor(daysSinceSeed / 7));
  return weeks < FEWEST_WEEKS ? null : weeks;
}

export type Holdout = {
  daysSinceSeed: number;
  /** The share of visitors who are held out. */
  plannedShare: number;
  /** Everybody seen since the seed, and what they bought in the weeks that are read. */
  arms: Arms;
  money: Money;
};

export type HoldoutEffect = {
  conversion: IntentionToTreat;
  revenue: IntentionToTreat;
  /** What inviting added, over everybody who could be invited. */
  orders: Figure;
  added: Figure;
  value: NetValue;
  /** What not inviting the held-out cost: the price of knowing. */
  forgone: { orders: Figure; revenue: Figure };
};

export type HoldoutReport = {
  status: "not_measurable" | "unusable_split" | "collecting" | "too_few" | "readable";
  weeks: number | null;
  split: SplitCheck;
  scarce: Fewness | null;
  effect: HoldoutEffect | null;
};

export function reportHoldout({ daysSinceSeed, plannedShare, arms, money }: Holdout): HoldoutReport {
  const weeks = readableWeeks(daysSinceSeed);
  const split = checkSplit([arms.control.n, arms.treatment.n], [plannedShare, 1 - plannedShare]);
  const scarce = fewest({
    control: { n: arms.control.n, x: arms.control.conversions },
    treatment: { n: arms.treatment.n, x: arms.treatment.conversions },
  });
  const status = statusOf(plannedShare, split, weeks, scarce);
  return { status, weeks, split, scarce, effect: status === "readable" ? effectOfAll(arms, money) : null };
}

function statusOf(
  plannedShare: number,
  split: SplitCheck,
  weeks: number | null,
  scarce: Fewness | null,
): HoldoutReport["status"] {
  // Whoever is left from an earlier hold-out is none that chance made for this one.
  if (!(plannedShare > 0 && plannedShare < 1)) return "not_measurable";
  if (split.flag) return "unusable_split";
  if (weeks === null) return "collecting";
  return scarce === null ? "readable" : "too_few";
}

function effectOfAll(arms: Arms, money: Money): HoldoutEffect {
  const conversion = intentionToTreat(arms, "conversion");
  const revenue = intentionToTreat(arms, "revenue");
  const orders = incrementalOf(effectOf(conversion), arms.treatment);
  const added = incrementalOf(effectOf(revenue), arms.treatment);
  return {
    conversion,
    revenue,
    orders,
    added,
    value: netValue({ orders, revenue: added }, money),
    forgone: {
      orders: scaled(effectOf(conversion), arms.control.n),
      revenue: scaled(effectOf(revenue), arms.control.n),
    },
  };
}
