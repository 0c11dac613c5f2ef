/**
 * What leaves an object for D1: one message to the history queue, a list of records, each with its revision.
 *
 * Shapes  `HistoryMessage` names its owner, so that the consumer can confirm what it wrote.
 *         A record is the whole row as its owner knows it now; a higher `revision` replaces a lower one.
 * Units   every moment is `EpochMs`; money is in major units with its currency.
 * Errors  a message that does not parse is poison: it ends in the dead letters, never half-written.
 */
import * as z from "zod";
import { HANDOVER_KINDS, MAX_CANNED_USES, MAX_HANDOVERS } from "../chat/handovers.ts";
import { SURVEY_QUESTIONS } from "../site/survey-questions.ts";

const moment = z.int();
const maybe = <T extends z.ZodType>(type: T) => type.nullable();
const revision = z.int().min(1);
const id = z.string().min(1).max(300);
const text = z.string().max(4_000);

/** What fits into a message of the queue beside its record. */
export const MAX_REPLAY_LENGTH = 110_000;

/** How far a visit came in a funnel: seconds to each step, in the order of reaching, and the page after the furthest. */
export const Walk = z.object({
  steps: z.record(z.string().max(40), z.int().nullable()),
  /** Null where the visit ended at its furthest step. */
  next: maybe(z.string().max(80)),
});
export type Walk = z.infer<typeof Walk>;

export const SessionRecord = z.object({
  table: z.literal("sessions"),
  id,
  revision,
  visitor_id: id,
  user_id: maybe(id),
  started_at: moment,
  last_at: moment,
  ended_at: maybe(moment),
  pages: z.int(),
  events: z.int(),
  seconds: z.number(),
  entry_path: maybe(text),
  referrer: maybe(text),
  channel: maybe(text),
  utm: z.record(z.string(), z.string()),
  device_type: maybe(text),
  browser: maybe(text),
  os: maybe(text),
  language: maybe(text),
  country: maybe(text),
  region: maybe(text),
  city: maybe(text),
  cart_value: z.number(),
  cart_items: z.int(),
  /** In the site-wide hold-out: kept out of every campaign. */
  global_holdout: z.boolean(),
  /** An agent's place was free at some moment of this visit. */
  covered: z.boolean(),
  /** Some campaign's condition held at some moment of this visit, whatever the gates said. */
  eligible: z.boolean(),
  /** Segments that held at some moment of this visit. */
  segments: z.array(z.string().max(40)).max(200).default([]),
  /** Campaign id → what became of it, where its condition held (`domain/targeting/outcome.ts`). */
  outcomes: z.record(z.string(), z.array(z.string())).default({}),
  /** Of a visit that is over, and only where there is something to tell: `domain/visit/way.ts`. */
  funnels: z.record(z.string().max(40), Walk).optional(),
  path: z.array(z.string().max(80)).max(13).optional(),
  not_found: z
    .array(z.tuple([z.string().max(80), z.string().max(300).nullable()]))
    .max(5)
    .optional(),
  /** The visit's events as it ended (`domain/visit/replay.ts`), gzipped JSON in base64; null while it lasts. */
  replay: maybe(z.string().max(MAX_REPLAY_LENGTH)).default(null),
});

export const ExposureRecord = z.object({
  table: z.literal("exposures"),
  id,
  revision,
  visitor_id: id,
  session_id: id,
  campaign_id: id,
  phase: z.int(),
  variant: z.string(),
  kind: z.string(),
  arm: z.enum(["treated", "holdout"]),
  probability: z.number(),
  eligible_at: moment,
  shown_at: maybe(moment),
  opened_at: maybe(moment),
  declined_at: maybe(moment),
  ignored_at: maybe(moment),
  clicked_at: maybe(moment),
});

export const OrderRecord = z.object({
  table: z.literal("orders"),
  id,
  revision,
  visitor_id: id,
  user_id: maybe(id),
  session_id: maybe(id),
  at: moment,
  received_at: moment,
  total: z.number(),
  /** What the price was lowered by before that; null or absent where nobody told. */
  discount: maybe(z.number()).optional(),
  currency: z.string().max(3),
  status: z.enum(["claimed", "confirmed"]),
  items: z.int(),
  covered: z.boolean(),
});

export const RefundRecord = z.object({
  table: z.literal("refunds"),
  id,
  revision,
  order_id: id,
  visitor_id: id,
  at: moment,
  /** Null refunds the whole order. */
  amount: maybe(z.number()),
  status: z.enum(["claimed", "confirmed"]),
});

export const LeadRecord = z.object({
  table: z.literal("leads"),
  id,
  revision,
  visitor_id: id,
  session_id: maybe(id),
  at: moment,
  value: maybe(z.number()),
  currency: maybe(z.string().max(3)),
  /** The key of each goal that it reached → what it is worth there; none at all where whoever told it did not know of goals. */
  goals: maybe(z.record(z.string().max(40), maybe(z.number()))).optional(),
});

/** A contact by phone or e-mail that a server told. */
export const ContactRecord = z.object({
  table: z.literal("contacts"),
  id,
  revision,
  visitor_id: id,
  at: moment,
  channel: z.enum(["phone", "email"]),
});

export const IdentityRecord = z.object({
  table: z.literal("identities"),
  /** The proven user. */
  id,
  revision,
  visitor_id: id,
  at: moment,
});

/** As `domain/chat/handovers.ts` reads them from the log. */
export const HandoverRecord = z.object({
  at: moment,
  kind: z.enum(HANDOVER_KINDS),
  from: maybe(id),
  to: maybe(id),
  skill: maybe(text),
});
export const SentCannedRecord = z.object({ at: moment, agent: id, canned: id, edited: z.boolean() });

/** What a conversation asked at its end, each at most once. */
export const AskedQuestions = z
  .array(z.enum(SURVEY_QUESTIONS))
  .refine((asked) => new Set(asked).size === asked.length, "each question at most once");

export const ConversationRecord = z.object({
  table: z.literal("conversations"),
  id,
  revision,
  visitor_id: id,
  user_id: maybe(id),
  decision_id: maybe(id),
  skill: maybe(text),
  locale: maybe(text),
  page: maybe(text),
  status: z.enum(["new", "queued", "open", "closed"]),
  agent_id: maybe(id),
  created_at: moment,
  queued_at: maybe(moment),
  assigned_at: maybe(moment),
  /** From when on it is a contact: null while nobody wrote, and where its visitor is one of the site's own staff. */
  first_visitor_message_at: maybe(moment),
  first_agent_message_at: maybe(moment),
  last_message_at: maybe(moment),
  closed_at: maybe(moment),
  close_reason: maybe(text),
  outcome: maybe(text),
  visitor_messages: z.int(),
  agent_messages: z.int(),
  /** The wrap-up codes that its agent chose. */
  codes: z.array(z.string().max(64)).max(20).optional(),
  /** What its agent wrote beside them. */
  wrap_up_note: maybe(text).optional(),
  /** Whether its visitor was asked what they thought; of one that goes on, or ended before rooms told it, nothing. */
  survey_asked: z.boolean().optional(),
  /** What it asked, nothing where it asked nobody; of one that ended before rooms told this, none. */
  survey_questions: AskedQuestions.optional(),
  /** When its visitor was last there; of one that goes on, or ended before rooms told it, nothing. */
  left_at: moment.optional(),
  /** Who wrote the first message of an agent; of one that nobody answered, nothing. */
  answered_by: id.optional(),
  /** How often it went from one agent to another. */
  transfers: z.int().min(0).optional(),
  /** Told with `canned`; rooms of before did not tell either. */
  handovers: z.array(HandoverRecord).max(MAX_HANDOVERS).optional(),
  /** The canned answers that were sent in it; an id that is none of the site's is not kept. */
  canned: z.array(SentCannedRecord).max(MAX_CANNED_USES).optional(),
  /** Searchable text, written once at close; null before. */
  text: maybe(z.string().max(60_000)),
});

/** Up to 100 events of a conversation's log, gzipped JSON in base64. */
export const LogRecord = z.object({
  table: z.literal("conversation_logs"),
  id,
  revision,
  conversation_id: id,
  chunk: z.int().min(0),
  from_seq: z.int(),
  to_seq: z.int(),
  body: z.string().max(110_000),
});

export const SurveyRecord = z.object({
  table: z.literal("surveys"),
  /** The conversation's id: one survey each. */
  id,
  revision,
  visitor_id: id,
  at: moment,
  welcome: maybe(z.int()),
  wait: maybe(z.int()),
  answer: maybe(z.int()),
  csat: maybe(z.int()),
  nps: maybe(z.int()),
  ces: maybe(z.int()),
  resolved: maybe(z.boolean()),
  comment: maybe(text),
});

export const LeftMessageRecord = z.object({
  table: z.literal("left_messages"),
  id,
  revision,
  visitor_id: id,
  at: moment,
  email: z.string().max(254),
  name: maybe(text),
  body: z.string().max(8_192),
  page: maybe(text),
});

/** A stretch of time in one state of one agent; `ended_at` is null while it lasts. */
export const AgentStateRecord = z.object({
  table: z.literal("agent_states"),
  id,
  revision,
  agent_id: id,
  state: z.enum(["online", "away", "offline"]),
  capacity: z.int(),
  started_at: moment,
  ended_at: maybe(moment),
});

export const ExemptCountRecord = z.object({
  table: z.literal("exempt_counts"),
  id,
  revision,
  hour: moment,
  page_views: z.int(),
});

export const HistoryRecord = z.discriminatedUnion("table", [
  SessionRecord,
  ExposureRecord,
  OrderRecord,
  RefundRecord,
  LeadRecord,
  ContactRecord,
  IdentityRecord,
  ConversationRecord,
  LogRecord,
  SurveyRecord,
  LeftMessageRecord,
  AgentStateRecord,
  ExemptCountRecord,
]);
export type HistoryRecord = z.infer<typeof HistoryRecord>;
export type HistoryTable = HistoryRecord["table"];
export type RecordOf<T extends HistoryTable> = Extract<HistoryRecord, { table: T }>;

export const HistoryMessage = z.object({
  v: z.literal(1),
  site: z.string().min(1).max(60),
  owner: z.object({
    kind: z.enum(["visitor", "room", "desk", "exempt"]),
    /** The object's name, by which the consumer confirms. */
    name: z.string().min(1).max(400),
  }),
  records: z.array(HistoryRecord).min(1).max(100),
});
export type HistoryMessage = z.infer<typeof HistoryMessage>;

/** What the consumer tells the owner: these records are in D1 at least at these revisions. */
export type Confirmation = { key: string; revision: number };

/** The key of a record in its owner's outbox. */
export function recordKey(record: { table: HistoryTable; id: string }): string {
  return `${record.table}:${record.id}`;
}
