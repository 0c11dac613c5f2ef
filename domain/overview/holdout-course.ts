/**
 * The site-wide hold-out's buyers, order by order: what both arms have spent after each day of the weeks that are
 * read, with the intervals of one reading.
 *
 * Shapes  `arms` after the last day are what the report is made from; `course` has one point a day on which both arms vary.
 * Units   money in major units; days are local dates.
 * Errors  none.
 */
import { type Arm, type Arms } from "../incrementality/arm.ts";
import type { Figure } from "../incrementality/figure.ts";
import { incrementalOf } from "../incrementality/incremental.ts";
import { asReading } from "../incrementality/holdout-report.ts";
import type { CoursePoint } from "./earnings.ts";

export type ArmOrder = {
  person: string;
  isHeldOut: boolean;
  day: string;
  cents: number;
  /** What its price was lowered by; absent where nobody told. */
  off?: number;
};
export type People = { invited: number; heldOut: number };

const CENTS = 100;

export function holdoutCourse(
  people: People,
  orders: readonly ArmOrder[],
): { arms: Arms; course: CoursePoint[] } {
  const arms: Arms = { treatment: emptyArm(people.invited), control: emptyArm(people.heldOut) };
  const spent = new Map<string, number>();
  const course: CoursePoint[] = [];
  for (const [day, own] of [...Map.groupBy(orders, (order) => order.day)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    for (const { person, isHeldOut, cents } of own) {
      const arm = isHeldOut ? arms.control : arms.treatment;
      if (!spent.has(person)) arm.conversions += 1;
      const before = spent.get(person) ?? 0;
      const after = before + cents / CENTS;
      spent.set(person, after);
      arm.revenue += cents / CENTS;
      arm.revenueSquares += after ** 2 - before ** 2;
    }
    const { point, ci } = incrementalOf(asReading(arms, "revenue"), arms.treatment);
    if (point !== null && ci !== null) course.push({ day, value: point, low: ci[0], high: ci[1] });
  }
  return { arms, course };
}

/** What of these orders is left of `margin`, as `domain/results/margin.ts` has it: the invited's less what was to be expected. */
export function holdoutMargin(people: People, orders: readonly ArmOrder[], margin: number): Figure {
  const left = orders.map((order) => ({
    ...order,
    cents: margin * order.cents - (1 - margin) * (order.off ?? 0),
  }));
  const { arms } = holdoutCourse(people, left);
  return incrementalOf(asReading(arms, "revenue"), arms.treatment);
}

function emptyArm(n: number): Arm {
  return {
    n,
    conversions: 0,
    revenue: 0,
    revenueSquares: 0,
    accepted: 0,
    acceptedConversions: 0,
    acceptedRevenue: 0,
  };
}
