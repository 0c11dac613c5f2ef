/** What every count of the KPIs shares: the history and its span, and the row in which something is counted. */
import type { EpochMs } from "../ids.ts";
import type { Calendar } from "./calendar.ts";
import { type Grouping, NO_GROUP, timeGroup } from "./grouping.ts";
import type { ChatRow, ExposureRow, KpiHistory, VisitRow } from "./history.ts";
import {
  type AnsweredChat,
  type CountedOrder,
  inWindow,
  type OrderRule,
  type visitFinder,
} from "./orders.ts";
import type { Tally } from "./tally.ts";

export type KpiScope = OrderRule & {
  from: EpochMs;
  to: EpochMs;
  now: EpochMs;
  zone: string;
  groupBy: Grouping | null;
};

/** What everything is counted with, made once. */
export type Counting = {
  history: KpiHistory;
  scope: KpiScope;
  calendar: Calendar;
  orders: CountedOrder[];
  answered: AnsweredChat[];
  ordersByPerson: Map<string, CountedOrder[]>;
  visitAt: ReturnType<typeof visitFinder>;
  tallyOf(group: string): Tally;
};

type Groupable = {
  at: EpochMs;
  visit?: VisitRow | undefined;
  exposure?: Pick<ExposureRow, "campaign" | "variant"> | undefined;
  chat?: Pick<ChatRow, "campaign" | "variant" | "agent" | "skill"> | undefined;
};

/** Whether `at` lies in the span. */
export function within({ scope }: Counting, at: EpochMs): boolean {
  return scope.from <= at && at < scope.to;
}

/** The row of `thing`, or null where this grouping does not know it. */
export function tallyFor(counting: Counting, thing: Groupable): Tally | null {
  const group = groupOf(counting, thing);
  return group === null ? null : counting.tallyOf(group);
}

/** The group of something that happened at `at`, or null where this grouping does not know it. */
export function groupOf(
  { scope, calendar }: Counting,
  { at, visit, exposure, chat }: Groupable,
): string | null {
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

/** Whether the person of `chat` bought within its window. */
export function hasOrder({ ordersByPerson }: Counting, chat: AnsweredChat): boolean {
  return ordersByPerson.get(chat.person)?.some((order) => inWindow(chat, order)) ?? false;
}
