/**
 * A generated conversation as its room would tell it: who waited, who took it, how it ended and what the visitor thought.
 *
 * How it ended and who had it falls by dice of its own, so that nothing else falls otherwise for it.
 */
import type { HistoryRecord, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { SURVEY_QUESTIONS, type SurveyQuestion, USUAL_QUESTIONS } from "../domain/site/survey-questions.ts";
import { type Dice, diceOf, hashOf } from "./dice.ts";
import { handsOf, silentHandsOf } from "./history-hands.ts";
import { SKILLS } from "./history-truth.ts";
import type { Exposed, Pen, Visit } from "./history-visit.ts";

const MINUTE_MS = 60_000;
/** As long as a room waits for a visitor who is silent, and how late its alarm may ring. */
const IDLE_MS = 15 * MINUTE_MS;
const LATE_MS = 2_000;
/** Who is gone sooner never waited. */
const SHORT_MS = 5_000;
const SURVEYED = 0.35;
const OLDER = 0.1;
/** What a site asks, as it changes its mind, and how often somebody answers over the API what nobody asked. */
const POLICIES: readonly (readonly SurveyQuestion[])[] = [
  USUAL_QUESTIONS,
  ["nps"],
  ["csat", "resolved"],
  ["faces"],
  SURVEY_QUESTIONS,
];
const UNASKED = 0.15;
const REASONS = {
  answered: [
    { reason: "agent", weight: 5 },
    { reason: "visitor", weight: 2 },
    { reason: "idle", weight: 3 },
  ],
  alone: [
    { reason: "visitor", weight: 6 },
    { reason: "idle", weight: 4 },
  ],
} as const;

/** A conversation of `visit`, by invitation or not. */
export function* conversationOf(pen: Pen, visit: Visit, invited: Exposed | null): Generator<HistoryRecord> {
  const from = invited?.record.eligible_at ?? visit.at;
  yield* conversationFrom(pen, visit, { invited, from });
}

/** One whose visitor wrote soon after `from`. */
export function* conversationFrom(
  pen: Pen,
  visit: Visit,
  { invited, from }: { invited: Exposed | null; from: EpochMs },
): Generator<HistoryRecord> {
  const { dice, until, prefix } = pen;
  const id = pen.idOf("cnv");
  const created_at = from + 3_000 + dice.below(30_000);
  const spoke = dice.chance(0.97);
  const first = created_at + 2_000 + dice.below(20_000);
  const answered = spoke && dice.chance(visit.covered ? 0.94 : 0.35);
  const assigned_at = answered ? first + Math.floor(dice.wait(25_000)) : null;
  const reply = assigned_at === null ? null : assigned_at + 1_000 + Math.floor(dice.wait(18_000));
  const there =
    reply === null
      ? first + Math.floor(dice.wait(60_000))
      : reply + Math.floor(Math.exp(12.6 + 0.7 * dice.normal()));
  const agent = visit.agents.length > 0 ? dice.pick(visit.agents) : `${prefix}agent_0`;
  const messages = 1 + dice.below(12);
  const { last_message_at, left, ...end } = endOf(diceOf(hashOf(`${id} end`)), {
    first,
    reply,
    there,
    until,
  });
  const seed = hashOf(id);
  const asked = end.closed_at === null ? {} : askedOf(seed, answered);
  yield {
    table: "conversations",
    id,
    revision: 4,
    visitor_id: visit.visitor.id,
    user_id: visit.visitor.user,
    decision_id: invited?.record.id ?? null,
    skill: invited === null ? (dice.chance(0.4) ? dice.pick(SKILLS) : null) : invited.skill,
    locale: "fr",
    page: "/shop",
    created_at,
    queued_at: spoke ? first : null,
    first_visitor_message_at: spoke ? first : null,
    first_agent_message_at: reply,
    last_message_at: spoke ? last_message_at : null,
    ...end,
    outcome: null,
    visitor_messages: spoke ? messages : 0,
    agent_messages: answered ? messages : 0,
    ...(assigned_at === null || reply === null
      ? silentHandsOf({ seed, colleagues: spoke ? visit.agents : [], first, left })
      : {
          assigned_at,
          ...handsOf({
            seed,
            agent,
            colleagues: visit.agents,
            assigned: assigned_at,
            reply,
            left: Math.max(left, reply),
            prefix,
          }),
        }),
    ...asked,
    text: null,
  };
  if (!answered || there >= until || !dice.chance(SURVEYED)) return;
  const survey = surveyOf(dice, { id, visitor: visit.visitor.id, after: dice.below(10 * MINUTE_MS) });
  if (end.closed_at !== null) yield answering(asked, { ...survey, at: end.closed_at + survey.at });
}

type Course = { first: EpochMs; reply: EpochMs | null; there: EpochMs; until: EpochMs };
type End = Pick<
  RecordOf<"conversations">,
  "status" | "closed_at" | "close_reason" | "last_message_at" | "left_at"
> & { left: EpochMs };

/** The visitor was last `there`; one that is closed for their silence is closed long after it. */
function endOf(own: Dice, { first, reply, there, until }: Course): End {
  const { reason } = reply === null ? own.weighted(REASONS.alone) : own.weighted(REASONS.answered);
  const isShort = reply === null && own.chance(0.15);
  const left = isShort ? first + own.below(SHORT_MS) : there;
  const closed_at = reason === "idle" ? left + IDLE_MS + own.below(LATE_MS) : left;
  const last_message_at = reply === null ? first : reply + Math.floor((left - reply) * own.next());
  if (closed_at >= until) {
    return { status: "open", closed_at: null, close_reason: null, last_message_at, left };
  }
  // Rooms of before did not tell when their visitor was last there.
  const left_at = own.chance(OLDER) ? {} : { left_at: left };
  return { status: "closed", closed_at, close_reason: reason, last_message_at, left, ...left_at };
}

/** `at` is how long after the end of its conversation it was sent. */
function surveyOf(
  dice: Dice,
  { id, visitor, after }: { id: string; visitor: string; after: number },
): RecordOf<"surveys"> {
  const maybe = (p: number, value: number) => (dice.chance(p) ? value : null);
  return {
    table: "surveys",
    id,
    revision: 1,
    visitor_id: visitor,
    at: after,
    welcome: maybe(0.5, 1 + dice.below(3)),
    wait: maybe(0.5, 1 + dice.below(3)),
    answer: maybe(0.5, 1 + dice.below(3)),
    csat: maybe(0.9, 1 + Math.floor(5 * Math.sqrt(dice.next()))),
    nps: maybe(0.7, Math.floor(11 * Math.sqrt(dice.next()))),
    ces: maybe(0.6, 1 + Math.floor(7 * Math.sqrt(dice.next()))),
    resolved: dice.chance(0.8) ? dice.chance(0.78) : null,
    comment: null,
  };
}

type Asked = Pick<RecordOf<"conversations">, "survey_asked" | "survey_questions">;

/**
 * One in four of those that somebody answered is not asked; one in eight is of before it was told, and another of before
 * its questions were.
 */
function askedOf(hash: number, answered: boolean): Asked {
  if ((hash & 7) === 7) return {};
  const survey_asked = answered && (hash & 3) !== 0;
  if ((hash & 7) === 6) return { survey_asked };
  const questions = POLICIES[(hash >>> 3) % POLICIES.length] ?? USUAL_QUESTIONS;
  return { survey_asked, survey_questions: survey_asked ? [...questions] : [] };
}

/** `survey` with answers to what was asked alone, but for those whose site asks more by its own means. */
function answering(
  { survey_asked, survey_questions: asked }: Asked,
  survey: RecordOf<"surveys">,
): RecordOf<"surveys"> {
  const isFree = survey_asked !== true || asked === undefined;
  if (isFree || diceOf(hashOf(`${survey.id} unasked`)).chance(UNASKED)) return survey;
  const of = <T>(question: SurveyQuestion, answer: T): T | null => (asked.includes(question) ? answer : null);
  const { welcome, wait, answer, csat, nps, ces, resolved } = survey;
  return {
    ...survey,
    welcome: of("faces", welcome),
    wait: of("faces", wait),
    answer: of("faces", answer),
    csat: of("csat", csat),
    nps: of("nps", nps),
    ces: of("ces", ces),
    resolved: of("resolved", resolved),
  };
}
