/**
 * All that history has of some people, and who they are: whoever may have another part in the figures since some writes.
 *
 * People belong together where the figures of one cannot be counted without the other: one person under several visitors,
 * and who was offered what another's conversation came of.
 *
 * Errors  null where they are so many that counting everything anew is no dearer.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type Cell, CELLS, type Cells, LONG_CHAT_MS } from "./history-rows.ts";
import { cellsOf } from "./read-history.ts";
import type { Seeds } from "./rows-before.ts";

const MOST_VISITORS = 600;

/** Of the conversations made in a span, those that ended in another: after `endedFrom`, and not after `endedTo`. */
export type Ended = { madeFrom: EpochMs; madeTo: EpochMs; endedFrom: EpochMs; endedTo: EpochMs };

/** The visitors that `seeds` lead to, and who had the conversations `ended`. */
export async function findPeople(
  env: Env,
  site: SiteKey,
  seeds: Seeds,
  ended: readonly Ended[],
): Promise<string[] | null> {
  if (ended.length === 0 && Object.values(seeds).every((ids) => ids.length === 0)) return [];
  const spans = ended.map(({ madeFrom, madeTo, endedFrom, endedTo }) => [
    madeFrom,
    madeTo,
    endedFrom,
    endedTo,
  ]);
  const { results } = await env.DB.prepare(PEOPLE)
    .bind(site, JSON.stringify(seeds), JSON.stringify(spans))
    .all<{ visitor: string }>();
  return results.length > MOST_VISITORS ? null : results.map(({ visitor }) => visitor);
}

/** D1 takes five terms of a UNION at most. */
const PEOPLE = `WITH RECURSIVE told(visitor) AS (
  SELECT value FROM json_each(?2, '$.visitors')
  UNION SELECT o.visitor_id FROM json_each(?2, '$.orders') j
    CROSS JOIN orders o ON o.site = ?1 AND o.order_id = j.value
  UNION SELECT c.visitor_id FROM json_each(?2, '$.conversations') j
    CROSS JOIN conversations c ON c.site = ?1 AND c.id = j.value
  UNION SELECT x.visitor_id FROM json_each(?2, '$.decisions') j
    CROSS JOIN exposures x ON x.site = ?1 AND x.id = j.value
  UNION SELECT c.visitor_id FROM json_each(?3) j CROSS JOIN conversations c INDEXED BY conversations_created
    ON c.site = ?1 AND c.created_at >= j.value ->> 0 AND c.created_at < j.value ->> 1
    WHERE min(c.closed_at, c.first_visitor_message_at + ${LONG_CHAT_MS}) > j.value ->> 2
      AND min(c.closed_at, c.first_visitor_message_at + ${LONG_CHAT_MS}) <= j.value ->> 3),
reach(visitor) AS (
  SELECT visitor FROM told
  UNION SELECT kin.visitor_id FROM reach p
    CROSS JOIN identities own INDEXED BY identities_visitor ON own.site = ?1 AND own.visitor_id = p.visitor
    CROSS JOIN identities kin ON kin.site = ?1 AND kin.user_id = own.user_id
  UNION SELECT x.visitor_id FROM reach p
    CROSS JOIN conversations c INDEXED BY conversations_visitor ON c.site = ?1 AND c.visitor_id = p.visitor
    CROSS JOIN exposures x ON x.site = ?1 AND x.id = c.decision_id
  UNION SELECT c.visitor_id FROM reach p
    CROSS JOIN exposures x INDEXED BY exposures_visitor ON x.site = ?1 AND x.visitor_id = p.visitor
    CROSS JOIN conversations c INDEXED BY conversations_decision ON c.site = ?1 AND c.decision_id = x.id
  LIMIT ${MOST_VISITORS + 1})
SELECT visitor FROM reach`;

/** The rows of people as they are, and under which users each visitor was known: [visitor, user, at]. */
export type RowsOfPeople = Record<(typeof TABLES)[number], Cells[]> & { identities: Cells[] };

const TABLES = ["sessions", "exposures", "conversations", "orders", "refunds", "leads", "surveys"] as const;
const of = (table: string, as: string) =>
  `json_each(?2) p CROSS JOIN ${table} ${as} INDEXED BY ${table}_visitor ON ${as}.site = ?1 AND ${as}.visitor_id = p.value`;
const ROWS = [
  `SELECT ${CELLS.sessions} FROM ${of("sessions", "s")}`,
  `SELECT ${CELLS.exposures} FROM ${of("exposures", "x")}`,
  `SELECT ${CELLS.conversations} FROM ${of("conversations", "c")}
    LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id`,
  `SELECT ${CELLS.orders} FROM ${of("orders", "o")}`,
  `SELECT ${CELLS.refunds} FROM ${of("orders", "o")}
    CROSS JOIN refunds r ON r.site = ?1 AND r.order_id = o.order_id`,
  `SELECT ${CELLS.leads} FROM ${of("leads", "l")}`,
  `SELECT ${CELLS.surveys} FROM ${of("conversations", "c")}
    CROSS JOIN surveys a ON a.site = ?1 AND a.conversation_id = c.id`,
  `SELECT i.visitor_id, i.user_id, i.at FROM ${of("identities", "i")}`,
];

/** The statements that read them, to stand in one transaction with others. */
export function peopleStatements(
  env: Env,
  site: SiteKey,
  visitors: readonly string[],
): D1PreparedStatement[] {
  if (visitors.length === 0) return [];
  return ROWS.map((sql) => env.DB.prepare(sql).bind(site, JSON.stringify(visitors)));
}

/** What those statements answered. */
export function rowsOfPeople(answers: readonly D1Result<Record<string, Cell>>[]): RowsOfPeople {
  const cells = ROWS.map((_, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : cellsOf(answer);
  });
  const [sessions, exposures, conversations, orders, refunds, leads, surveys, identities] = cells;
  return {
    sessions: sessions ?? [],
    exposures: exposures ?? [],
    conversations: conversations ?? [],
    orders: orders ?? [],
    refunds: refunds ?? [],
    leads: leads ?? [],
    surveys: surveys ?? [],
    identities: identities ?? [],
  };
}
