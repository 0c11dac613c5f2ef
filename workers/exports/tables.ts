/** What of history may be taken out, table by table, and in which columns. */

export type Cell = string | number | null;
export type Table = {
  /** Columns that are read as something else than themselves. */
  read?: Record<string, string>;
  /** What the rows are taken and sorted by; an index on (site, moment) exists. */
  moment: string;
  key: string;
  columns: readonly string[];
  /** When the row arrived, where that is not `moment`; it may be up to a day later. */
  arrival?: string;
  /** Where rows last: until when, null of one that goes on. What began before the span and reaches into it is in it. */
  until?: string;
};

/** What a server told for a user alone belongs to the visitor who is linked to that user, latest first. */
const linkedVisitor = (table: string): Record<string, string> => ({
  visitor_id: `CASE WHEN visitor_id LIKE 'u:%' THEN coalesce(
  (SELECT i.visitor_id FROM identities i WHERE i.site = ${table}.site AND i.user_id = substr(${table}.visitor_id, 3)
     AND i.visitor_id <> ${table}.visitor_id ORDER BY i.at DESC, i.visitor_id LIMIT 1), visitor_id) ELSE visitor_id END`,
});

export const TABLES: Record<string, Table> = {
  sessions: {
    moment: "started_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "user_id",
      "started_at",
      "last_at",
      "ended_at",
      "pages",
      "events",
      "seconds",
      "entry_path",
      "referrer",
      "channel",
      "utm",
      "device_type",
      "browser",
      "os",
      "language",
      "country",
      "region",
      "city",
      "cart_value",
      "cart_items",
      "global_holdout",
      "covered",
      "eligible",
    ],
  },
  exposures: {
    moment: "eligible_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "session_id",
      "campaign_id",
      "phase",
      "variant",
      "kind",
      "arm",
      "probability",
      "eligible_at",
      "shown_at",
      "opened_at",
      "declined_at",
      "ignored_at",
      "clicked_at",
    ],
  },
  orders: {
    moment: "at",
    key: "order_id",
    arrival: "received_at",
    read: linkedVisitor("orders"),
    columns: [
      "order_id",
      "visitor_id",
      "user_id",
      "session_id",
      "at",
      "received_at",
      "total",
      "discount",
      "currency",
      "status",
      "items",
      "covered",
    ],
  },
  refunds: {
    moment: "at",
    key: "id",
    read: linkedVisitor("refunds"),
    columns: ["id", "order_id", "visitor_id", "at", "amount", "status"],
  },
  leads: {
    moment: "at",
    key: "id",
    read: linkedVisitor("leads"),
    // Which goals it reached and what it was worth for each, as JSON: a result counts those of its campaign.
    columns: ["id", "visitor_id", "session_id", "at", "value", "currency", "goals"],
  },
  contacts: {
    moment: "at",
    key: "id",
    read: linkedVisitor("contacts"),
    columns: ["id", "visitor_id", "at", "channel"],
  },
  conversations: {
    moment: "created_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "user_id",
      "decision_id",
      "skill",
      "locale",
      "page",
      "status",
      "agent_id",
      "created_at",
      "queued_at",
      "assigned_at",
      "first_visitor_message_at",
      "first_agent_message_at",
      "last_message_at",
      "closed_at",
      "close_reason",
      "outcome",
      "visitor_messages",
      "agent_messages",
      "handovers",
      "canned",
      "transfers",
      "codes",
      "wrap_up_note",
      "survey_asked",
      "left_at",
      "answered_by",
      "survey_questions",
    ],
  },
  surveys: {
    moment: "at",
    key: "conversation_id",
    columns: [
      "conversation_id",
      "visitor_id",
      "at",
      "welcome",
      "wait",
      "answer",
      "csat",
      "nps",
      "ces",
      "resolved",
      "comment",
    ],
  },
  agent_states: {
    moment: "started_at",
    key: "id",
    until: "ended_at",
    columns: ["id", "agent_id", "state", "capacity", "started_at", "ended_at"],
  },
  callbacks: {
    moment: "created_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "created_at",
      "slot_at",
      "slot_ends_at",
      "phone",
      "name",
      "topic",
      "locale",
      "page",
      "status",
      "agent_id",
      "claimed_at",
      "outcome",
      "note",
      "concluded_at",
    ],
  },
};
/** One row each message; a file's is its name, type and size, a card's its fields, both as JSON. */
export const MESSAGE_COLUMNS = [
  "conversation_id",
  "seq",
  "at",
  "role",
  "from_id",
  "from_name",
  "kind",
  "body",
];

/** Everything of history that there is to export. */
export const EXPORTS: readonly string[] = [...Object.keys(TABLES), "messages"];

/** The columns of the export `name`. */
export function columnsOf(name: string): readonly string[] {
  return TABLES[name]?.columns ?? MESSAGE_COLUMNS;
}

export function isMoment(column: string): boolean {
  return column === "at" || column.endsWith("_at");
}
