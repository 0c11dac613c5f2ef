/**
 * What is counted of one arm of one phase on one day of first eligible moments: sums that add up, day by day.
 *
 * Everything that a reading of the phase needs lies in them: means with their variances, the effect per conversation,
 * the capped reading, the adjustment by what a visitor spent before, and the split by device and browser.
 *
 * Shapes  plain JSON of numbers, and of counts by name; `addSums` is associative, and the empty sums are its zero.
 * Units   counts are of units (unique visitors at their first eligible moment) unless named otherwise, and of what was
 *         theirs until the end of their window unless it says when; `_cents` are hundredths of the site's currency, `_sq` and `_x_` their squares and products, summed over units.
 */
export const SUMS = [
  "n",
  /** Eligible moments and what was seen of them, on whatever visit: more than one a unit may be. */
  "moments",
  "displayed",
  /** Units who wrote a message after an invitation, and units with whom an agent spoke, whatever opened the conversation. */
  "accepted",
  "reached",
  "conversions",
  "orders",
  "revenue_cents",
  "revenue_sq",
  /** Of the orders, those whose amount is in another currency: it is in no sum of money. */
  "foreign_orders",
  /** The same with each unit's spending counted up to the plan's cap, and how many units that touches. */
  "capped",
  "capped_cents",
  "capped_sq",
  /** What these orders' prices were lowered by, as far as it was told, and its product with what was paid. */
  "discount_cents",
  "discount_sq",
  "revenue_x_discount",
  /** Of the units with whom an agent spoke. */
  "reached_conversions",
  "reached_revenue_cents",
  /** What units spent in the weeks before, and the product with what they spent after. */
  "before_cents",
  "before_sq",
  "before_x_revenue",
  /** What answered chats of this campaign are credited with, as in the KPIs: attributed, not incremental. */
  "attributed_orders",
  "attributed_cents",
  /** How long agents handled these units' conversations, each counted alone; and those of visits after the window. */
  "handle_ms",
  "later_handle_ms",
  /** Units whose window has not passed yet. */
  "maturing",
] as const;
export type SumName = (typeof SUMS)[number];

/** How many units by name. */
export type Counts = Record<string, number>;
export type ArmSums = Record<SumName, number> & { device: Counts; browser: Counts };

const ZEROS = Object.fromEntries(SUMS.map((name) => [name, 0])) as Record<SumName, number>;

export function emptySums(): ArmSums {
  return { ...ZEROS, device: {}, browser: {} };
}

/** `into` and `from` together, in `into`. Written out: sums are added by the thousand, and by name it takes most of the time. */
export function addSums(into: ArmSums, from: ArmSums): ArmSums {
  into.n += from.n;
  into.moments += from.moments;
  into.displayed += from.displayed;
  into.accepted += from.accepted;
  into.reached += from.reached;
  into.conversions += from.conversions;
  into.orders += from.orders;
  into.revenue_cents += from.revenue_cents;
  into.revenue_sq += from.revenue_sq;
  into.foreign_orders += from.foreign_orders;
  into.capped += from.capped;
  into.capped_cents += from.capped_cents;
  into.capped_sq += from.capped_sq;
  into.discount_cents += from.discount_cents;
  into.discount_sq += from.discount_sq;
  into.revenue_x_discount += from.revenue_x_discount;
  into.reached_conversions += from.reached_conversions;
  into.reached_revenue_cents += from.reached_revenue_cents;
  into.before_cents += from.before_cents;
  into.before_sq += from.before_sq;
  into.before_x_revenue += from.before_x_revenue;
  into.attributed_orders += from.attributed_orders;
  into.attributed_cents += from.attributed_cents;
  into.handle_ms += from.handle_ms;
  into.later_handle_ms += from.later_handle_ms;
  into.maturing += from.maturing;
  addCounts(into.device, from.device);
  addCounts(into.browser, from.browser);
  return into;
}

function addCounts(into: Counts, from: Counts): void {
  for (const name in from) into[name] = (into[name] ?? 0) + (from[name] ?? 0);
}

export function totalOf(all: Iterable<ArmSums>): ArmSums {
  const total = emptySums();
  for (const sums of all) addSums(total, sums);
  return total;
}
