/**
 * What `domain/kpi` needs of D1 to count a span of time as it would from all of history: what lies in the span, and what
 * reaches into it from before and after.
 *
 * A visit may hold what happens on the days after it (`visitorDay` in `domain/kpi/counting.ts`). So of visits that go on
 * past the span's end all is read that they hold; and of who bought in the span in a visit from before it, the days before.
 *
 * Every query names the site and is bounded by an index on it and a moment. All are one transaction: what they give is
 * history as it was between two writes, and says between which.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { KpiHistory } from "../../domain/kpi/history.ts";
import {
  type Cell,
  CELLS,
  type Cells,
  chatOf,
  exemptOf,
  exposureOf,
  leadOf,
  LONG_CHAT_MS,
  LONGEST_SHIFT_MS,
  orderOf,
  refundOf,
  stateOf,
  surveyOf,
  visitOf,
} from "./history-rows.ts";

const DAY_MS = 86_400_000;
/** From when a conversation is made to its first message, at most. */
export const SILENT_CHAT_MS = DAY_MS;
export const RECONTACT_MS = 7 * DAY_MS;
/** From the start of a day to the end of what a visit that began on it may hold, where the clocks are put back. */
const DAY_OF_VISIT_MS = LONG_CHAT_MS + DAY_MS + 3_600_000;

/** Whole local days. */
export type HistorySpan = {
  site: SiteKey;
  from: EpochMs;
  to: EpochMs;
  now: EpochMs;
  attributionMs: number;
  leadAttributionMs: number;
};

/** History between two writes; `seq` is the number of the one before (`rows-before.ts`). */
export type ReadHistory = { history: KpiHistory; seq: number };

/** Everything that the KPIs of `span` are counted from. What is written meanwhile has marked the span once more. */
export async function readHistory(env: Env, span: HistorySpan): Promise<KpiHistory> {
  return (await readHistoryAt(env, span)).history;
}

export async function readHistoryAt(env: Env, span: HistorySpan): Promise<ReadHistory> {
  const { site, from, to, now, attributionMs, leadAttributionMs } = span;
  const longest = Math.max(attributionMs, leadAttributionMs);
  const chatsFrom = from - Math.max(longest + LONG_CHAT_MS, DAY_OF_VISIT_MS) - SILENT_CHAT_MS;
  const chatsTo = to + RECONTACT_MS + LONG_CHAT_MS;
  // Of a conversation that begins in a visit of the span, at its latest.
  const ordersTo = to + attributionMs + 2 * LONG_CHAT_MS;
  const daysFrom = from - DAY_OF_VISIT_MS;
  const lastFrom = Math.max(from, to - LONG_CHAT_MS);
  const leadsTo = to + leadAttributionMs + LONG_CHAT_MS;
  const asked = (sql: string, ...values: Cell[]) => env.DB.prepare(sql).bind(site, ...values);
  const answers = await env.DB.batch<Record<string, Cell>>([
    asked(
      `${VISITS} FROM sessions s WHERE s.site = ?1 AND s.started_at >= ?2 AND s.started_at < ?3`,
      from,
      to,
    ),
    asked(LAST_VISITS, from, to, chatsFrom),
    asked(VISITS_OF_DAYS_BEFORE, from, to, daysFrom - LONG_CHAT_MS),
    asked(VISITS_AFTER, lastFrom, to),
    asked(`${EXPOSURES} WHERE x.site = ?1 AND x.eligible_at >= ?2 AND x.eligible_at < ?3`, from, to),
    asked(EXPOSURES_OF_DAYS_BEFORE, from, to, daysFrom),
    asked(EXPOSURES_AFTER, lastFrom, to),
    asked(
      `${CHATS} WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3
       AND c.first_visitor_message_at IS NOT NULL`,
      chatsFrom,
      chatsTo,
    ),
    asked(`${ORDERS} WHERE o.site = ?1 AND o.at >= ?2 AND o.at < ?3`, from, ordersTo),
    asked(`${REFUNDS} WHERE o.site = ?1 AND o.at >= ?2 AND o.at < ?3`, from, ordersTo),
    asked(`${LEADS} WHERE l.site = ?1 AND l.at >= ?2 AND l.at < ?3`, from, leadsTo),
    asked(
      `${SURVEYS} WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3`,
      from - SILENT_CHAT_MS,
      to,
    ),
    asked(STATES_IN, from - LONGEST_SHIFT_MS, to, from),
    asked(EXEMPT_IN, from, to),
    asked(PERSONS, from, to, chatsFrom, chatsTo, Math.max(ordersTo, leadsTo)),
    asked(LAST_SEQ),
  ]);
  const [
    visits,
    lastVisits,
    visitsBefore,
    visitsAfter,
    exposures,
    exposuresBefore,
    exposuresAfter,
    chats,
    orders,
    refunds,
    leads,
    surveys,
    states,
    exempt,
    persons,
    last,
  ] = answers.map(cellsOf);
  const rows = <T>(of: readonly Cells[] | undefined, read: (cells: Cells) => T) => (of ?? []).map(read);
  return {
    history: {
      visits: rows(eachOnce([visits, lastVisits, visitsBefore, visitsAfter]), visitOf),
      exposures: rows(eachOnce([exposures, exposuresBefore, exposuresAfter]), exposureOf),
      chats: rows(chats, chatOf),
      orders: rows(orders, orderOf),
      refunds: rows(refunds, refundOf),
      leads: rows(leads, leadOf),
      surveys: rows(surveys, surveyOf),
      agentStates: rows(states, (cells) => stateOf(cells, Math.min(now, to))),
      exempt: rows(exempt, exemptOf),
      persons: personsOf(persons ?? []),
    },
    seq: Number(last?.[0]?.[0] ?? 0),
  };
}

/** Rows that several queries may have found, by their id. */
function eachOnce(found: readonly (Cells[] | undefined)[]): Cells[] {
  return [...new Map(found.flatMap((rows) => (rows ?? []).map((row) => [row[0], row]))).values()];
}

/** The cells of an answer's rows, in their order. */
export function cellsOf({ results }: D1Result<Record<string, Cell>>): Cells[] {
  return results.map((row) => Object.values(row));
}

/** Who each visitor is, of rows [visitor, user] in which the last user of each comes last. */
export function personsOf(rows: readonly Cells[]): Map<string, string> {
  return new Map(rows.map(([visitor, user]) => [String(visitor), `user:${user}`]));
}

/** The number of the site's last write. */
export const LAST_SEQ = "SELECT max(seq) AS seq FROM rows_before WHERE site = ?1";
const VISITS = `SELECT ${CELLS.sessions}`;
/** Where whoever did something in the span came from, if that visit began before it; chats since ?4 besides. */
const LAST_VISITS = `WITH things(visitor, at) AS (
    SELECT visitor_id, first_visitor_message_at FROM conversations
      WHERE site = ?1 AND created_at >= ?4 AND created_at < ?3 AND first_visitor_message_at IS NOT NULL
        AND (first_agent_message_at IS NOT NULL OR first_visitor_message_at >= ?2)
    UNION SELECT visitor_id, eligible_at FROM exposures WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3
    UNION SELECT visitor_id, at FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?3
    UNION SELECT visitor_id, at FROM leads WHERE site = ?1 AND at >= ?2 AND at < ?3),
  last(id) AS (SELECT DISTINCT (SELECT v.id FROM sessions v INDEXED BY sessions_visitor
    WHERE v.site = ?1 AND v.visitor_id = things.visitor AND v.started_at <= things.at
    ORDER BY v.started_at DESC, v.id DESC LIMIT 1) FROM things)
  ${VISITS} FROM last CROSS JOIN sessions s ON s.site = ?1 AND s.id = last.id WHERE s.started_at < ?2`;
/** When a visit ends, as `CELLS.sessions` has it. */
const ENDS = (as: string) =>
  `min(coalesce(${as}.ended_at, ${as}.last_at), ${as}.started_at + ${LONG_CHAT_MS})`;
/** Who bought or became a lead in the span in a visit that began before it, with all that may be the same person. */
const HELD = `bought(visitor, at) AS (
    SELECT visitor_id, at FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?3
    UNION ALL SELECT visitor_id, at FROM leads WHERE site = ?1 AND at >= ?2 AND at < ?3),
  own(visitor) AS (SELECT DISTINCT b.visitor FROM bought b
    CROSS JOIN sessions v INDEXED BY sessions_visitor ON v.site = ?1 AND v.visitor_id = b.visitor
    WHERE v.started_at < ?2 AND v.started_at >= b.at - ${LONG_CHAT_MS} AND ${ENDS("v")} >= b.at),
  held(visitor) AS (SELECT visitor FROM own UNION SELECT kin.visitor_id FROM own
    CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = own.visitor
    CROSS JOIN identities kin ON kin.site = ?1 AND kin.user_id = i.user_id)`;
/** Their visits and offers since ?4: in which rows of the figures the day of such a visit stood already. */
const VISITS_OF_DAYS_BEFORE = `WITH ${HELD} ${VISITS} FROM held
  CROSS JOIN sessions s INDEXED BY sessions_visitor ON s.site = ?1 AND s.visitor_id = held.visitor
  WHERE s.started_at >= ?4 AND s.started_at < ?2`;
const EXPOSURES = `SELECT ${CELLS.exposures} FROM exposures x`;
const EXPOSURES_OF_DAYS_BEFORE = `WITH ${HELD} SELECT ${CELLS.exposures} FROM held
  CROSS JOIN exposures x INDEXED BY exposures_visitor ON x.site = ?1 AND x.visitor_id = held.visitor
  WHERE x.eligible_at >= ?4 AND x.eligible_at < ?2`;
/** The visits since ?2 that go on past ?3, and what their visitors had until their end: other visits, and offers. */
const GOES_ON = `goes_on(visitor, until) AS (SELECT v.visitor_id, max(${ENDS("v")})
    FROM sessions v INDEXED BY sessions_started
    WHERE v.site = ?1 AND v.started_at >= ?2 AND v.started_at < ?3 AND ${ENDS("v")} >= ?3 GROUP BY 1)`;
const VISITS_AFTER = `WITH ${GOES_ON} ${VISITS} FROM goes_on
  CROSS JOIN sessions s INDEXED BY sessions_visitor ON s.site = ?1 AND s.visitor_id = goes_on.visitor
  WHERE s.started_at >= ?3 AND s.started_at <= goes_on.until`;
const EXPOSURES_AFTER = `WITH ${GOES_ON} SELECT ${CELLS.exposures} FROM goes_on
  CROSS JOIN exposures x INDEXED BY exposures_visitor ON x.site = ?1 AND x.visitor_id = goes_on.visitor
  WHERE x.eligible_at >= ?3 AND x.eligible_at <= goes_on.until`;
const CHATS = `SELECT ${CELLS.conversations} FROM conversations c
  LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id`;
const ORDERS = `SELECT ${CELLS.orders} FROM orders o`;
const REFUNDS = `SELECT ${CELLS.refunds} FROM orders o JOIN refunds r ON r.site = o.site AND r.order_id = o.order_id`;
const LEADS = `SELECT ${CELLS.leads} FROM leads l`;
const SURVEYS = `SELECT ${CELLS.surveys}
  FROM conversations c JOIN surveys a ON a.site = c.site AND a.conversation_id = c.id`;
/** The shifts that began since ?2 and reach into [?4, ?3). */
export const STATES_IN = `SELECT ${CELLS.agent_states} FROM agent_states t
  WHERE t.site = ?1 AND t.started_at >= ?2 AND t.started_at < ?3 AND (t.ended_at IS NULL OR t.ended_at > ?4)`;
export const EXEMPT_IN = `SELECT ${CELLS.exempt_counts} FROM exempt_counts n
  WHERE n.site = ?1 AND n.hour >= ?2 AND n.hour < ?3`;
/** The last user of each visitor comes last. */
const PERSONS = `WITH ${HELD} SELECT i.visitor_id, i.user_id FROM (
    SELECT visitor AS visitor_id FROM held UNION SELECT * FROM (
    SELECT visitor_id FROM sessions WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3
    UNION SELECT visitor_id FROM exposures WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3
    UNION SELECT visitor_id FROM conversations WHERE site = ?1 AND created_at >= ?4 AND created_at < ?5
    UNION SELECT visitor_id FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?6
    UNION SELECT visitor_id FROM leads WHERE site = ?1 AND at >= ?2 AND at < ?6)) v
  CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = v.visitor_id
  ORDER BY i.at, i.user_id`;
