/**
 * What rows of history were before a write changed them, kept for a while: by them history is told as it was when a day was
 * counted, so that what has changed since can be taken from its figures and counted anew, and the rest stays.
 *
 * A write leaves one row here, in its own transaction and before anything else, however many records it has. Its number
 * stands in the mark of each day that it touches (`since`), where none of an earlier write does.
 *
 * Shapes  a `Before` tells of each row that a write touched what it was, `null` where there was none.
 * Errors  what is no longer there, or has other cells by now, says that it cannot be told: who asks counts anew.
 */
import type { HistoryRecord } from "../../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { CELLS, type Cells, FORM } from "./history-rows.ts";

/** Longer than from one run of the schedule to the next, so that what it counted is still a place to go on from. */
const KEPT_MS = 60 * 60_000;

type Table = keyof typeof CELLS;
export type RowTable = Table | "identities";

/** How the rows of a table are found by the ids in `json_each` `j`. */
const FROM: Record<Table, string> = {
  sessions: "sessions s ON s.site = ?1 AND s.id = j.value",
  exposures: "exposures x ON x.site = ?1 AND x.id = j.value",
  conversations: `conversations c ON c.site = ?1 AND c.id = j.value
    LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id`,
  orders: "orders o ON o.site = ?1 AND o.order_id = j.value",
  refunds: "refunds r ON r.site = ?1 AND r.id = j.value",
  leads: "leads l ON l.site = ?1 AND l.id = j.value",
  surveys: "surveys a ON a.site = ?1 AND a.conversation_id = j.value",
  agent_states: "agent_states t ON t.site = ?1 AND t.id = j.value",
  exempt_counts: "exempt_counts n ON n.site = ?1 AND n.id = j.value",
};
/** SQLite writes numbers into JSON with fewer digits than they have; amounts keep all of theirs. */
const exactly = (amount: string) => `iif(${amount} IS NULL, NULL, printf('%!.17g', ${amount}))`;
const WRITTEN: Record<Table, string> = {
  ...CELLS,
  orders: CELLS.orders.replace("o.total", exactly("o.total")),
  refunds: CELLS.refunds.replace("r.amount", exactly("r.amount")),
  leads: CELLS.leads.replace("l.value", exactly("l.value")),
};
const isCounted = (table: string): table is Table => Object.hasOwn(FROM, table);

/** The ids that a write touches, and who is told of in it. */
type Touched = { ids: Map<Table, Set<string>>; told: Told; desk: EpochMs | null };
/** Visitors, the orders that are refunded, and the conversations that are judged. */
type Told = { visitors: Set<string>; known: Set<string>; orders: Set<string>; conversations: Set<string> };

/** From when on a record says something of agents, or of nobody. */
function deskMoment(record: HistoryRecord): EpochMs | null {
  switch (record.table) {
    case "conversations":
      return record.created_at;
    case "agent_states":
      return record.started_at;
    case "exempt_counts":
      return record.hour;
    default:
      return null;
  }
}
/** Where a row of these says the same. */
const DESK_CELLS: Partial<Record<Table, number>> = { conversations: 7, agent_states: 4, exempt_counts: 1 };

function touchedBy(records: readonly HistoryRecord[]): Touched {
  const touched: Touched = {
    ids: new Map(),
    told: { visitors: new Set(), known: new Set(), orders: new Set(), conversations: new Set() },
    desk: null,
  };
  const { ids, told } = touched;
  for (const record of records) {
    const { table, id } = record;
    if (table === "identities") told.known.add(record.visitor_id);
    else if (isCounted(table)) ids.set(table, (ids.get(table) ?? new Set()).add(id));
    else continue;
    if ("visitor_id" in record) told.visitors.add(record.visitor_id);
    if (table === "refunds") told.orders.add(record.order_id);
    if (table === "surveys") told.conversations.add(id);
    const moment = deskMoment(record);
    if (moment !== null) touched.desk = Math.min(moment, touched.desk ?? moment);
  }
  return touched;
}

/** The statement that remembers what `records` are about to change, at time `at`; none where nothing is counted of them. */
export function rememberRows(
  db: D1Database,
  site: SiteKey,
  records: readonly HistoryRecord[],
  at: EpochMs,
): D1PreparedStatement[] {
  const { ids, told, desk } = touchedBy(records);
  if (ids.size === 0 && told.known.size === 0) return [];
  const parts = [...ids.keys()].map(
    (table) => `'${table}', (SELECT json_group_array(json_array(j.value, ${WRITTEN[table]}))
      FROM json_each(?2, '$.${table}') j LEFT JOIN ${FROM[table]})`,
  );
  if (told.known.size > 0) parts.push(`'identities', ${IDENTITIES}`);
  const given = {
    ...Object.fromEntries([...ids].map(([table, of]) => [table, [...of]])),
    told: { ...Object.fromEntries(Object.entries(told).map(([name, of]) => [name, [...of]])), desk },
  };
  const statement = `INSERT INTO rows_before (site, seq, at, form, body)
    SELECT ?1, coalesce((SELECT max(seq) FROM rows_before WHERE site = ?1), 0) + 1, ?3, ?4,
      json_object(${["'told', json_extract(?2, '$.told')", ...parts].join(", ")})`;
  return [db.prepare(statement).bind(site, JSON.stringify(given), at, FORM)];
}

/** Of each visitor of whom something is learned, all users that they were known as: [visitor, [user, at, user, at, …]]. */
const IDENTITIES = `(SELECT json_group_array(json_array(j.value, (SELECT json_group_array(json_array(i.user_id, i.at))
    FROM identities i INDEXED BY identities_visitor WHERE i.site = ?1 AND i.visitor_id = j.value)))
  FROM json_each(?2, '$.told.known') j)`;

type Body = {
  told: {
    visitors: string[];
    known: string[];
    orders: string[];
    conversations: string[];
    desk: EpochMs | null;
  };
} & Partial<Record<Table, [id: string, ...Cells][]>> & {
    identities?: [visitor: string, users: [user: string, at: EpochMs][]][];
  };
/** A write, as it was remembered. */
export type Before = { seq: number; form: string; body: string };

/** More than this is no longer read: counting anew is as fast. */
const MOST_LENGTH = 1_000_000;

/** The writes from `since` (SQL) on, oldest first, unless they are too much to go back by. */
export const writesSince = (since: string) => `WITH writes AS MATERIALIZED (
    SELECT seq, form, body FROM rows_before WHERE site = ?1 AND seq >= ${since})
  SELECT * FROM writes WHERE (SELECT sum(length(body)) FROM writes) <= ${MOST_LENGTH} ORDER BY seq`;

/** Who may have another part in the figures than before some writes: where to begin to look for them. */
export type Seeds = { visitors: string[]; orders: string[]; conversations: string[]; decisions: string[] };
type Identity = [visitor: string, user: string, at: EpochMs];

/** Tells rows as they were before the first of some writes. */
export class RowsBefore {
  readonly #rows = new Map<Table, Map<string, Cells | null>>();
  readonly #users = new Map<string, [user: string, at: EpochMs][]>();
  readonly seeds: Seeds;
  /** Since when they may have another part in what belongs to agents and to nobody; `Infinity` where none has. */
  deskFrom = Infinity;

  /** `writes` are all from some number on. */
  constructor(writes: readonly Before[]) {
    const seeds = {
      visitors: new Set<string>(),
      orders: new Set<string>(),
      conversations: new Set<string>(),
    };
    const decisions = new Set<string>();
    for (const write of writes) {
      const { told, identities = [], ...tables } = JSON.parse(write.body) as Body;
      for (const name of ["visitors", "orders", "conversations"] as const) {
        for (const id of told[name]) seeds[name].add(id);
      }
      this.deskFrom = Math.min(this.deskFrom, told.desk ?? Infinity);
      for (const [visitor, users] of identities) {
        if (!this.#users.has(visitor)) this.#users.set(visitor, users);
      }
      for (const [table, rows] of Object.entries(tables)) {
        if (!isCounted(table)) continue;
        for (const [id, ...cells] of rows) {
          const row = cells[0] === null ? null : cells;
          this.#add(table, id, row);
          if (row === null) continue;
          if (OF_VISITOR.has(table)) seeds.visitors.add(String(row[1]));
          if (table === "refunds") seeds.orders.add(String(row[1]));
          if (table === "conversations" && row[2] !== null) decisions.add(String(row[2]));
        }
      }
    }
    this.seeds = {
      visitors: [...seeds.visitors],
      orders: [...seeds.orders],
      conversations: [...seeds.conversations],
      decisions: [...decisions],
    };
  }

  /** What was first remembered is what it was before all of them. */
  #add(table: Table, id: string, row: Cells | null): void {
    const rows = this.#rows.get(table) ?? new Map<string, Cells | null>();
    this.#rows.set(table, rows);
    if (!rows.has(id)) rows.set(id, row);
    const moment = row?.[DESK_CELLS[table] ?? -1] ?? null;
    if (moment !== null) this.deskFrom = Math.min(this.deskFrom, Number(moment));
  }

  /** `rows` of `table`, which are as they are now, as they were; of what was another's, what belongs to `whom`. */
  rowsOf(table: Table, rows: readonly Cells[], whom: ReadonlySet<string> | null): readonly Cells[] {
    const before = this.#rows.get(table);
    const same = before === undefined ? rows : rows.filter(([id]) => !before.has(String(id)));
    const were = [...(before?.values() ?? [])].filter((row) => row !== null);
    const own =
      whom === null || !OF_VISITOR.has(table) ? were : were.filter((row) => whom.has(String(row[1])));
    const all = [...same, ...own];
    return table === "conversations" ? all.map((row) => this.#offered(row)) : all;
  }

  /** A conversation has the campaign and variant of its offer: as that was, whether or not it was touched itself. */
  #offered(row: Cells): Cells {
    const offer = this.#rows.get("exposures")?.get(String(row[2]));
    if (row[2] === null || offer === undefined) return row;
    return [...row.slice(0, 3), offer?.[3] ?? null, offer?.[5] ?? null, ...row.slice(5)];
  }

  /** Likewise who each visitor was known as. */
  usersOf(rows: readonly Identity[], whom: ReadonlySet<string>): readonly Identity[] {
    if (this.#users.size === 0) return rows;
    const same = rows.filter(([visitor]) => !this.#users.has(visitor));
    const were = [...this.#users].flatMap(([visitor, users]) =>
      whom.has(visitor) ? users.map(([user, at]): Identity => [visitor, user, at]) : [],
    );
    return [...same, ...were];
  }
}

const OF_VISITOR: ReadonlySet<string> = new Set([
  "sessions",
  "exposures",
  "conversations",
  "orders",
  "leads",
]);

/** Whether `writes` are all of those from `since` to `last`, in the form that is read here. */
export function areWhole(writes: readonly Before[], since: number, last: number): boolean {
  return writes.length === last - since + 1 && writes.every(({ form }) => form === FORM);
}

/** Forget what was written long ago. The last write stays as a number alone, so that numbers go on rising. */
export async function forgetRowsBefore(env: Env, now: EpochMs): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `DELETE FROM rows_before WHERE at < ?1
         AND seq < (SELECT max(l.seq) FROM rows_before l WHERE l.site = rows_before.site)`,
    ).bind(now - KEPT_MS),
    env.DB.prepare("UPDATE rows_before SET form = '', body = '{}' WHERE at < ?1 AND form <> ''").bind(
      now - KEPT_MS,
    ),
  ]);
}
