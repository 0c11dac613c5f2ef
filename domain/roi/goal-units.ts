/**
 * What a goal of a statement is counted from, one by one: each answer, conversation or order with what it gives, so that
 * whoever has the events can count the goal again.
 *
 * The definitions are those of the KPIs of the same name; their rows give what is counted here, and a test holds the two
 * together. Visitors and offers of a month are too many to be told one by one: a goal on them cannot be agreed on.
 *
 * Shapes  a `GoalUnit` is an event's id and its part: the score of an answer; seconds of a duration; 1 or 0 of what did or
 *         did not happen; hundredths of an order, net, of the basket.
 * Units   moments are `EpochMs`; a goal's reading is in the KPI's unit.
 * Errors  a KPI that is told by none of these has no units: null.
 */
import type { EpochMs } from "../ids.ts";
import { chatEnd, leftUnansweredAt } from "../kpi/chat-moments.ts";
import { isAskedFor } from "../kpi/chats.ts";
import { countSeconds, secondsBetween } from "../kpi/durations.ts";
import type { ChatRow, KpiHistory, SurveyRow } from "../kpi/history.ts";
import { quantileOf } from "../kpi/intervals.ts";
import { countedOrders, type OrderRule, personOf } from "../kpi/orders.ts";
import { type AnswerCounts, meanAnswer, netPromoterScore } from "../kpi/ratios.ts";
import { heldMs, stretchesOf, takenForReplyAt } from "../kpi/stretches.ts";
import { type Answers, countKey, type Spread } from "../kpi/tally.ts";
import type { MeasuredKpi } from "../objectives/measured-kpis.ts";

const DAY_MS = 86_400_000;
const RECONTACT_MS = 7 * DAY_MS;
/** Who is gone sooner never waited (KPI27). */
const SHORT_ABANDON_SECONDS = 5;
/** More lines than this are not told one by one: a statement stays a file that somebody can keep. */
export const MOST_GOAL_UNITS = 200_000;

export type GoalUnit = readonly [event: string, part: number];
export type GoalChat = Pick<
  ChatRow,
  | "id"
  | "visitor"
  | "agent"
  | "startedAt"
  | "queuedAt"
  | "assignedAt"
  | "answeredAt"
  | "lastMessageAt"
  | "closedAt"
  | "closeReason"
  | "leftAt"
  | "handovers"
  | "surveyAsked"
  | "surveyQuestions"
>;
/** Of the month, and the conversations that began within a week of the end of one of it. */
export type GoalHistory = Pick<KpiHistory, "orders" | "refunds" | "persons"> & {
  chats: readonly GoalChat[];
  surveys: readonly SurveyRow[];
};
export type GoalScope = OrderRule & { from: EpochMs; to: EpochMs; now: EpochMs };

type Asked = { chat: GoalChat; survey: SurveyRow | undefined; again: boolean; now: EpochMs };
/** What a conversation gives to a KPI; null where it is in neither its numerator nor its denominator. */
type OfChat = (asked: Asked) => number | null;

const answeredOnly =
  (of: (chat: GoalChat & { answeredAt: EpochMs }, asked: Asked) => number | null): OfChat =>
  (asked) => {
    const { answeredAt } = asked.chat;
    return answeredAt === null ? null : of({ ...asked.chat, answeredAt }, asked);
  };

const firstReply = answeredOnly(({ startedAt, answeredAt }) => secondsBetween(startedAt, answeredAt));
const waiting = answeredOnly((chat) =>
  secondsBetween(chat.queuedAt ?? chat.startedAt, takenForReplyAt(chat)),
);
const isResolved = (survey: SurveyRow | undefined) => survey?.resolved !== false;

const OF_CHATS = {
  csat: ({ survey }) => survey?.csat ?? null,
  csat_mean: ({ survey }) => survey?.csat ?? null,
  nps: ({ survey }) => survey?.nps ?? null,
  ces_mean: ({ survey }) => survey?.ces ?? null,
  csat_response_rate: ({ chat, survey }) => {
    return isAskedFor(chat, survey, "csat") ? Number((survey?.csat ?? null) !== null) : null;
  },
  fcr: answeredOnly(({ closedAt }, { survey, again, now }) =>
    closedAt === null || closedAt + RECONTACT_MS > now ? null : Number(!again && isResolved(survey)),
  ),
  abandonment_rate: ({ chat }) => {
    const leftAt = leftUnansweredAt(chat);
    if (chat.answeredAt !== null || leftAt === null) return 0;
    return secondsBetween(chat.startedAt, leftAt) < SHORT_ABANDON_SECONDS ? null : 1;
  },
  first_reply_median: firstReply,
  first_reply_p90: firstReply,
  waiting_median: waiting,
  waiting_p90: waiting,
  handle_time_median: answeredOnly((chat) => {
    const held = chatEnd(chat) === null ? null : heldMs(stretchesOf(chat));
    return held === null ? null : secondsBetween(0, held);
  }),
  resolution_time_median: answeredOnly((chat, { survey }) => {
    const end = chatEnd(chat);
    return end === null || !isResolved(survey) ? null : secondsBetween(chat.startedAt, end);
  }),
  chats_handled: answeredOnly(() => 1),
} as const satisfies Partial<Record<MeasuredKpi, OfChat>>;

const OF_ORDERS = ["orders", "aov"] as const satisfies readonly MeasuredKpi[];

export type ListedKpi = keyof typeof OF_CHATS | (typeof OF_ORDERS)[number];

/** The KPIs on which a goal may be agreed. */
export const LISTED_KPIS: readonly ListedKpi[] = [
  ...(Object.keys(OF_CHATS) as (keyof typeof OF_CHATS)[]),
  ...OF_ORDERS,
];

export function isListed(kpi: string): kpi is ListedKpi {
  return LISTED_KPIS.some((listed) => listed === kpi);
}

function isOfOrders(kpi: ListedKpi): kpi is (typeof OF_ORDERS)[number] {
  return OF_ORDERS.some((listed) => listed === kpi);
}

/** What each event of the month gives to `kpis`, by KPI. */
export function goalUnits(
  kpis: readonly ListedKpi[],
  history: GoalHistory,
  scope: GoalScope,
): Map<ListedKpi, GoalUnit[]> {
  const { from, to, now } = scope;
  const surveys = new Map(history.surveys.map((survey) => [survey.conversation, survey]));
  const all = { ...history, visits: [], exposures: [], leads: [], agentStates: [], exempt: [], chats: [] };
  const person = (visitor: string) => personOf(all, visitor);
  const starts = Map.groupBy(history.chats, ({ visitor }) => person(visitor));
  const asked = history.chats
    .filter(({ startedAt }) => from <= startedAt && startedAt < to)
    .map((chat): Asked => {
      const again = starts.get(person(chat.visitor))?.some((other) => isRecontact(chat, other)) ?? false;
      return { chat, survey: surveys.get(chat.id), again, now };
    });
  const orders = countedOrders(all, scope).filter(({ at }) => from <= at && at < to);
  return new Map(
    kpis.map((kpi) => {
      if (isOfOrders(kpi)) {
        const own = orders.filter(({ currency }) => kpi === "orders" || currency === scope.currency);
        return [kpi, own.map(({ id, netCents }) => [id, kpi === "orders" ? 1 : netCents] as const)];
      }
      const part: OfChat = OF_CHATS[kpi];
      return [
        kpi,
        asked.flatMap((one): GoalUnit[] => {
          const x = part(one);
          return x === null ? [] : [[one.chat.id, x]];
        }),
      ];
    }),
  );
}

/** Whether `other` began within a week of the end of `chat`. */
function isRecontact({ closedAt }: GoalChat, { startedAt }: GoalChat): boolean {
  return closedAt !== null && startedAt > closedAt && startedAt <= closedAt + RECONTACT_MS;
}

const CENTS = 100;

/** The figure that these parts make; null of none. */
export function goalReading(kpi: ListedKpi, parts: readonly number[]): number | null {
  if (parts.length === 0) return null;
  switch (kpi) {
    case "csat":
      return parts.filter((score) => score >= 4).length / parts.length;
    case "csat_mean":
    case "ces_mean":
      return meanAnswer(countsOf(parts)).value;
    case "nps":
      return netPromoterScore(countsOf(parts)).value;
    case "orders":
    case "chats_handled":
      return parts.length;
    case "aov":
      return sumOf(parts) / CENTS / parts.length;
    case "csat_response_rate":
    case "fcr":
    case "abandonment_rate":
      return sumOf(parts) / parts.length;
    case "first_reply_p90":
    case "waiting_p90":
      return quantileOf(spreadOf(parts), 0.9).value;
    case "first_reply_median":
    case "waiting_median":
    case "handle_time_median":
    case "resolution_time_median":
      return quantileOf(spreadOf(parts), 0.5).value;
    default:
      return kpi satisfies never;
  }
}

function sumOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}

function countsOf(scores: readonly number[]): AnswerCounts {
  const counts: Answers = {};
  for (const score of scores) countKey(counts, score);
  return counts;
}

/** As durations are kept (KPI44). */
function spreadOf(seconds: readonly number[]): Spread {
  const spread: Spread = new Map();
  for (const each of seconds) countSeconds(spread, each);
  return spread;
}
