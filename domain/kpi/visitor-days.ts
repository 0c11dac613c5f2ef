/** Visits, and visitor-days: a person on a day of the site's zone, in the row of the first event. */
import { type Counting, hasOrder, tallyFor, within } from "./counting.ts";
import { compare, personOf } from "./orders.ts";

/** Count the visits and the visitor-days that began in the span. */
export function countVisitorDays(counting: Counting): void {
  const { history, calendar } = counting;
  const sorted = history.visits.toSorted((a, b) => a.startedAt - b.startedAt || compare(a.id, b.id));
  const days = Map.groupBy(
    sorted,
    (visit) => `${calendar.dayOf(visit.startedAt)} ${personOf(history, visit.visitor)}`,
  );
  const buyingDays = new Set(
    counting.answered
      .filter((chat) => hasOrder(counting, chat))
      .map((chat) => `${calendar.dayOf(chat.startedAt)} ${chat.person}`),
  );
  for (const [key, visits] of days) {
    const [first] = visits;
    if (first === undefined || !within(counting, first.startedAt)) continue;
    const tally = tallyFor(counting, { at: first.startedAt, visit: first });
    if (tally === null) continue;
    const covered = visits.some((visit) => visit.eligible && visit.covered);
    tally.visitors += 1;
    tally.eligible_visitors += visits.some(({ eligible }) => eligible) ? 1 : 0;
    tally.covered_visitors += covered ? 1 : 0;
    tally.covered_visitors_buying_after_chat += covered && buyingDays.has(key) ? 1 : 0;
  }
  for (const visit of sorted) {
    if (!within(counting, visit.startedAt)) continue;
    const tally = tallyFor(counting, { at: visit.startedAt, visit });
    if (tally !== null) tally.visits += 1;
  }
}
