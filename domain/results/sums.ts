/**
 * What is counted of one arm of one phase on one day of first eligible moments: sums that add up, day by day.
 *
 * Everything that a reading of the phase needs lies in them: means with their variances, the effect per conversation,
 * the capped reading, the adjustment by what a visitor spent before, and the split by device and browser.
 *
 * Shapes  plain JSON of numbers, and of counts by name; `addSums` is associative, and the empty sums are its zero.
 * Units   counts are of units (unique visitors at their first eligible moment) unless named otherwise; `_cents` are
 *         hundredths of the site's currency, `_sq` and `_x_` their squares and products, summed over units.
 */
export const SUMS = [
  "n",
  /** Eligible moments and what was seen of them: more than one a unit may be. */
  "moments",
  "displayed",
  /** Units who wrote a message, and units whom an agent answered. */
  "accepted",
  "reached",
  "conversions",
  "orders",
  "revenue_cents",
  "revenue_sq",
  /** The same with each unit's spending counted up to the plan's cap, and how many units that touches. */
  "capped",
  "capped_cents",
  "capped_sq",
  /** Of the units whom an agent answered. */
  "reached_conversions",
  "reached_revenue_cents",
  /** What units spent in the weeks before, and the product with what they spent after. */
  "before_cents",
  "before_sq",
  "before_x_revenue",
  /** What an answered chat of this campaign is credited with: attributed, not incremental. */
  "attributed_orders",
  "attributed_cents",
  /** How long agents handled these units' conversations. */
  "handle_ms",
  /** Units whose window has not passed yet. */
  "maturing",
] as const;
export type SumName = (typeof SUMS)[number];

/** How many units by name. */
export type Counts = Record<string, number>;
export type ArmSums = Record<SumName, number> & { device: Counts; browser: Counts };

export function emptySums(): ArmSums {
  const zeros = Object.fromEntries(SUMS.map((name) => [name, 0])) as Record<SumName, number>;
  return { ...zeros, device: {}, browser: {} };
}

/** `into` and `from` together, in `into`. */
export function addSums(into: ArmSums, from: ArmSums): ArmSums {
  for (const name of SUMS) into[name] += from[name];
  addCounts(into.device, from.device);
  addCounts(into.browser, from.browser);
  return into;
}

function addCounts(into: Counts, from: Counts): void {
  for (const [name, count] of Object.entries(from)) into[name] = (into[name] ?? 0) + count;
}

export function totalOf(all: Iterable<ArmSums>): ArmSums {
  const total = emptySums();
  for (const sums of all) addSums(total, sums);
  return total;
}
