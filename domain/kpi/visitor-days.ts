/**
 * Visits, and visitor-days: a person on a day of the site's zone, in the hour of the first visit that began on it.
 *
 * What its visits hold is the visitor-day's, also after midnight; what no visit holds belongs to its own date. So whoever
 * came at ten to midnight and bought at ten past is one visitor, who bought. The order itself stands in its own hour.
 */
import { type Counting, countIn, dayKey, hasOrder, visitorDay, within } from "./counting.ts";
import type { EpochMs } from "../ids.ts";
import { countSeconds, secondsBetween } from "./durations.ts";
import type { VisitRow } from "./history.ts";
import { type AnsweredChat, compare, personOf, type PlacedOrder } from "./orders.ts";
import type { Tally } from "./tally.ts";

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
  countEntered(counting, days, done);
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
  /** The answered conversations of a day, in their order. */
  chats: Map<string, AnsweredChat[]>;
  orders: Map<string, PlacedOrder[]>;
  leads: Map<string, EpochMs[]>;
};

/** What the person-days of the history did, by their key. Answered chats and orders are in order of time. */
function whatDaysDid(counting: Counting): Done {
  const { answered, orders, history } = counting;
  const leads = new Map<string, EpochMs[]>();
  for (const { at, visitor } of history.leads) {
    const { key } = visitorDay(counting, { at, visitor, person: personOf(history, visitor) });
    const known = leads.get(key);
    if (known === undefined) leads.set(key, [at]);
    else known.push(at);
  }
  return {
    chats: Map.groupBy(answered, (chat) => visitorDay(counting, { ...chat, at: chat.startedAt }).key),
    orders: Map.groupBy(orders, (order) => visitorDay(counting, order).key),
    leads,
  };
}

function countDay(counting: Counting, visits: DayOfVisits, key: string, done: Done): void {
  const [first] = visits;
  if (!within(counting, first.startedAt)) return;
  const unit = { key, ...flagsOf(visits), since: -Infinity, from: first.startedAt };
  const did = whatUnitDid(counting, unit, done);
  countIn(counting, { at: first.startedAt, visit: first }, (tally) => addUnit(tally, did));
}

/** Visitor-days in the rows of offers and conversations: from the first of them on. */
function countEntered(counting: Counting, days: ReadonlyMap<string, DayOfVisits>, done: Done): void {
  for (const [key, entries] of counting.entries) {
    for (const { dimension, group, at, countedAt, visit } of entries) {
      if (!within(counting, countedAt)) continue;
      const visits = [...(days.get(key) ?? []), ...(visit === undefined ? [] : [visit])];
      const unit = { key, ...flagsOf(visits), since: at, from: at };
      const tally = counting.tallyOf(countedAt, dimension, group);
      addUnit(tally, whatUnitDid(counting, unit, done));
      tally.visits += new Set(visits.filter(({ endedAt }) => endedAt >= at).map(({ id }) => id)).size;
    }
  }
}

const flagsOf = (visits: readonly VisitRow[]) => ({
  covered: visits.some((visit) => visit.eligible && visit.covered),
  eligible: visits.some((visit) => visit.eligible),
});

/** A visitor-day as a row knows it: what it did `since` then is the row's, and takes its time `from` then. */
type Unit = { key: string; covered: boolean; eligible: boolean; since: EpochMs; from: EpochMs };
type UnitDone = ReturnType<typeof whatUnitDid>;

function whatUnitDid(counting: Counting, { key, covered, eligible, since, from }: Unit, done: Done) {
  const order = done.orders.get(key)?.find(({ at }) => at >= since);
  const chats = (done.chats.get(key) ?? []).filter(({ startedAt }) => startedAt >= since);
  const [first] = chats;
  return {
    covered,
    eligible,
    engaged: first !== undefined,
    boughtAfterChat: covered && chats.some((chat) => hasOrder(counting, chat)),
    boughtAfterProactive:
      covered && first !== undefined && first.decision !== null && hasOrder(counting, first),
    lead: done.leads.get(key)?.some((at) => at >= since) ?? false,
    bought: order !== undefined,
    again: order !== undefined && buysAgain(counting, order),
    // What was told later for a moment before the visit took no time.
    seconds: order !== undefined && order.at >= from ? secondsBetween(from, order.at) : null,
  };
}

function addUnit(tally: Tally, did: UnitDone): void {
  tally.visitors += 1;
  tally.eligible_visitors += did.eligible ? 1 : 0;
  tally.covered_visitors += did.covered ? 1 : 0;
  tally.covered_visitors_buying_after_chat += did.boughtAfterChat ? 1 : 0;
  tally.covered_visitors_buying_proactive += did.boughtAfterProactive ? 1 : 0;
  tally.engaged_visitors += did.engaged ? 1 : 0;
  tally.lead_visitors += did.lead ? 1 : 0;
  tally.converting_visitors += did.lead || did.bought ? 1 : 0;
  tally.buying_visitors += did.bought ? 1 : 0;
  tally.rebuying_visitors += did.again ? 1 : 0;
  if (did.seconds !== null) countSeconds(tally.time_to_purchase, did.seconds);
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
