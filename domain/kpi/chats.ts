/**
 * Conversations, those who had them, and their answers to the survey.
 *
 * In rows by agent a conversation is its last agent's. What somebody did is their own: the first reply, and the wait for
 * it, stand with who wrote it, and the time of handling with each who had it, in the hour in which the conversation began.
 */
import type { EpochMs } from "../ids.ts";
import { chatEnd, leftUnansweredAt } from "./chat-moments.ts";
import {
  type Counting,
  countIn,
  countVisitorDaysOf,
  hasLead,
  hasOrder,
  visitorDay,
  within,
} from "./counting.ts";
import { countDuration, countSeconds, secondsBetween } from "./durations.ts";
import type { ChatRow, SurveyRow } from "./history.ts";
import { personOf, type PlacedOrder } from "./orders.ts";
import { heldByAgent, heldMs, stretchesOf, takenForReplyAt } from "./stretches.ts";
import { countKey, noteStale, SCALES, type Answers, type ScaleName, type Tally } from "./tally.ts";

const RECONTACT_MS = 7 * 24 * 3_600_000;
/** Who is gone sooner never waited: counted apart from those who left. */
const SHORT_ABANDON_SECONDS = 5;

/**
 * Whether `chat` counts as a survey that was sent: it was asked, or answered anyway. Where nobody told whether it was
 * asked, every answered one was, once it had ended.
 */
export function isSurveyed(
  { answeredAt, closedAt, surveyAsked }: Pick<ChatRow, "answeredAt" | "closedAt" | "surveyAsked">,
  survey: SurveyRow | undefined,
): boolean {
  return survey !== undefined || (surveyAsked ?? (answeredAt !== null && closedAt !== null));
}

/**
 * Whether it counts as asked `question`: it was told to be, or the question was answered anyway. Where nobody told which
 * questions a survey asked, it asked each.
 */
export function isAskedFor(
  chat: Parameters<typeof isSurveyed>[0] & Pick<ChatRow, "surveyQuestions">,
  survey: SurveyRow | undefined,
  question: ScaleName,
): boolean {
  if (!isSurveyed(chat, survey)) return false;
  const isAnswered = survey !== undefined && survey[question] !== null;
  return isAnswered || (chat.surveyQuestions?.includes(question) ?? true);
}

/** Count the conversations that began in the span: answered, abandoned, resolved without another within a week. */
export function countChats(counting: Counting): void {
  const { history, visitAt } = counting;
  const surveys = new Map(history.surveys.map((survey) => [survey.conversation, survey]));
  const startsByPerson = Map.groupBy(history.chats, ({ visitor }) => personOf(history, visitor));
  for (const chat of history.chats) {
    const { startedAt: at, closedAt } = chat;
    if (!within(counting, at)) continue;
    const survey = surveys.get(chat.id);
    const again =
      closedAt !== null &&
      startsByPerson
        .get(personOf(history, chat.visitor))
        ?.some(({ startedAt }) => startedAt > closedAt && startedAt <= closedAt + RECONTACT_MS) === true;
    countIn(counting, { at, chat, visit: visitAt(chat.visitor, at) }, (tally) => {
      tally.conversations += 1;
      if (survey !== undefined) countSurvey(tally, survey);
      const { answeredAt } = chat;
      if (answeredAt === null) countUnanswered(tally, chat);
      else countHandled(counting, tally, { chat: { ...chat, answeredAt }, survey, again });
      countSent(tally, chat, survey);
    });
    if (chat.answeredAt !== null) countWork(counting, { ...chat, answeredAt: chat.answeredAt });
  }
}

function countUnanswered(tally: Tally, chat: ChatRow): void {
  const leftAt = leftUnansweredAt(chat);
  if (leftAt === null) return;
  const waited = secondsBetween(chat.startedAt, leftAt);
  if (waited < SHORT_ABANDON_SECONDS) {
    tally.abandoned_short += 1;
    return;
  }
  tally.abandoned += 1;
  countSeconds(tally.waiting_abandoned, waited);
}

type HandledChat = ChatRow & { answeredAt: EpochMs };

/** The first reply, its wait and the handling: in every row of the conversation, and by agent in that of who did it. */
function countWork(counting: Counting, chat: HandledChat): void {
  const { dimensions, tallyOf, visitAt } = counting;
  const at = chat.startedAt;
  const stretches = stretchesOf(chat);
  const held = chatEnd(chat) === null ? null : heldMs(stretches);
  const elsewhere = { ...counting, dimensions: dimensions.filter((dimension) => dimension !== "agent") };
  countIn(elsewhere, { at, chat, visit: visitAt(chat.visitor, at) }, (tally) => {
    countReply(counting, tally, chat);
    if (held !== null) countHeld(tally, held);
  });
  if (!dimensions.includes("agent")) return;
  const replier = chat.answeredBy ?? chat.agent;
  if (replier !== null) countReply(counting, tallyOf(at, "agent", replier), chat);
  if (held === null) return;
  for (const [agent, ms] of heldByAgent(stretches)) countHeld(tallyOf(at, "agent", agent), ms);
}

function countReply({ scope: { open } }: Counting, tally: Tally, chat: HandledChat): void {
  const { startedAt, queuedAt, answeredAt } = chat;
  countDuration(tally, "first_reply", { from: startedAt, to: answeredAt, open });
  countDuration(tally, "waiting", { from: queuedAt ?? startedAt, to: takenForReplyAt(chat), open });
}

function countHeld(tally: Tally, ms: number): void {
  countSeconds(tally.handle_time, secondsBetween(0, ms));
}

/** One that a person answered; what only was assigned, or heard a machine alone, is none of these. */
function countHandled(
  { scope }: Counting,
  tally: Tally,
  { chat, survey, again }: { chat: HandledChat; survey: SurveyRow | undefined; again: boolean },
): void {
  const { startedAt, closedAt } = chat;
  const end = chatEnd(chat);
  const { open } = scope;
  tally.chats_handled += 1;
  if (closedAt === null || end === null) return;
  tally.chats_closed += 1;
  const isResolved = survey?.resolved !== false;
  if (isResolved) countDuration(tally, "resolution", { from: startedAt, to: end, open });
  if (closedAt + RECONTACT_MS > scope.now) {
    noteStale(tally, closedAt + RECONTACT_MS);
    return;
  }
  tally.contacts_mature += 1;
  tally.contacts_no_recontact += again ? 0 : 1;
  tally.contacts_resolved_no_recontact += !again && isResolved ? 1 : 0;
}

/** A survey, and the questions that it left out: most leave out none. */
function countSent(tally: Tally, chat: ChatRow, survey: SurveyRow | undefined): void {
  if (!isSurveyed(chat, survey)) return;
  tally.surveys_sent += 1;
  for (const question of SCALES)
    tally[`surveys_without_${question}`] += isAskedFor(chat, survey, question) ? 0 : 1;
}

/** An answer stands in the row of its conversation. */
function countSurvey(tally: Tally, { csat, nps, ces, resolved, otherwise }: SurveyRow): void {
  const isAnswered = otherwise || [csat, nps, ces, resolved].some((answer) => answer !== null);
  tally.surveys_answered += isAnswered ? 1 : 0;
  tally.told_resolved += resolved === true ? 1 : 0;
  tally.told_unresolved += resolved === false ? 1 : 0;
  countAnswer(tally.csat, csat);
  countAnswer(tally.nps, nps);
  countAnswer(tally.ces, ces);
}

function countAnswer(answers: Answers, score: number | null): void {
  if (score !== null) countKey(answers, score);
}

/**
 * Chatters are visitor-days, each in the group and hour of its first answered chat: who talks on both sides of midnight in
 * one visit is one.
 */
export function countChatters(counting: Counting, credited: ReadonlyMap<string, PlacedOrder[]>): void {
  const chats = counting.answered.map((chat) => ({
    at: chat.startedAt,
    person: chat.person,
    day: visitorDay(counting, { ...chat, at: chat.startedAt }).key,
    chat,
    visit: counting.visitAt(chat.visitor, chat.startedAt),
    bought: hasOrder(counting, chat),
    led: hasLead(counting, chat),
    orders: credited.get(chat.id) ?? [],
  }));
  countVisitorDaysOf(counting, chats, (tally, ofDay) => {
    const bought = ofDay.some((one) => one.bought);
    const led = ofDay.some((one) => one.led);
    tally.chatters += 1;
    tally.chatters_buying_after_chat += bought ? 1 : 0;
    tally.chatters_leading += led ? 1 : 0;
    tally.chatters_converting += bought || led ? 1 : 0;
    const [first] = ofDay;
    if (first.chat.decision !== null) {
      tally.proactive_chatters += 1;
      tally.proactive_chatters_buying += first.bought ? 1 : 0;
      tally.proactive_chatters_converting += first.bought || first.led ? 1 : 0;
    }
    const orders = ofDay.flatMap((one) => one.orders).filter(({ own }) => own);
    const revenue = orders.reduce((sum, { netCents }) => sum + netCents, 0);
    tally.assisted_buyers += orders.length > 0 ? 1 : 0;
    tally.assisted_orders_sq += orders.length ** 2;
    tally.assisted_revenue_sq += revenue ** 2;
    tally.assisted_revenue_x_orders += revenue * orders.length;
    tally.chatters_chats_sq += ofDay.length ** 2;
    tally.chatters_revenue_x_chats += revenue * ofDay.length;
  });
}
