/**
 * Into which rows of campaigns, variants, agents, skills and canned answers a visitor-day came, and from when on.
 *
 * Such a row knows a visitor by what happened to them: by their first eligible moment in the campaign that day, or by
 * their first conversation with the agent, of the skill or with the answer. What they do that day from then on is the
 * row's: visits, orders, leads. Times, channels and devices know a visitor by the day's first visit instead.
 * What happens after midnight in a visit belongs to the day on which that began, and its entry stands there.
 *
 * Shapes  `entriesOf` gives each visitor-day's entries by the day's key; an entry is the first thing in its group.
 */
import type { EpochMs } from "../ids.ts";
import { type Counting, type DoneByVisitor, type Groupable, groupsOf, visitorDay } from "./counting.ts";
import { BY_CHAT, BY_OFFER, type Dimension } from "./grouping.ts";
import type { VisitRow } from "./history.ts";
import { compare, personOf } from "./orders.ts";

export type Entry = {
  dimension: Dimension;
  group: string;
  at: EpochMs;
  /** In whose hour its visitor-day is counted: `at`, or the beginning of the visit where that was on the day before. */
  countedAt: EpochMs;
  visit: VisitRow | undefined;
};
/** By the key of the visitor-day (`dayKey`). */
export type Entries = ReadonlyMap<string, readonly Entry[]>;

type Source = Pick<Counting, "history" | "calendar" | "dimensions" | "visitAt">;
type Thing = Groupable & DoneByVisitor & { id: string };

export function entriesOf(source: Source): Entries {
  const { history, visitAt } = source;
  const offers = history.exposures.map((exposure): Thing => {
    const { id, eligibleAt: at, visitor } = exposure;
    return { id, at, exposure, visitor, person: personOf(history, visitor), visit: visitAt(visitor, at) };
  });
  const chats = history.chats.map((chat): Thing => {
    const { id, startedAt: at, visitor } = chat;
    return { id, at, chat, visitor, person: personOf(history, visitor), visit: visitAt(visitor, at) };
  });
  const days = new Map<string, Entry[]>();
  enter(days, source, BY_OFFER, offers);
  enter(days, source, BY_CHAT, chats);
  return days;
}

function enter(
  days: Map<string, Entry[]>,
  source: Source,
  among: ReadonlySet<Dimension>,
  things: readonly Thing[],
): void {
  const dimensions = source.dimensions.filter((dimension) => among.has(dimension));
  if (dimensions.length === 0) return;
  for (const thing of things.toSorted((a, b) => a.at - b.at || compare(a.id, b.id))) {
    const { key, since } = visitorDay(source, thing);
    const { dayOf } = source.calendar;
    const countedAt = dayOf(since) === dayOf(thing.at) ? thing.at : since;
    const own = days.get(key) ?? [];
    days.set(key, own);
    for (const dimension of dimensions) {
      for (const group of groupsOf(dimension, thing)) {
        if (own.some((entry) => entry.dimension === dimension && entry.group === group)) continue;
        own.push({ dimension, group, at: thing.at, countedAt, visit: thing.visit });
      }
    }
  }
}
