/**
 * The KPIs of `kpis.md`, counted over rows of history: one row for a span of time, or one a group.
 *
 * The unit is the visitor-day (person × day of the site's zone), counted in the hour of its first event, so that hours,
 * days and weeks add up. Exposures and chats belong to the row in which they began, and their later orders restate it.
 *
 * Pure: the order of the rows does not matter, and the same history gives the same figures.
 *
 * Shapes  `history` holds, besides the span, the day before `from` began, the chats whose window reaches into the span,
 *         and what followed the span within the windows.
 * Units   `EpochMs`; `from` is inside, `to` is not.
 */
import { countAgentHours } from "./agent-hours.ts";
import { calendarOf } from "./calendar.ts";
import { countChats, countChatters, countSurveys } from "./chats.ts";
import type { Counting, KpiScope } from "./counting.ts";
import { countExposures } from "./exposures.ts";
import { groupsWithoutRows } from "./grouping.ts";
import type { KpiHistory } from "./history.ts";
import { answeredChats, compare, countedOrders, visitFinder } from "./orders.ts";
import { countOrders } from "./revenue.ts";
import { emptyTally, figuresOf, type KpiFigures, type Tally } from "./tally.ts";
import { countVisitorDays } from "./visitor-days.ts";

export type KpiRow = { group: string | null } & KpiFigures;

/** One row for the span, or one a group in the group's order. */
export function kpiRows(history: KpiHistory, scope: KpiScope): KpiRow[] {
  const tallies = new Map<string, Tally>();
  const calendar = calendarOf(scope.zone);
  for (const group of groupsWithoutRows(scope, calendar)) tallies.set(group, emptyTally());
  const orders = countedOrders(history, scope);
  const counting: Counting = {
    history,
    scope,
    calendar,
    orders,
    answered: answeredChats(history, scope),
    ordersByPerson: Map.groupBy(orders, ({ person }) => person),
    visitAt: visitFinder(history.visits),
    tallyOf(group) {
      const tally = tallies.get(group) ?? emptyTally();
      tallies.set(group, tally);
      return tally;
    },
  };
  countVisitorDays(counting);
  countExposures(counting);
  countChats(counting);
  countChatters(counting);
  countOrders(counting);
  countSurveys(counting);
  countAgentHours(counting);
  return [...tallies]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([group, tally]) => ({ group: scope.groupBy === null ? null : group, ...figuresOf(tally) }));
}
