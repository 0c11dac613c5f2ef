/**
 * Which counted days and campaign phases a write to history touches, marked in the write's own transaction.
 *
 * What something is counted as may depend on other things of the same person: an order on the chats before it, a chat
 * on its visit's end and on the next chat, everything on who the person is; and a visit that goes on over midnight keeps
 * what happens in it for the day on which it began. So a record marks its own day and the days
 * of all that it can restate. Found in SQL, after the write (and before it, where a write may move what was there), so
 * that nothing can come between what is read and what is marked.
 *
 * What is touched is remembered as it was before (`rows-before.ts`), and a day that becomes dirty says since which write.
 *
 * Errors  a day too many costs a recount; a day too few would be a wrong figure, so windows are taken generously.
 */
import type { HistoryRecord } from "../../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { LONG_CHAT_MS } from "./history-rows.ts";
import { RECONTACT_MS } from "./read-history.ts";
import { rememberRows } from "./rows-before.ts";
import type { CountedSettings } from "./site-settings.ts";
import { localDate, zoneShifts, zoneTable } from "./zone-shifts.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** From the start of a day to the end of what a visit that began on it may hold, where the clocks are put back. */
const DAY_OF_VISIT_MS = LONG_CHAT_MS + DAY_MS + HOUR_MS;
/** A goal's window, at most, and the visit before it. */
const CAMPAIGN_WINDOW_MS = 32 * DAY_MS;

type Touched = {
  sessions: Set<string>;
  exposures: Set<string>;
  conversations: Set<string>;
  orders: Set<string>;
  refunds: Set<string>;
  leads: Set<string>;
  /** Visitors of whom something was learned about who they are. */
  known: Set<string>;
  states: Set<string>;
  exempt: Set<string>;
};

function emptyTouched(): Touched {
  return {
    sessions: new Set(),
    exposures: new Set(),
    conversations: new Set(),
    orders: new Set(),
    refunds: new Set(),
    leads: new Set(),
    known: new Set(),
    states: new Set(),
    exempt: new Set(),
  };
}

function touch(touched: Touched, record: HistoryRecord): void {
  switch (record.table) {
    case "sessions":
    case "exposures":
    case "conversations":
    case "orders":
    case "refunds":
    case "leads":
      touched[record.table].add(record.id);
      return;
    case "surveys":
      touched.conversations.add(record.id);
      return;
    case "identities":
      touched.known.add(record.visitor_id);
      return;
    case "agent_states":
      touched.states.add(record.id);
      return;
    case "exempt_counts":
      touched.exempt.add(record.id);
      return;
    case "contacts":
    case "conversation_logs":
    case "left_messages":
      return; // Nothing is counted from these.
    default:
      record satisfies never;
  }
}

/** What of a site's settings says how far a record reaches. */
type Windows = Pick<CountedSettings, "timezone" | "attribution_hours" | "lead_hours">;
export type Marks = { before: D1PreparedStatement[]; after: D1PreparedStatement[] };

/** The statements that stand around the upserts of `records` of `site`, which has these `settings`. */
export function marksFor(
  db: D1Database,
  site: SiteKey,
  records: readonly HistoryRecord[],
  settings: Windows,
  now: EpochMs,
): Marks {
  const touched = emptyTouched();
  for (const record of records) touch(touched, record);
  const { orders, refunds, leads, states, conversations } = touched;
  const movable = { ...emptyTouched(), orders, refunds, leads, states, conversations };
  const statement = (some: Touched) => raise(db, site, some, settings, now);
  return {
    before: [...rememberRows(db, site, records, now), ...(isEmpty(movable) ? [] : [statement(movable)])],
    after: isEmpty(touched) ? [] : [statement(touched)],
  };
}

function isEmpty(touched: Touched): boolean {
  return Object.values(touched).every((ids) => ids.size === 0);
}

function raise(
  db: D1Database,
  site: SiteKey,
  touched: Touched,
  { timezone, attribution_hours, lead_hours }: Windows,
  now: EpochMs,
): D1PreparedStatement {
  const ids = Object.fromEntries(Object.entries(touched).map(([name, set]) => [name, [...set]]));
  return db
    .prepare(RAISE)
    .bind(
      site,
      JSON.stringify(ids),
      JSON.stringify(zoneShifts(timezone, now)),
      Math.max(attribution_hours, lead_hours) * HOUR_MS + LONG_CHAT_MS,
      now,
      timezone,
      attribution_hours,
      lead_hours,
    );
}

/** The rows of `table` of the visitors in `from`, found by their visitor: the planner would often walk the whole site. */
const ofVisitor = (table: keyof typeof BY_VISITOR, as: string, from: string, visitor = "visitor_id") =>
  `${from} CROSS JOIN ${table} ${as} INDEXED BY ${BY_VISITOR[table]}
    ON ${as}.site = ?1 AND ${as}.visitor_id = ${from.split(" ").at(-1)}.${visitor}`;
const BY_VISITOR = {
  sessions: "sessions_visitor",
  exposures: "exposures_visitor",
  orders: "orders_visitor",
  leads: "leads_visitor",
  conversations: "conversations_visitor",
  identities: "identities_visitor",
} as const;
/** The rows of `table` whose `key` is among the ids of `list`. */
const listed = (list: keyof Touched, table: string, as: string, key = "id") =>
  `json_each(?2, '$.${list}') j CROSS JOIN ${table} ${as} ON ${as}.site = ?1 AND ${as}.${key} = j.value`;
/** Every visitor of `set`, with those that may be the same person, themselves included. */
const kinOf = (set: string) => `SELECT visitor_id AS visitor, visitor_id AS other FROM ${set}
    UNION SELECT own.visitor_id, kin.visitor_id FROM ${ofVisitor("identities", "own", `${set} t`)}
      CROSS JOIN identities kin ON kin.site = ?1 AND kin.user_id = own.user_id`;
/** The rows of `table` of everybody who may be the person of a row of `set`, which is `t`. */
const rowsOfKin = (set: string, kin: string, table: keyof typeof BY_VISITOR, as: string) =>
  `${set} t CROSS JOIN ${kin} k ON k.visitor = t.visitor_id
    CROSS JOIN ${table} ${as} INDEXED BY ${BY_VISITOR[table]} ON ${as}.site = ?1 AND ${as}.visitor_id = k.other`;
/** A conversation counts from its visitor's first message; before it, from nowhere. */
const STARTED = "coalesce(c.first_visitor_message_at, c.created_at)";
const CHAT = `c.visitor_id, ${STARTED} AS at, c.closed_at, c.decision_id`;
const OFFER = "e.visitor_id, e.campaign_id, e.phase, e.eligible_at";
/** When a visit ends, as `history-rows.ts` has it. */
const ENDS = `min(coalesce(s.ended_at, s.last_at), s.started_at + ${LONG_CHAT_MS})`;
const WITHIN_CHAT = "BETWEEN t.at AND max(t.at, coalesce(t.closed_at, t.at)) + ?4";

/** As `domain/site/lead-window.ts` has it. */
const LEAD_HOURS = `coalesce((SELECT max(coalesce(g.body ->> 'window_hours', ?7)) FROM resources g
        WHERE g.site = ?1 AND g.noun = 'goals' AND g.body ->> 'kind' = 'lead'), ?7)`;

/**
 * ?1 site, ?2 the ids touched, ?3 zone shifts, ?4 how far after a chat's last sign its window may reach, ?5 now,
 * ?6, ?7 and ?8 the settings that ?3 and ?4 come from: where they are no longer the site's, everything is dirty.
 * D1 takes five terms of a UNION at most, so longer ones are put together from shorter ones.
 * Of a visit over midnight near something that is touched every day is marked, from that on which it began.
 */
export const RAISE = `
WITH RECURSIVE ${zoneTable("?3")},
visits AS MATERIALIZED (
  SELECT s.visitor_id, s.started_at AS since,
    coalesce((SELECT min(n.started_at) FROM sessions n INDEXED BY sessions_visitor
      WHERE n.site = ?1 AND n.visitor_id = s.visitor_id AND n.started_at > s.started_at), ?5 + ${DAY_MS}) AS until
  FROM ${listed("sessions", "sessions", "s")}),
own_chats AS MATERIALIZED (
  SELECT ${CHAT} FROM ${listed("conversations", "conversations", "c")}
  UNION ALL SELECT ${CHAT} FROM json_each(?2, '$.exposures') j
    CROSS JOIN conversations c INDEXED BY conversations_decision ON c.site = ?1 AND c.decision_id = j.value
  UNION ALL SELECT ${CHAT} FROM ${ofVisitor("conversations", "c", "visits v")}
    AND ${STARTED} BETWEEN v.since AND v.until),
chat_kin AS MATERIALIZED (${kinOf("own_chats")}),
told_bought AS (
  SELECT o.visitor_id, o.at FROM ${listed("orders", "orders", "o", "order_id")}
  UNION ALL SELECT o.visitor_id, o.at FROM ${listed("refunds", "refunds", "r")}
    CROSS JOIN orders o ON o.site = ?1 AND o.order_id = r.order_id
  UNION ALL SELECT l.visitor_id, l.at FROM ${listed("leads", "leads", "l")}),
bought AS MATERIALIZED (SELECT visitor_id, at FROM told_bought
  UNION ALL SELECT o.visitor_id, o.at FROM ${ofVisitor("orders", "o", "visits v")} AND o.at BETWEEN v.since AND v.until
  UNION ALL SELECT l.visitor_id, l.at FROM ${ofVisitor("leads", "l", "visits v")} AND l.at BETWEEN v.since AND v.until
  UNION ALL SELECT o.visitor_id, o.at FROM ${rowsOfKin("own_chats", "chat_kin", "orders", "o")} AND o.at ${WITHIN_CHAT}
  UNION ALL SELECT l.visitor_id, l.at FROM ${rowsOfKin("own_chats", "chat_kin", "leads", "l")} AND l.at ${WITHIN_CHAT}),
buyer_kin AS MATERIALIZED (${kinOf("bought")}),
known AS MATERIALIZED (SELECT value AS visitor_id FROM json_each(?2, '$.known')),
known_kin AS MATERIALIZED (SELECT DISTINCT other FROM (${kinOf("known")})),
offers AS MATERIALIZED (
  SELECT ${OFFER} FROM ${listed("exposures", "exposures", "e")}
  UNION ALL SELECT ${OFFER} FROM own_chats c CROSS JOIN exposures e ON e.site = ?1 AND e.id = c.decision_id
  UNION ALL SELECT ${OFFER} FROM ${ofVisitor("exposures", "e", "visits v")}
    AND e.eligible_at BETWEEN v.since AND v.until
  UNION ALL SELECT ${OFFER} FROM ${ofVisitor("exposures", "e", "known_kin k", "other")}),
moved AS MATERIALIZED (
  SELECT visitor_id, at FROM own_chats UNION ALL SELECT visitor_id, eligible_at FROM offers),
moved_kin AS MATERIALIZED (${kinOf("moved")}),
over_midnight(at, until) AS (
  SELECT s.started_at, ${ENDS} FROM ${rowsOfKin("moved", "moved_kin", "sessions", "s")}
    AND s.started_at BETWEEN t.at - ${DAY_OF_VISIT_MS} AND t.at + ${DAY_MS}
    WHERE ${localDate("s.started_at")} <> ${localDate(ENDS)}
  UNION SELECT s.started_at, ${ENDS} FROM ${rowsOfKin("bought", "buyer_kin", "sessions", "s")}
    AND s.started_at BETWEEN t.at - ?4 - ${2 * LONG_CHAT_MS} AND t.at + ${DAY_MS}
    WHERE ${localDate("s.started_at")} <> ${localDate(ENDS)}),
stretches(at, until) AS (
  SELECT at, until FROM over_midnight
  UNION ALL
  SELECT a.started_at, coalesce(a.ended_at, ?5) FROM ${listed("states", "agent_states", "a")}
  UNION ALL SELECT at, min(coalesce(closed_at, ?5), at + ${LONG_CHAT_MS}) FROM own_chats
  UNION ALL SELECT min(at + ${DAY_MS / 2}, until), until FROM stretches WHERE at < until),
own_moments(at) AS (
  SELECT since FROM visits UNION ALL SELECT at FROM stretches UNION ALL SELECT at FROM bought
  UNION ALL SELECT eligible_at FROM offers
  UNION ALL SELECT x.hour FROM ${listed("exempt", "exempt_counts", "x")}
),
restated(at) AS (
  SELECT e.eligible_at FROM ${rowsOfKin("bought", "buyer_kin", "exposures", "e")}
    AND e.eligible_at BETWEEN t.at - ?4 AND t.at
  UNION ALL SELECT o.at FROM ${rowsOfKin("bought", "buyer_kin", "orders", "o")} AND o.at BETWEEN t.at - ?4 AND t.at
  UNION ALL SELECT ${STARTED} FROM ${rowsOfKin("bought", "buyer_kin", "conversations", "c")}
    AND t.at BETWEEN ${STARTED} AND max(${STARTED}, coalesce(c.closed_at, ${STARTED})) + ?4
  UNION ALL SELECT ${STARTED} FROM ${rowsOfKin("own_chats", "chat_kin", "conversations", "c")}
    AND c.closed_at BETWEEN t.at - ${RECONTACT_MS} AND t.at
  UNION ALL SELECT s.started_at FROM ${rowsOfKin("bought", "buyer_kin", "sessions", "s")}
    AND s.started_at BETWEEN t.at - ?4 AND t.at
),
known_moments(at) AS (
  SELECT s.started_at FROM ${ofVisitor("sessions", "s", "known_kin k", "other")}
  UNION ALL SELECT ${STARTED} FROM ${ofVisitor("conversations", "c", "known_kin k", "other")}
  UNION ALL SELECT o.at FROM ${ofVisitor("orders", "o", "known_kin k", "other")}
  UNION ALL SELECT l.at FROM ${ofVisitor("leads", "l", "known_kin k", "other")}),
moments(at) AS (
  SELECT at FROM own_moments UNION ALL SELECT at FROM restated UNION ALL SELECT at FROM known_moments),
subjects(subject) AS (
  SELECT 'day:' || ${localDate("m.at")} FROM moments m
  UNION SELECT 'campaign:' || campaign_id || ':' || phase FROM offers
  UNION SELECT 'campaign:' || e.campaign_id || ':' || e.phase
    FROM ${rowsOfKin("bought", "buyer_kin", "exposures", "e")}
    AND e.eligible_at BETWEEN t.at - ${CAMPAIGN_WINDOW_MS} AND t.at
  UNION SELECT 'campaign:' || e.campaign_id || ':' || e.phase
    FROM ${rowsOfKin("own_chats", "chat_kin", "exposures", "e")}
    AND e.eligible_at BETWEEN t.at - ${CAMPAIGN_WINDOW_MS} AND t.at
  UNION SELECT m.subject FROM rollup_marks m JOIN sites s ON s.key = ?1
    WHERE m.site = ?1 AND (coalesce(s.settings ->> 'timezone', ?6) <> ?6
      OR coalesce(s.settings ->> 'attribution_hours', ?7) <> ?7 OR ${LEAD_HOURS} <> ?8))
INSERT INTO rollup_marks (site, subject, dirty, since)
  SELECT ?1, subject, 1, (SELECT max(seq) FROM rows_before WHERE site = ?1) FROM subjects WHERE true
ON CONFLICT (site, subject) DO UPDATE SET dirty = claimed + 1, since = coalesce(since, excluded.since)
  WHERE dirty <= claimed`;
