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
import type { EpochMs } from "../ids.ts";
import { bucketsBetween, calendarOf, type Calendar } from "./calendar.ts";
import type { ChatRow, ExposureRow, KpiHistory, VisitRow } from "./history.ts";
import {
  answeredChats,
  compare,
  countedOrders,
  creditedChats,
  inWindow,
  personOf,
  visitFinder,
  type AnsweredChat,
  type CountedOrder,
  type OrderRule,
} from "./orders.ts";
import { emptyTally, figuresOf, type KpiFigures, type Tally } from "./tally.ts";

export const GROUPINGS = [
  "hour",
  "day",
  "week",
  "campaign",
  "variant",
  "agent",
  "skill",
  "channel",
  "device",
] as const;
export type Grouping = (typeof GROUPINGS)[number];

export type KpiScope = OrderRule & {
  from: EpochMs;
  to: EpochMs;
  now: EpochMs;
  zone: string;
  groupBy: Grouping | null;
};

export type KpiRow = { group: string | null } & KpiFigures;

const RECONTACT_MS = 7 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** The kinds of offer that lead to a conversation: the invitations of the acceptance rate. */
const CONVERSATION_KINDS = new Set(["chat", "video"]);
const NO_GROUP = "";

/** What everything is counted with, made once. */
type Counting = {
  history: KpiHistory;
  scope: KpiScope;
  calendar: Calendar;
  orders: CountedOrder[];
  answered: AnsweredChat[];
  ordersByPerson: Map<string, CountedOrder[]>;
  visitAt: ReturnType<typeof visitFinder>;
  tallyOf(group: string): Tally;
};

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

function groupsWithoutRows({ from, to, groupBy }: KpiScope, calendar: Calendar): string[] {
  switch (groupBy) {
    case null:
      return [NO_GROUP];
    case "hour":
    case "day":
    case "week":
      return bucketsBetween(from, to, timeGroup(groupBy, calendar));
    default:
      return [];
  }
}

function timeGroup(groupBy: "hour" | "day" | "week", calendar: Calendar): (at: EpochMs) => string {
  if (groupBy === "hour") return calendar.hourOf;
  return groupBy === "day" ? calendar.dayOf : calendar.weekOf;
}

type Groupable = {
  at: EpochMs;
  visit?: VisitRow | undefined;
  exposure?: Pick<ExposureRow, "campaign" | "variant"> | undefined;
  chat?: Pick<ChatRow, "campaign" | "variant" | "agent" | "skill"> | undefined;
};

/** The group of something that happened at `at`, or null where this grouping does not know it. */
function groupOf({ scope, calendar }: Counting, { at, visit, exposure, chat }: Groupable): string | null {
  const offered = exposure ?? chat;
  switch (scope.groupBy) {
    case null:
      return NO_GROUP;
    case "hour":
    case "day":
    case "week":
      return timeGroup(scope.groupBy, calendar)(at);
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
      return scope.groupBy satisfies never;
  }
}

function within({ scope }: Counting, at: EpochMs): boolean {
  return scope.from <= at && at < scope.to;
}

function tallyFor(counting: Counting, thing: Groupable): Tally | null {
  const group = groupOf(counting, thing);
  return group === null ? null : counting.tallyOf(group);
}

function countVisitorDays(counting: Counting): void {
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

function hasOrder({ ordersByPerson }: Counting, chat: AnsweredChat): boolean {
  return ordersByPerson.get(chat.person)?.some((order) => inWindow(chat, order)) ?? false;
}

/** Acceptance is a message of the visitor in a conversation with that decision; "accept" alone is `opened`. */
function countExposures(counting: Counting): void {
  const { history, visitAt } = counting;
  const accepted = new Set(history.chats.map(({ decision }) => decision));
  for (const exposure of history.exposures) {
    if (!within(counting, exposure.eligibleAt)) continue;
    const { eligibleAt: at, visitor } = exposure;
    const tally = tallyFor(counting, { at, exposure, visit: visitAt(visitor, at) });
    if (tally === null) continue;
    tally.triggered += 1;
    if (exposure.arm === "holdout") {
      tally.held_out += 1;
      continue;
    }
    const isAccepted = accepted.has(exposure.id);
    const isShown = exposure.shown || exposure.opened || exposure.declined || exposure.ignored || isAccepted;
    if (!isShown) continue;
    tally.displayed += 1;
    tally.opened += exposure.opened || isAccepted ? 1 : 0;
    tally.declined += exposure.declined ? 1 : 0;
    tally.ignored += exposure.ignored ? 1 : 0;
    if (!CONVERSATION_KINDS.has(exposure.kind)) continue;
    tally.invites_displayed += 1;
    tally.invites_accepted += isAccepted ? 1 : 0;
  }
}

function countChats(counting: Counting): void {
  const { history, visitAt, scope } = counting;
  const resolved = new Map(history.surveys.map(({ conversation, resolved: said }) => [conversation, said]));
  const startsByPerson = Map.groupBy(history.chats, ({ visitor }) => personOf(history, visitor));
  for (const chat of history.chats) {
    if (!within(counting, chat.startedAt)) continue;
    const tally = tallyFor(counting, {
      at: chat.startedAt,
      chat,
      visit: visitAt(chat.visitor, chat.startedAt),
    });
    if (tally === null) continue;
    tally.conversations += 1;
    if (chat.answeredAt === null) {
      tally.abandoned += chat.closedAt === null ? 0 : 1;
      continue;
    }
    tally.chats_handled += 1;
    const { closedAt } = chat;
    if (closedAt === null) continue;
    tally.surveys_sent += 1;
    if (closedAt + RECONTACT_MS > scope.now) continue;
    const again = startsByPerson
      .get(personOf(history, chat.visitor))
      ?.some(({ startedAt }) => startedAt > closedAt && startedAt <= closedAt + RECONTACT_MS);
    tally.contacts_mature += 1;
    tally.contacts_resolved_no_recontact += again !== true && resolved.get(chat.id) !== false ? 1 : 0;
  }
}

/** Chatters are visitor-days, each in the group and hour of its first answered chat. */
function countChatters(counting: Counting): void {
  const { answered, calendar, visitAt } = counting;
  const timeless = counting.scope.groupBy === null || isTime(counting.scope.groupBy);
  const days = Map.groupBy(answered, (chat) => {
    const visit = visitAt(chat.visitor, chat.startedAt);
    const group = timeless ? NO_GROUP : groupOf(counting, { at: chat.startedAt, chat, visit });
    return `${calendar.dayOf(chat.startedAt)} ${chat.person} ${group}`;
  });
  for (const chats of days.values()) {
    const [first] = chats;
    if (first === undefined || !within(counting, first.startedAt)) continue;
    const visit = visitAt(first.visitor, first.startedAt);
    const tally = tallyFor(counting, { at: first.startedAt, chat: first, visit });
    if (tally === null) continue;
    tally.chatters += 1;
    tally.chatters_buying_after_chat += chats.some((chat) => hasOrder(counting, chat)) ? 1 : 0;
    if (first.decision === null) continue;
    tally.proactive_chatters += 1;
    tally.proactive_chatters_buying += hasOrder(counting, first) ? 1 : 0;
  }
}

function isTime(groupBy: Grouping): groupBy is "hour" | "day" | "week" {
  return groupBy === "hour" || groupBy === "day" || groupBy === "week";
}

/** Orders stand in the row of their own moment; what a chat is credited with, in the row of the chat. */
function countOrders(counting: Counting): void {
  const { orders, answered, visitAt } = counting;
  const credited = creditedChats(answered, orders);
  for (const order of orders) {
    const chat = credited.get(order.id);
    if (within(counting, order.at)) {
      const tally = tallyFor(counting, { at: order.at, visit: visitAt(order.visitor, order.at) });
      if (tally !== null) {
        tally.total_orders += 1;
        tally.total_revenue += order.net;
        tally.orders_covered += order.covered ? 1 : 0;
        tally.row_assisted_orders += chat === undefined ? 0 : 1;
        tally.row_assisted_revenue += chat === undefined ? 0 : order.net;
      }
    }
    if (chat === undefined || !within(counting, chat.startedAt)) continue;
    const visit = visitAt(chat.visitor, chat.startedAt);
    const tally = tallyFor(counting, { at: chat.startedAt, chat, visit });
    if (tally === null) continue;
    tally.assisted_orders += 1;
    tally.assisted_revenue += order.net;
  }
}

/** An answer stands in the row of its conversation. */
function countSurveys(counting: Counting): void {
  const { history, visitAt } = counting;
  const chats = new Map(history.chats.map((chat) => [chat.id, chat]));
  for (const survey of history.surveys) {
    const chat = chats.get(survey.conversation);
    if (chat === undefined || !within(counting, chat.startedAt)) continue;
    const visit = visitAt(chat.visitor, chat.startedAt);
    const tally = tallyFor(counting, { at: chat.startedAt, chat, visit });
    if (tally === null) continue;
    count(tally.csat, survey.csat);
    count(tally.nps, survey.nps);
    count(tally.ces, survey.ces);
  }
}

function count(answers: Record<string, number>, score: number | null): void {
  if (score !== null) answers[score] = (answers[score] ?? 0) + 1;
}

/** The hours in which agents were online, cut at the borders of the row. */
function countAgentHours(counting: Counting): void {
  const { history, scope, calendar } = counting;
  const { groupBy } = scope;
  if (groupBy !== null && groupBy !== "agent" && !isTime(groupBy)) return;
  const states = history.agentStates.toSorted(
    (a, b) => a.startedAt - b.startedAt || compare(a.agent, b.agent),
  );
  for (const { agent, state, startedAt, endedAt } of states) {
    if (state !== "online") continue;
    const from = Math.max(startedAt, scope.from);
    const to = Math.min(endedAt ?? scope.now, scope.to);
    if (groupBy === null || groupBy === "agent") {
      const tally = counting.tallyOf(groupBy === null ? NO_GROUP : agent);
      tally.agent_hours_logged += Math.max(0, to - from) / HOUR_MS;
      continue;
    }
    const bucketOf = timeGroup(groupBy, calendar);
    for (let at = from; at < to;) {
      const next = Math.min(to, (Math.floor(at / (HOUR_MS / 4)) + 1) * (HOUR_MS / 4));
      counting.tallyOf(bucketOf(at)).agent_hours_logged += (next - at) / HOUR_MS;
      at = next;
    }
  }
}
