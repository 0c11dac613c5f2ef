/** What every count of the KPIs shares: the history and its span, and the tally in which something is counted. */
import type { EpochMs } from "../ids.ts";
import type { OpenDays } from "../site/open-days.ts";
import type { Calendar } from "./calendar.ts";
import type { CostModel } from "./costs.ts";
import type { Entries, Entry } from "./entries.ts";
import { type Dimension, type Grouping, isEntered, NO_GROUP } from "./grouping.ts";
import type { ChatRow, ExposureRow, KpiHistory, LeadRow, VisitRow } from "./history.ts";
import { type AnsweredChat, inWindow, type OrderRule, type PlacedOrder, type visitFinder } from "./orders.ts";
import type { Tally } from "./tally.ts";

/** What a span is counted with. */
export type DayScope = OrderRule & {
  from: EpochMs;
  to: EpochMs;
  now: EpochMs;
  zone: string;
  /** The site's business hours (`domain/site/open-days.ts`); absent, the site is open at any time. */
  open?: OpenDays | undefined;
  /** How long after a chat's visit a lead still belongs to it; absent, as long as an order. */
  leadAttributionMs?: number | undefined;
};

export type KpiScope = DayScope & {
  groupBy: Grouping | null;
  /** Durations inside business hours only. */
  businessHours?: boolean | undefined;
  /** What chat costs the site; absent or null, no cost is told. */
  costs?: CostModel | null | undefined;
};

/** What everything is counted with, made once. */
export type Counting = {
  history: KpiHistory;
  scope: DayScope;
  calendar: Calendar;
  dimensions: readonly Dimension[];
  /** The orders that count. */
  orders: PlacedOrder[];
  answered: AnsweredChat[];
  ordersByPerson: Map<string, PlacedOrder[]>;
  /** Also those that were given back whole. */
  placed: PlacedOrder[];
  placedByPerson: Map<string, PlacedOrder[]>;
  leadsByPerson: Map<string, LeadRow[]>;
  visitAt: ReturnType<typeof visitFinder>;
  /** Into which rows visitor-days came by an offer or a conversation. */
  entries: Entries;
  /** The tally of the hour of `at` for a group of a dimension. */
  tallyOf(at: EpochMs, dimension: Dimension, group: string): Tally;
};

export type Groupable = {
  /** Says in which hour it is counted. */
  at: EpochMs;
  visit?: VisitRow | undefined;
  exposure?: Pick<ExposureRow, "campaign" | "variant"> | undefined;
  chat?: Pick<ChatRow, "campaign" | "variant" | "agent" | "skill" | "canned"> | undefined;
  /** The rows that its person had come into that day, for what is in no offer and no conversation itself. */
  entered?: readonly Entry[] | undefined;
};

/** The rows into which the visitor-day of `thing` had come by its moment. */
export function enteredBy(counting: Counting, thing: DoneByVisitor): readonly Entry[] {
  const own = counting.entries.get(visitorDay(counting, thing).key);
  return own === undefined ? NO_ENTRY : own.filter(({ at }) => at <= thing.at);
}
const NO_ENTRY: readonly Entry[] = [];

/** Whether `at` lies in the span. */
export function within({ scope }: Counting, at: EpochMs): boolean {
  return scope.from <= at && at < scope.to;
}

/** Count `thing` in every dimension that knows it. */
export function countIn(counting: Counting, thing: Groupable, add: (tally: Tally) => void): void {
  for (const dimension of counting.dimensions) {
    for (const group of groupsOf(dimension, thing)) add(counting.tallyOf(thing.at, dimension, group));
  }
}

const NOWHERE: readonly string[] = [];

/** The groups of a thing: one, none where this dimension does not know it, or each answer that was sent in a chat. */
export function groupsOf(dimension: Dimension, thing: Groupable): readonly string[] {
  if (thing.entered !== undefined && isEntered(dimension)) {
    return thing.entered.flatMap((entry) => (entry.dimension === dimension ? [entry.group] : []));
  }
  if (dimension === "canned") return thing.chat === undefined ? NOWHERE : cannedGroupsOf(thing.chat);
  const group = groupIn(dimension, thing);
  return group === null ? NOWHERE : [group];
}

function cannedGroupsOf({ canned }: Pick<ChatRow, "canned">): readonly string[] {
  return canned.length === 0 ? NOWHERE : [...new Set(canned.map(cannedGroup))];
}

/** The row of a canned answer as one agent sent it. */
export function cannedGroup({ canned, agent }: { canned: string; agent: string }): string {
  return `${canned}:${agent}`;
}

/** The answer and the agent of such a row. */
export function readCannedGroup(group: string): { canned: string; agent: string } {
  const end = group.indexOf(":");
  return { canned: group.slice(0, end), agent: group.slice(end + 1) };
}

function groupIn(
  dimension: Exclude<Dimension, "canned">,
  { visit, exposure, chat }: Groupable,
): string | null {
  const offered = exposure ?? chat;
  switch (dimension) {
    case NO_GROUP:
      return NO_GROUP;
    case "campaign":
      return offered?.campaign ?? null;
    case "variant":
      return offered?.campaign ? `${offered.campaign}:${offered.variant}` : null;
    case "agent":
      return chat?.agent ?? null;
    case "skill":
      return chat === undefined ? null : (chat.skill ?? "none");
    case "channel":
      return visit === undefined ? null : (visit.channel ?? "unknown");
    case "device":
      return visit === undefined ? null : (visit.device ?? "unknown");
    default:
      return dimension satisfies never;
  }
}

/**
 * The visitor-days among `things`, in every dimension: what one person had on one day in one group, first to last.
 * Each is counted once, in the hour of its first thing, if that lies in the span. `things` are in order; one without a
 * `day` belongs to its own date.
 */
export function countVisitorDaysOf<T extends Groupable & { person: string; day?: string }>(
  counting: Counting,
  things: readonly T[],
  add: (tally: Tally, ofDay: readonly [T, ...T[]]) => void,
): void {
  for (const dimension of counting.dimensions) {
    const units = new Map<string, { group: string; ofDay: [T, ...T[]] }>();
    for (const thing of things) {
      for (const group of groupsOf(dimension, thing)) {
        const key = `${thing.day ?? dayKey(counting, thing)} ${group}`;
        const known = units.get(key);
        if (known === undefined) units.set(key, { group, ofDay: [thing] });
        else known.ofDay.push(thing);
      }
    }
    for (const { group, ofDay } of units.values()) {
      const [first] = ofDay;
      if (within(counting, first.at)) add(counting.tallyOf(first.at, dimension, group), ofDay);
    }
  }
}

/** One person on one day of the site's zone. */
export function dayKey(
  { calendar }: Pick<Counting, "calendar">,
  { at, person }: { at: EpochMs; person: string },
): string {
  return `${calendar.dayOf(at)} ${person}`;
}

/** What a visitor did at a moment, and which person they are. */
export type DoneByVisitor = { at: EpochMs; visitor: string; person: string };

/**
 * The visitor-day that what a visitor did belongs to: that of the visit which holds the moment, from its beginning to its
 * end inclusive, so that a visit over midnight keeps what was bought in it. Where the last visit to have begun is over,
 * or there was none, it is the moment's own date. `since` is the moment by which that day is known.
 */
export function visitorDay(
  { calendar, visitAt }: Pick<Counting, "calendar" | "visitAt">,
  { at, visitor, person }: DoneByVisitor,
): { key: string; since: EpochMs } {
  const visit = visitAt(visitor, at);
  const since = visit !== undefined && at <= visit.endedAt ? visit.startedAt : at;
  return { key: dayKey({ calendar }, { at: since, person }), since };
}

/** Whether the person of `chat` bought within its window. */
export function hasOrder({ ordersByPerson }: Counting, chat: AnsweredChat): boolean {
  return ordersByPerson.get(chat.person)?.some((order) => inWindow(chat, order)) ?? false;
}

/** Whether the person of `chat` became a lead within its window. */
export function hasLead({ leadsByPerson, scope }: Counting, chat: AnsweredChat): boolean {
  const end = chat.endsAt + (scope.leadAttributionMs ?? scope.attributionMs);
  return leadsByPerson.get(chat.person)?.some(({ at }) => chat.startedAt <= at && at <= end) ?? false;
}
