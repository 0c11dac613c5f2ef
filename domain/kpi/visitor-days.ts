/** Visits, and visitor-days: a person on a day of the site's zone, in the hour of the first event. */
import { type Counting, countIn, dayKey, hasOrder, within } from "./counting.ts";
import { countSeconds, secondsBetween } from "./durations.ts";
import type { VisitRow } from "./history.ts";
import { compare, personOf, type PlacedOrder } from "./orders.ts";

type DayOfVisits = [VisitRow, ...VisitRow[]];

/** Count the visits and the visitor-days that began in the span. */
export function countVisitorDays(counting: Counting): void {
  const { history } = counting;
  const sorted = history.visits.toSorted((a, b) => a.startedAt - b.startedAt || compare(a.id, b.id));
  const days = new Map<string, DayOfVisits>();
  for (const visit of sorted) {
    const key = dayKey(counting, { at: visit.startedAt, person: personOf(history, visit.visitor) });
    const known = days.get(key);
    if (known === undefined) days.set(key, [visit]);
    else known.push(visit);
  }
  const done = whatDaysDid(counting);
  for (const [key, visits] of days) countDay(counting, visits, key, done);
  for (const visit of sorted) {
    if (!within(counting, visit.startedAt)) continue;
    countIn(counting, { at: visit.startedAt, visit }, (tally) => {
      tally.visits += 1;
      tally.suppressed_visits += visit.suppressed ? 1 : 0;
    });
  }
}

/** Page views of visitors without consent: nobody's, so of no group. */
export function countExemptPageViews(counting: Counting): void {
  for (const { hour, pageViews } of counting.history.exempt) {
    if (!within(counting, hour)) continue;
    countIn(counting, { at: hour }, (tally) => {
      tally.exempt_page_views += pageViews;
    });
  }
}

type Done = {
  chatted: Set<string>;
  boughtAfterChat: Set<string>;
  boughtAfterProactive: Set<string>;
  orders: Map<string, PlacedOrder[]>;
  leads: Set<string>;
};

/** What the person-days of the history did, by their key. Answered chats and orders are in order of time. */
function whatDaysDid(counting: Counting): Done {
  const { answered, orders, history } = counting;
  const chatsByDay = Map.groupBy(answered, (chat) => dayKey(counting, { ...chat, at: chat.startedAt }));
  const boughtAfterChat = new Set<string>();
  const boughtAfterProactive = new Set<string>();
  for (const [key, chats] of chatsByDay) {
    if (chats.some((chat) => hasOrder(counting, chat))) boughtAfterChat.add(key);
    const [first] = chats;
    if (first !== undefined && first.decision !== null && hasOrder(counting, first))
      boughtAfterProactive.add(key);
  }
  return {
    chatted: new Set(chatsByDay.keys()),
    boughtAfterChat,
    boughtAfterProactive,
    orders: Map.groupBy(orders, (order) => dayKey(counting, order)),
    leads: new Set(
      history.leads.map(({ at, visitor }) => dayKey(counting, { at, person: personOf(history, visitor) })),
    ),
  };
}

function countDay(counting: Counting, visits: DayOfVisits, key: string, done: Done): void {
  const [first] = visits;
  if (!within(counting, first.startedAt)) return;
  const covered = visits.some((visit) => visit.eligible && visit.covered);
  const eligible = visits.some((visit) => visit.eligible);
  const [order] = done.orders.get(key) ?? [];
  const isLead = done.leads.has(key);
  countIn(counting, { at: first.startedAt, visit: first }, (tally) => {
    tally.visitors += 1;
    tally.eligible_visitors += eligible ? 1 : 0;
    tally.covered_visitors += covered ? 1 : 0;
    tally.covered_visitors_buying_after_chat += covered && done.boughtAfterChat.has(key) ? 1 : 0;
    tally.covered_visitors_buying_proactive += covered && done.boughtAfterProactive.has(key) ? 1 : 0;
    tally.engaged_visitors += done.chatted.has(key) ? 1 : 0;
    tally.lead_visitors += isLead ? 1 : 0;
    tally.converting_visitors += isLead || order !== undefined ? 1 : 0;
    if (order === undefined) return;
    tally.buying_visitors += 1;
    tally.rebuying_visitors += buysAgain(counting, order) ? 1 : 0;
    // What was told later for a moment before the visit took no time.
    if (order.at >= first.startedAt)
      countSeconds(tally.time_to_purchase, secondsBetween(first.startedAt, order.at));
  });
}

/** Whether the person of `order` bought again within the attribution window after it. */
function buysAgain({ ordersByPerson, scope }: Counting, order: PlacedOrder): boolean {
  const until = order.at + scope.attributionMs;
  return (
    ordersByPerson
      .get(order.person)
      ?.some(({ id, at }) => id !== order.id && order.at <= at && at <= until) ?? false
  );
}
