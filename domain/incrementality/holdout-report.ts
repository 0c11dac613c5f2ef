/**
 * The global hold-out: what all campaigns together earn, against the few who are never invited by any.
 *
 * It is read once a whole week since its seed was last changed, over the last two to four of these weeks; in between the
 * answer is the same, however often somebody looks. A plain interval that slides with every day leaves zero out sooner
 * or later where there is nothing. So many readings as a quarter has share the error (Bonferroni), so that all of them
 * hold together with 95 %; a quarter is how long a seed lasts at most
 * (`domain/experiments/holdout-periods.ts`), and each has its error for itself.
 *
 * Orders are counted in those weeks, for everybody seen since the seed: a window that began at each visitor's first
 * exposure would begin at different times in the two arms, as the held-out are never exposed. Nor are those compared
 * who came in these weeks alone: who comes again may do so because of an invitation, and only who was ever seen was
 * drawn by chance. Who came in the weeks, and how many of them bought, is told beside it, as a description.
 *
 * Shapes  `effect` is null unless the report is `readable`: where the split is not the planned one no difference means
 *         anything, and of too few sales none is told. Its intervals are those of one reading, `READING_ALPHA`.
 * Units   days and weeks are whole ones since the seed; `plannedShare` from 0 to 1; money in the caller's.
 * Errors  none.
 */
import { normalCritical } from "../experiments/distributions.ts";
import { checkSplit, enoughToCheck, type SplitCheck } from "../experiments/srm.ts";
import { fewest, type Fewness } from "../experiments/small-counts.ts";
import { type Arm, type Arms, type Outcome, outcomeOf } from "./arm.ts";
import { type Figure, finite, intervalOf, NO_FIGURE, scaled } from "./figure.ts";
import { incrementalOf } from "./incremental.ts";
import { intentionToTreat, type IntentionToTreat } from "./intention-to-treat.ts";
import { type Money, netValue, type NetValue } from "./net-value.ts";

/** Fewer, and a week like no other decides; more, and what was learnt long ago does. */
const FEWEST_WEEKS = 2;
const MOST_WEEKS = 4;

const WEEK_DAYS = 7;
/** Readings that share the error: those of a quarter. */
const READINGS = 13;
/** The error of one reading; that of all readings of a quarter together is 5 %. */
export const READING_ALPHA = 0.05 / READINGS;
const READING_Z = normalCritical(READING_ALPHA);

/** The whole days since the seed that are read: `from` is inside, `to` is not. */
export type ReadingDays = { from: number; to: number };

/** What is read so many whole days after the seed was set: the same for all days of a week; null before the first. */
export function readingAt(daysSinceSeed: number): ReadingDays | null {
  const weeks = Math.floor(daysSinceSeed / WEEK_DAYS);
  if (weeks < FEWEST_WEEKS) return null;
  return { from: (weeks - Math.min(MOST_WEEKS, weeks)) * WEEK_DAYS, to: weeks * WEEK_DAYS };
}

/**
 * The effect on each with the interval of one reading. The held-out are few, and by chance their sales vary less the
 * fewer they are: their variance is taken to be no less than everybody's.
 */
export function asReading({ treatment, control }: Arms, outcome: Outcome): Figure {
  const [invited, held] = [outcomeOf(treatment, outcome), outcomeOf(control, outcome)];
  const all = outcomeOf(together(treatment, control), outcome);
  if (invited === null || held === null || all === null) return NO_FIGURE;
  const point = finite(invited.mean - held.mean);
  if (invited.variance === null || held.variance === null || all.variance === null || point === null) {
    return { point, ci: null };
  }
  const people = treatment.n + control.n;
  const ofHeld = Math.max(held.variance, (all.variance * people) / control.n);
  const half = READING_Z * Math.sqrt(invited.variance + ofHeld);
  return { point, ci: half === 0 ? null : intervalOf(point - half, point + half) };
}

function together(one: Arm, other: Arm): Arm {
  return {
    n: one.n + other.n,
    conversions: one.conversions + other.conversions,
    revenue: one.revenue + other.revenue,
    revenueSquares: one.revenueSquares + other.revenueSquares,
    accepted: one.accepted + other.accepted,
    acceptedConversions: one.acceptedConversions + other.acceptedConversions,
    acceptedRevenue: one.acceptedRevenue + other.acceptedRevenue,
  };
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
  /** Null where too few were seen to check. */
  split: SplitCheck | null;
  scarce: Fewness | null;
  effect: HoldoutEffect | null;
};

export function reportHoldout({ daysSinceSeed, plannedShare, arms, money }: Holdout): HoldoutReport {
  const days = readingAt(daysSinceSeed);
  const weeks = days === null ? null : (days.to - days.from) / WEEK_DAYS;
  const [users, planned] = [
    [arms.control.n, arms.treatment.n],
    [plannedShare, 1 - plannedShare],
  ];
  const split = enoughToCheck(users, planned) ? checkSplit(users, planned) : null;
  const scarce = fewest({
    control: { n: arms.control.n, x: arms.control.conversions },
    treatment: { n: arms.treatment.n, x: arms.treatment.conversions },
  });
  const status = statusOf(plannedShare, split, weeks, scarce);
  return { status, weeks, split, scarce, effect: status === "readable" ? effectOfAll(arms, money) : null };
}

function statusOf(
  plannedShare: number,
  split: SplitCheck | null,
  weeks: number | null,
  scarce: Fewness | null,
): HoldoutReport["status"] {
  // Whoever is left from an earlier hold-out is none that chance made for this one.
  if (!(plannedShare > 0 && plannedShare < 1)) return "not_measurable";
  if (split?.flag === true) return "unusable_split";
  if (weeks === null) return "collecting";
  return scarce === null ? "readable" : "too_few";
}

function effectOfAll(arms: Arms, money: Money): HoldoutEffect {
  const conversion = intentionToTreat(arms, "conversion");
  const revenue = intentionToTreat(arms, "revenue");
  const [onOrders, onRevenue] = [asReading(arms, "conversion"), asReading(arms, "revenue")];
  const orders = incrementalOf(onOrders, arms.treatment);
  const added = incrementalOf(onRevenue, arms.treatment);
  return {
    conversion,
    revenue,
    orders,
    added,
    value: netValue({ orders, revenue: added }, money),
    forgone: {
      orders: scaled(onOrders, arms.control.n),
      revenue: scaled(onRevenue, arms.control.n),
    },
  };
}
