/**
 * The KPIs of `kpis.md`, counted over rows of history: in hours that add up, or as rows of a span.
 *
 * The unit is the visitor-day (person × day of the site's zone), counted in the hour of its first visit, so that hours,
 * days and weeks add up. What a visit holds after midnight is of the day on which it began (`visitorDay`). Exposures and chats belong to the hour in which they began, and their later orders restate it.
 * Rows are hours added together: there is one way of counting, and what is kept by the day equals what is counted anew.
 *
 * Pure: the order of the rows does not matter, and the same history gives the same figures.
 *
 * Shapes  `history` holds, besides the span, the day before `from` began, the chats whose window reaches into the span,
 *         what visits hold that go on over an edge of it, and what followed the span within the windows.
 * Units   `EpochMs`; `from` is inside, `to` is not.
 */
import type { EpochMs } from "../ids.ts";
import { countHands } from "./agent-hands.ts";
import { countAgentHours } from "./agent-hours.ts";
import { calendarOf } from "./calendar.ts";
import { countChats, countChatters } from "./chats.ts";
import { costsOfRows } from "./costs.ts";
import type { Counting, DayScope, KpiScope } from "./counting.ts";
import { entriesOf } from "./entries.ts";
import { countExposures } from "./exposures.ts";
import { type KpiFigures, figuresOf } from "./figures.ts";
import { type Dimension, dimensionOf, DIMENSIONS, groupsWithoutRows, rowOf } from "./grouping.ts";
import type { KpiHistory } from "./history.ts";
import { answeredChats, compare, creditedChats, personOf, placedOrders, visitFinder } from "./orders.ts";
import { countLeads, countOrders, type Credits } from "./revenue.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";
import { countExemptPageViews, countVisitorDays } from "./visitor-days.ts";

/** What was counted in the hour that begins at `hour`, for one group of one dimension; the whole has the group "". */
export type HourTally = { hour: EpochMs; dimension: Dimension; group: string; tally: Tally };

export type KpiRow = { group: string | null } & KpiFigures;

/** Everything that one day (or any other span) gives, by hour, dimension and group, in that order. */
export function tallyDay(history: KpiHistory, scope: DayScope): HourTally[] {
  return tallySpan(history, scope, DIMENSIONS, countAll);
}

/**
 * What people give to it: a sum over people, each counted with their own visits, offers, conversations, orders and leads.
 * Whoever accepted by another's conversation is counted with them.
 */
export function tallyPeople(history: KpiHistory, scope: DayScope): HourTally[] {
  return tallySpan(history, scope, DIMENSIONS, countPeople);
}

/** The rest of it, which belongs to no visitor: the hours of agents, and page views without consent. */
export function tallyDesk(history: KpiHistory, scope: DayScope): HourTally[] {
  return tallySpan(history, scope, DIMENSIONS, countDesk);
}

/** One row for the span, or one a group in the group's order. */
export function kpiRows(history: KpiHistory, scope: KpiScope): KpiRow[] {
  return rowsOf(tallySpan(history, scope, [dimensionOf(scope.groupBy)], countAll), scope);
}

/** The rows of hours that were counted before: those of other dimensions are left. */
export function rowsOf(hours: readonly HourTally[], scope: KpiScope): KpiRow[] {
  const calendar = calendarOf(scope.zone);
  const dimension = dimensionOf(scope.groupBy);
  const tallies = new Map<string, Tally>();
  for (const group of groupsWithoutRows(scope, calendar)) tallies.set(group, emptyTally());
  const rowFor = rowOf(scope.groupBy, calendar);
  for (const { hour, dimension: of, group, tally } of hours) {
    if (of !== dimension) continue;
    const row = rowFor(hour, group);
    tallies.set(row, addTally(tallies.get(row) ?? emptyTally(), tally));
  }
  const costsOf = costsOfRows(scope.costs ?? null, scope, calendar);
  return [...tallies]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([group, tally]) => ({
      group: scope.groupBy === null ? null : group,
      ...figuresOf(tally, { businessHours: scope.businessHours === true, costs: costsOf(group), dimension }),
    }));
}

function tallySpan(
  history: KpiHistory,
  scope: DayScope,
  dimensions: readonly Dimension[],
  count: (counting: Counting) => void,
): HourTally[] {
  const calendar = calendarOf(scope.zone);
  const hours = new Map<string, HourTally>();
  const placed = placedOrders(history, scope);
  const orders = placed.filter(({ kept }) => kept);
  const visitAt = visitFinder(history.visits);
  const counting: Counting = {
    history,
    scope,
    calendar,
    dimensions,
    placed,
    orders,
    answered: answeredChats(history, scope),
    ordersByPerson: Map.groupBy(orders, ({ person }) => person),
    placedByPerson: Map.groupBy(placed, ({ person }) => person),
    leadsByPerson: Map.groupBy(history.leads, ({ visitor }) => personOf(history, visitor)),
    visitAt,
    entries: entriesOf({ history, calendar, dimensions, visitAt }),
    tallyOf(at, dimension, group) {
      const hour = calendar.startOfHour(at);
      const key = `${hour} ${dimension} ${group}`;
      const known = hours.get(key);
      if (known !== undefined) return known.tally;
      const made = { hour, dimension, group, tally: emptyTally() };
      hours.set(key, made);
      return made.tally;
    },
  };
  count(counting);
  return [...hours.values()].toSorted(
    (a, b) =>
      a.hour - b.hour ||
      dimensions.indexOf(a.dimension) - dimensions.indexOf(b.dimension) ||
      compare(a.group, b.group),
  );
}

function countAll(counting: Counting): void {
  countPeople(counting);
  countDesk(counting);
}

function countPeople(counting: Counting): void {
  const credits = creditsOf(counting);
  countVisitorDays(counting);
  countExposures(counting);
  countChats(counting);
  countHands(counting);
  countChatters(counting, credits.ordersOf);
  countOrders(counting, credits);
  countLeads(counting);
}

function countDesk(counting: Counting): void {
  countExemptPageViews(counting);
  countAgentHours(counting);
}

function creditsOf({ answered, orders }: Counting): Credits {
  const chatOf = creditedChats(answered, orders);
  const credited = orders.flatMap((order) => {
    const chat = chatOf.get(order.id);
    return chat === undefined ? [] : [{ order, chat: chat.id }];
  });
  const byChat = Map.groupBy(credited, ({ chat }) => chat);
  return {
    chatOf,
    ordersOf: new Map([...byChat].map(([chat, of]) => [chat, of.map(({ order }) => order)])),
  };
}
