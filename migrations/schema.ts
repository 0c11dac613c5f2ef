/**
 * D1's tables. What the workers write themselves (accounts, sites, campaigns…) comes first; the history, written
 * by the queue's consumer only, comes after. Every row but an account's belongs to one site.
 *
 * Units   moments are milliseconds since 1970 UTC, money is in major units.
 */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

const moment = (name: string) => integer(name);
const flag = (name: string) => integer(name, { mode: "boolean" });
const timestamp = (name: string) => integer(name, { mode: "timestamp_ms" });

// Accounts: the tables that better-auth asks for.
export const user = sqliteTable("user", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: flag("email_verified").notNull().default(false),
  image: text("image"),
  /** May create sites and see all of them. */
  installationAdmin: flag("installation_admin").notNull().default(false),
  createdAt: timestamp("created_at").notNull(),
  updatedAt: timestamp("updated_at").notNull(),
});

export const session = sqliteTable("session", {
  id: text("id").primaryKey(),
  expiresAt: timestamp("expires_at").notNull(),
  token: text("token").notNull().unique(),
  createdAt: timestamp("created_at").notNull(),
  updatedAt: timestamp("updated_at").notNull(),
  ipAddress: text("ip_address"),
  userAgent: text("user_agent"),
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
}, (t) => [index("session_user").on(t.userId)]);

export const account = sqliteTable("account", {
  id: text("id").primaryKey(),
  accountId: text("account_id").notNull(),
  providerId: text("provider_id").notNull(),
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
  accessToken: text("access_token"),
  refreshToken: text("refresh_token"),
  idToken: text("id_token"),
  accessTokenExpiresAt: timestamp("access_token_expires_at"),
  refreshTokenExpiresAt: timestamp("refresh_token_expires_at"),
  scope: text("scope"),
  password: text("password"),
  createdAt: timestamp("created_at").notNull(),
  updatedAt: timestamp("updated_at").notNull(),
}, (t) => [index("account_user").on(t.userId)]);

export const verification = sqliteTable("verification", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: timestamp("expires_at").notNull(),
  createdAt: timestamp("created_at"),
  updatedAt: timestamp("updated_at"),
});

/** One row each fact of the installation itself: that it was set up, that it was seeded. */
export const installation = sqliteTable("installation", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
});

// Sites and who works there.
export const sites = sqliteTable("sites", {
  key: text("key").primaryKey(),
  /** JSON of `SiteSettings`. */
  settings: text("settings").notNull(),
  version: integer("version").notNull().default(1),
  /** Raised by each change that the edge must learn; equal to `published` once it has. */
  configVersion: integer("config_version").notNull().default(1),
  publishedVersion: integer("published_version").notNull().default(0),
  createdAt: moment("created_at").notNull(),
});

export const members = sqliteTable("members", {
  id: text("id").primaryKey(),
  site: text("site").notNull().references(() => sites.key),
  userId: text("user_id").notNull().references(() => user.id),
  role: text("role", { enum: ["admin", "agent"] }).notNull(),
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  /** JSON: the languages in which they talk to visitors. */
  languages: text("languages").notNull().default("[]"),
  /** How many conversations they take at once; null is the default. */
  capacity: integer("capacity"),
}, (t) => [uniqueIndex("members_site_user").on(t.site, t.userId), index("members_user").on(t.userId)]);

export const apiKeys = sqliteTable("api_keys", {
  id: text("id").primaryKey(),
  site: text("site").notNull().references(() => sites.key),
  name: text("name").notNull(),
  /** SHA-256 of the key, hex; the key itself is shown once. */
  hash: text("hash").notNull().unique(),
  createdAt: moment("created_at").notNull(),
  revokedAt: moment("revoked_at"),
}, (t) => [index("api_keys_site").on(t.site)]);

export const campaigns = sqliteTable("campaigns", {
  id: text("id").primaryKey(),
  site: text("site").notNull().references(() => sites.key),
  status: text("status").notNull(),
  name: text("name").notNull(),
  /** JSON of `CampaignInput`. */
  body: text("body").notNull(),
  version: integer("version").notNull().default(1),
  phase: integer("phase").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
  /** Since when it is no longer live; null while it is, and before it ever was. */
  stoppedAt: moment("stopped_at"),
  deletedAt: moment("deleted_at"),
}, (t) => [index("campaigns_site").on(t.site, t.id)]);

/** Each phase as it was run: results never pool them. */
export const campaignPhases = sqliteTable("campaign_phases", {
  site: text("site").notNull(),
  campaignId: text("campaign_id").notNull(),
  phase: integer("phase").notNull(),
  body: text("body").notNull(),
  startedAt: moment("started_at").notNull(),
  /** JSON: the goal that the body names, as it was when the phase began; null where it names none. */
  goal: text("goal"),
  /** JSON: since when and until when it let nobody in, in order; the last has no end while it rests. */
  rests: text("rests").notNull().default("[]"),
}, (t) => [primaryKey({ columns: [t.site, t.campaignId, t.phase] })]);

/** The weights that a bandit gave the variants, period by period; results are read by period. */
export const banditPeriods = sqliteTable("bandit_periods", {
  site: text("site").notNull(),
  campaignId: text("campaign_id").notNull(),
  phase: integer("phase").notNull(),
  period: integer("period").notNull(),
  /** JSON: what the weights were computed from, and the weights. */
  arms: text("arms").notNull(),
  weights: text("weights").notNull(),
  startedAt: moment("started_at").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.campaignId, t.phase, t.period] })]);

/** Goals, skills, articles, canned answers, webhooks: nouns whose body is one validated JSON. */
export const resources = sqliteTable("resources", {
  id: text("id").primaryKey(),
  site: text("site").notNull().references(() => sites.key),
  noun: text("noun").notNull(),
  body: text("body").notNull(),
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (t) => [index("resources_site").on(t.site, t.noun, t.id)]);

/** Who changed what: append-only. */
export const audit = sqliteTable("audit", {
  id: text("id").primaryKey(),
  site: text("site").notNull(),
  actor: text("actor").notNull(),
  action: text("action").notNull(),
  target: text("target"),
  detail: text("detail"),
  at: moment("at").notNull(),
}, (t) => [index("audit_site").on(t.site, t.id)]);

// History: written by the consumer alone, each row an upsert that a higher revision wins. Sessions and exposures are
// WITHOUT ROWID (`0004_rows-in-key-order.sql`), for which the schema has no word: each is a row fewer to write.
export const sessions = sqliteTable("sessions", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  userId: text("user_id"),
  startedAt: moment("started_at").notNull(),
  lastAt: moment("last_at").notNull(),
  endedAt: moment("ended_at"),
  pages: integer("pages").notNull(),
  events: integer("events").notNull(),
  seconds: real("seconds").notNull(),
  entryPath: text("entry_path"),
  referrer: text("referrer"),
  channel: text("channel"),
  utm: text("utm").notNull(),
  deviceType: text("device_type"),
  browser: text("browser"),
  os: text("os"),
  language: text("language"),
  country: text("country"),
  region: text("region"),
  city: text("city"),
  cartValue: real("cart_value").notNull(),
  cartItems: integer("cart_items").notNull(),
  globalHoldout: flag("global_holdout").notNull(),
  covered: flag("covered").notNull(),
  eligible: flag("eligible").notNull(),
  /** JSON: the segments that held, and campaign id → outcomes. */
  segments: text("segments").notNull().default("[]"),
  outcomes: text("outcomes").notNull().default("{}"),
  /** Gzipped JSON of the visit's events; dropped after its retention. Behind all that most reads ask for. */
  replay: blob("replay", { mode: "buffer" }),
  /** JSON of `domain/visit/way.ts`, null where there is nothing to tell: only days that are counted read them. */
  funnels: text("funnels"),
  path: text("path"),
  notFound: text("not_found"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("sessions_started").on(t.site, t.startedAt),
  index("sessions_visitor").on(t.site, t.visitorId),
]);

export const exposures = sqliteTable("exposures", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  sessionId: text("session_id").notNull(),
  campaignId: text("campaign_id").notNull(),
  phase: integer("phase").notNull(),
  variant: text("variant").notNull(),
  kind: text("kind").notNull(),
  arm: text("arm").notNull(),
  probability: real("probability").notNull(),
  eligibleAt: moment("eligible_at").notNull(),
  shownAt: moment("shown_at"),
  openedAt: moment("opened_at"),
  declinedAt: moment("declined_at"),
  ignoredAt: moment("ignored_at"),
  clickedAt: moment("clicked_at"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("exposures_eligible").on(t.site, t.eligibleAt),
  index("exposures_campaign").on(t.site, t.campaignId, t.phase),
  index("exposures_visitor").on(t.site, t.visitorId),
]);

export const orders = sqliteTable("orders", {
  site: text("site").notNull(),
  orderId: text("order_id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  userId: text("user_id"),
  sessionId: text("session_id"),
  at: moment("at").notNull(),
  receivedAt: moment("received_at").notNull(),
  total: real("total").notNull(),
  /** What the price was lowered by before that; null where nobody told. */
  discount: real("discount"),
  currency: text("currency").notNull(),
  status: text("status").notNull(),
  items: integer("items").notNull(),
  /** An agent's place was free when the visitor bought. */
  covered: flag("covered").notNull(),
}, (t) => [
  primaryKey({ columns: [t.site, t.orderId] }),
  index("orders_at").on(t.site, t.at),
  index("orders_visitor").on(t.site, t.visitorId),
]);

export const refunds = sqliteTable("refunds", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  orderId: text("order_id").notNull(),
  visitorId: text("visitor_id").notNull(),
  at: moment("at").notNull(),
  amount: real("amount"),
  status: text("status").notNull(),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("refunds_at").on(t.site, t.at),
  index("refunds_order").on(t.site, t.orderId),
]);

export const leads = sqliteTable("leads", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  sessionId: text("session_id"),
  at: moment("at").notNull(),
  value: real("value"),
  currency: text("currency"),
  /** JSON: key of each goal that it reached → what it is worth there. Null: told before goals were kept with it. */
  goals: text("goals"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("leads_at").on(t.site, t.at),
  index("leads_visitor").on(t.site, t.visitorId),
]);

/** Contacts beside the chat, by phone or e-mail, that a server told with an API key. */
export const contacts = sqliteTable("contacts", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  at: moment("at").notNull(),
  channel: text("channel", { enum: ["phone", "email"] }).notNull(),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("contacts_at").on(t.site, t.at),
  index("contacts_visitor").on(t.site, t.visitorId),
]);

/** Which visitors a proven user has been. */
export const identities = sqliteTable("identities", {
  site: text("site").notNull(),
  userId: text("user_id").notNull(),
  visitorId: text("visitor_id").notNull(),
  revision: integer("revision").notNull(),
  at: moment("at").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.userId, t.visitorId] }), index("identities_visitor").on(t.site, t.visitorId)]);

export const conversations = sqliteTable("conversations", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  userId: text("user_id"),
  decisionId: text("decision_id"),
  skill: text("skill"),
  locale: text("locale"),
  page: text("page"),
  status: text("status").notNull(),
  agentId: text("agent_id"),
  createdAt: moment("created_at").notNull(),
  queuedAt: moment("queued_at"),
  assignedAt: moment("assigned_at"),
  firstVisitorMessageAt: moment("first_visitor_message_at"),
  firstAgentMessageAt: moment("first_agent_message_at"),
  lastMessageAt: moment("last_message_at"),
  closedAt: moment("closed_at"),
  closeReason: text("close_reason"),
  outcome: text("outcome"),
  visitorMessages: integer("visitor_messages").notNull(),
  agentMessages: integer("agent_messages").notNull(),
  /** JSON: the wrap-up codes that its agent chose. */
  codes: text("codes"),
  /** What its agent wrote beside them. */
  wrapUpNote: text("wrap_up_note"),
  /** How often it went from one agent to another. */
  transfers: integer("transfers"),
  /**
   * JSON of `domain/chat/handovers.ts`: how it changed hands, null where nobody told; and the canned answers of the site
   * that were sent in it.
   */
  handovers: text("handovers"),
  canned: text("canned"),
  /** Whether its visitor was asked what they thought; null while it goes on, and where that was not told. */
  surveyAsked: flag("survey_asked"),
  /** JSON: which questions it asked, none where it asked nobody; null as well where it ended before that was told. */
  surveyQuestions: text("survey_questions"),
  /** When its visitor was last there, and who wrote the first message of an agent; null where that was not told. */
  leftAt: moment("left_at"),
  answeredBy: text("answered_by"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("conversations_created").on(t.site, t.createdAt),
  index("conversations_visitor").on(t.site, t.visitorId),
  index("conversations_decision").on(t.site, t.decisionId).where(sql`decision_id is not null`),
]);

export const conversationLogs = sqliteTable("conversation_logs", {
  site: text("site").notNull(),
  conversationId: text("conversation_id").notNull(),
  chunk: integer("chunk").notNull(),
  revision: integer("revision").notNull(),
  fromSeq: integer("from_seq").notNull(),
  toSeq: integer("to_seq").notNull(),
  /** Gzipped JSON of the events. */
  body: blob("body", { mode: "buffer" }).notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.conversationId, t.chunk] })]);

export const surveys = sqliteTable("surveys", {
  site: text("site").notNull(),
  conversationId: text("conversation_id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  at: moment("at").notNull(),
  welcome: integer("welcome"),
  wait: integer("wait"),
  answer: integer("answer"),
  csat: integer("csat"),
  nps: integer("nps"),
  ces: integer("ces"),
  resolved: flag("resolved"),
  comment: text("comment"),
}, (t) => [primaryKey({ columns: [t.site, t.conversationId] }), index("surveys_at").on(t.site, t.at)]);

export const leftMessages = sqliteTable("left_messages", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  visitorId: text("visitor_id").notNull(),
  at: moment("at").notNull(),
  email: text("email").notNull(),
  name: text("name"),
  body: text("body").notNull(),
  page: text("page"),
  /** What became of it: no part of what the visitor's object tells. */
  outcome: text("outcome", { enum: ["answered", "dismissed"] }),
  concludedAt: moment("concluded_at"),
  concludedBy: text("concluded_by"),
  mailedAt: moment("mailed_at"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("left_messages_at").on(t.site, t.at),
  index("left_messages_unmailed").on(t.at).where(sql`mailed_at is null`),
]);

export const agentStates = sqliteTable("agent_states", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  agentId: text("agent_id").notNull(),
  state: text("state").notNull(),
  capacity: integer("capacity").notNull(),
  startedAt: moment("started_at").notNull(),
  endedAt: moment("ended_at"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("agent_states_started").on(t.site, t.startedAt),
  index("agent_states_open").on(t.site).where(sql`ended_at is null`),
]);

/** Page views of visitors without consent, by hour and shard; no identifier. */
export const exemptCounts = sqliteTable("exempt_counts", {
  site: text("site").notNull(),
  id: text("id").notNull(),
  revision: integer("revision").notNull(),
  hour: moment("hour").notNull(),
  pageViews: integer("page_views").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.id] }), index("exempt_counts_hour").on(t.site, t.hour)]);

// Figures counted from history, and rebuildable from it at any time. Both WITHOUT ROWID.

/** Tallies by hour, day, week and month of the site's zone: one row each dimension, its groups together in one JSON. */
export const kpiRollups = sqliteTable("kpi_rollups", {
  site: text("site").notNull(),
  dimension: text("dimension").notNull(),
  level: text("level", { enum: ["hour", "day", "week", "month"] }).notNull(),
  start: moment("start").notNull(),
  /** JSON: group → sparse tally. */
  body: text("body").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.dimension, t.level, t.start] })]);

/**
 * How far a counted subject is behind history. A write to history raises `dirty` in its own transaction; a builder
 * takes that number as `claimed` before it reads, and leaves it as `built` with what it wrote.
 */
export const rollupMarks = sqliteTable("rollup_marks", {
  site: text("site").notNull(),
  /** `day:YYYY-MM-DD` of the site's zone, `campaign:<id>:<phase>`, or `site`: all days of history have a mark. */
  subject: text("subject").notNull(),
  dirty: integer("dirty").notNull(),
  claimed: integer("claimed").notNull().default(0),
  built: integer("built").notNull().default(0),
  /** Digest of the definitions and settings that it was counted by. */
  definition: text("definition"),
  builtAt: moment("built_at"),
  /** From when on time alone makes it another; null where only an event can. */
  changesAt: moment("changes_at"),
  /** The first of `rows_before` that has touched it since what is kept of it; null where none has, or nobody knows. */
  since: integer("since"),
}, (t) => [primaryKey({ columns: [t.site, t.subject] })]);

/**
 * The rows of history that a write was about to change, as they were: by them what changed is counted as it was counted
 * before. Forgotten within hours; who asks for older ones counts anew. WITHOUT ROWID.
 */
export const rowsBefore = sqliteTable("rows_before", {
  site: text("site").notNull(),
  /** Of the site's writes, without a gap among those that are left. */
  seq: integer("seq").notNull(),
  at: moment("at").notNull(),
  /** Digest of the columns that `body` has of each table. */
  form: text("form").notNull(),
  /** JSON: table → the id of each row that was touched, with its cells; null where there was none. */
  body: text("body").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.seq] })]);

/** Ways through the site, counted by local day (`domain/journeys`). WITHOUT ROWID. */
export const journeyDays = sqliteTable("journey_days", {
  site: text("site").notNull(),
  /** `visits`, which says for the whole day up to where it was counted, `paths`, `pages`, `funnel:<key>`, `stages:<key>`. */
  kind: text("kind").notNull(),
  /** `YYYY-MM-DD` of the site's zone; `mYYYY-MM` sums a month that is over. */
  day: text("day").notNull(),
  body: text("body").notNull(),
  /** The number of the day's mark in `rollup_marks` that was claimed before it was counted. */
  built: integer("built").notNull(),
  builtAt: moment("built_at").notNull(),
  definition: text("definition").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.kind, t.day] })]);

/** A phase of a campaign, counted by the local day of its visitors' first eligible moments (`domain/results`). */
export const campaignSums = sqliteTable("campaign_sums", {
  site: text("site").notNull(),
  campaignId: text("campaign_id").notNull(),
  phase: integer("phase").notNull(),
  /** `YYYY-MM-DD`; the empty day holds what belongs to no day. */
  day: text("day").notNull(),
  /** JSON: arm → sums. */
  body: text("body").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.campaignId, t.phase, t.day] })]);

/** What was issued as due for a month: never changed, only amended by a higher revision. */
export const statements = sqliteTable("statements", {
  site: text("site").notNull(),
  agreementId: text("agreement_id").notNull(),
  /** `YYYY-MM` of the site's zone. */
  month: text("month").notNull(),
  revision: integer("revision").notNull(),
  /** JSON: the terms, what is due and why. */
  body: text("body").notNull(),
  digest: text("digest").notNull(),
  issuedAt: moment("issued_at").notNull(),
  issuedBy: text("issued_by").notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.agreementId, t.month, t.revision] })]);

/** The events that a statement rests on, in chunks of lines. */
export const statementEvidence = sqliteTable("statement_evidence", {
  site: text("site").notNull(),
  agreementId: text("agreement_id").notNull(),
  month: text("month").notNull(),
  revision: integer("revision").notNull(),
  chunk: integer("chunk").notNull(),
  /** Gzipped lines. */
  body: blob("body", { mode: "buffer" }).notNull(),
}, (t) => [primaryKey({ columns: [t.site, t.agreementId, t.month, t.revision, t.chunk] })]);

/** What the history queue could not write, kept until it is replayed. */
export const deadLetters = sqliteTable("dead_letters", {
  id: text("id").primaryKey(),
  site: text("site"),
  receivedAt: moment("received_at").notNull(),
  body: text("body").notNull(),
  error: text("error").notNull(),
  replayedAt: moment("replayed_at"),
}, (t) => [index("dead_letters_open").on(t.receivedAt).where(sql`replayed_at is null`)]);

/** Owners whose outbox has waited long for its confirmation: what `/healthz` shows an operator. */
export const overdueOutboxes = sqliteTable("overdue_outboxes", {
  owner: text("owner").primaryKey(),
  since: moment("since").notNull(),
});

/** Calls that visitors booked. One statement books, so that no two get a slot's last place. WITHOUT ROWID. */
export const callbacks = sqliteTable("callbacks", {
  site: text("site").notNull(),
  /** Made of the visitor and the request, so that the same request is the same call. */
  id: text("id").notNull(),
  visitorId: text("visitor_id").notNull(),
  /** A digest of the address it was booked from; gone once the call is over. */
  address: text("address"),
  createdAt: moment("created_at").notNull(),
  slotAt: moment("slot_at").notNull(),
  slotEndsAt: moment("slot_ends_at").notNull(),
  /** E.164. */
  phone: text("phone").notNull(),
  name: text("name"),
  topic: text("topic"),
  locale: text("locale").notNull(),
  page: text("page"),
  status: text("status", { enum: ["booked", "claimed", "done", "cancelled"] }).notNull(),
  agentId: text("agent_id"),
  claimedAt: moment("claimed_at"),
  outcome: text("outcome", { enum: ["reached", "not_reached", "voicemail"] }),
  note: text("note"),
  concludedAt: moment("concluded_at"),
  mailedAt: moment("mailed_at"),
}, (t) => [
  primaryKey({ columns: [t.site, t.id] }),
  index("callbacks_slot").on(t.site, t.slotAt, t.id),
  index("callbacks_created").on(t.site, t.createdAt, t.id),
  index("callbacks_visitor").on(t.site, t.visitorId),
  index("callbacks_address").on(t.site, t.address, t.createdAt).where(sql`address is not null`),
  index("callbacks_unmailed").on(t.createdAt).where(sql`mailed_at is null`),
]);

/**
 * Files of conversations, written by the workers before R2 has the bytes, so that none is ever there that no row knows
 * of. WITHOUT ROWID.
 */
export const files = sqliteTable("files", {
  site: text("site").notNull(),
  conversationId: text("conversation_id").notNull(),
  id: text("id").notNull(),
  name: text("name").notNull(),
  type: text("type").notNull(),
  bytes: integer("bytes").notNull(),
  byRole: text("by_role").notNull(),
  byId: text("by_id").notNull(),
  createdAt: moment("created_at").notNull(),
  /** Null until the whole log of its conversation was looked at and shows it. */
  sentAt: moment("sent_at"),
}, (t) => [
  primaryKey({ columns: [t.site, t.conversationId, t.id] }),
  index("files_unsent").on(t.createdAt).where(sql`sent_at is null`),
]);
