/** What funnels, ways and maps are counted from: visits that are over, and the conversations in them. */
import { Walk } from "../../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { boughtVisits, type EndedVisit } from "../../domain/journeys/bought.ts";
import type { ToldChat, ToldVisit } from "../../domain/journeys/day.ts";
import type { OrderRow, RefundRow } from "../../domain/kpi/history.ts";
import type { OrderRule } from "../../domain/kpi/orders.ts";
import * as z from "zod";

const DAY_MS = 86_400_000;
/** A visit that lasts longer is taken to be over then. */
const LONG_VISIT_MS = 2 * DAY_MS;
const SECOND_MS = 1_000;
const UNKNOWN_DEVICE = "other";

/** A moment at which something counts, so that a span's days can be told apart. */
export type At<T> = T & { at: EpochMs };
export type ToldSpan = { visits: At<ToldVisit>[]; chats: At<ToldChat>[] };

const Walks = z.record(z.string(), Walk);
const Path = z.array(z.string());
const NotFound = z.array(z.tuple([z.string(), z.string().nullable()]));

type Cell = string | number | null;

export async function readSpan(
  env: Env,
  site: SiteKey,
  { from, to }: { from: EpochMs; to: EpochMs },
  rule: OrderRule,
): Promise<ToldSpan> {
  const read = (sql: string, ...values: number[]): Promise<Cell[][]> =>
    env.DB.prepare(sql)
      .bind(site, ...values)
      .raw<Cell[]>();
  // A page's clock may put an order up to a day before the visit; a visit lasts no longer than this.
  const orders = [from - DAY_MS, to + LONG_VISIT_MS + rule.attributionMs] as const;
  const [visits, chats, placed, refunds, persons] = await Promise.all([
    read(VISITS, from, to),
    read(CHATS, from, to),
    read(ORDERS, ...orders),
    read(REFUNDS, ...orders),
    read(BUYERS, ...orders),
  ]);
  const bought = boughtVisits(
    visits.map(endedVisitOf),
    { orders: placed.map(orderOf), refunds: refunds.map(refundOf), persons: personsOf(persons) },
    rule,
  );
  return { visits: visits.map((cells) => visitOf(cells, bought)), chats: chats.flatMap(chatOf) };
}

const VISITS = `SELECT s.id, s.visitor_id, s.started_at, min(s.ended_at, s.started_at + ${LONG_VISIT_MS}),
  s.device_type, s.funnels, s.path, s.not_found
  FROM sessions s INDEXED BY sessions_started
  WHERE s.site = ?1 AND s.started_at >= ?2 AND s.started_at < ?3 AND s.ended_at IS NOT NULL`;
const ORDERS = `SELECT order_id, visitor_id, session_id, at, total, currency, status, covered FROM orders
  WHERE site = ?1 AND at >= ?2 AND at < ?3`;
const REFUNDS = `SELECT r.id, r.order_id, r.amount, r.status
  FROM orders o INDEXED BY orders_at CROSS JOIN refunds r INDEXED BY refunds_order ON r.site = ?1 AND r.order_id = o.order_id
  WHERE o.site = ?1 AND o.at >= ?2 AND o.at < ?3`;
/** Who bought and whoever may be the same person; the last user of each visitor comes last. */
const BUYERS = `WITH buyers AS (SELECT DISTINCT visitor_id FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?3),
  users AS (SELECT DISTINCT i.user_id FROM buyers CROSS JOIN identities i INDEXED BY identities_visitor
    ON i.site = ?1 AND i.visitor_id = buyers.visitor_id),
  kin AS (SELECT DISTINCT i.visitor_id FROM users CROSS JOIN identities i ON i.site = ?1 AND i.user_id = users.user_id)
  SELECT i.visitor_id, i.user_id FROM kin CROSS JOIN identities i INDEXED BY identities_visitor
    ON i.site = ?1 AND i.visitor_id = kin.visitor_id
  ORDER BY i.at, i.user_id`;
/** A conversation counts when its visitor first wrote, and belongs to the visit that had begun last by then. */
const CHATS = `SELECT c.first_visitor_message_at, y.csat, y.ces, v.started_at, v.funnels
  FROM conversations c
  CROSS JOIN sessions v ON v.site = ?1 AND v.id = (SELECT n.id FROM sessions n INDEXED BY sessions_visitor
    WHERE n.site = ?1 AND n.visitor_id = c.visitor_id AND n.started_at <= c.first_visitor_message_at
    ORDER BY n.started_at DESC, n.id DESC LIMIT 1)
  LEFT JOIN surveys y ON y.site = ?1 AND y.conversation_id = c.id
  WHERE c.site = ?1 AND c.created_at >= ?2 - ${DAY_MS} AND c.created_at < ?3
    AND c.first_visitor_message_at >= ?2 AND c.first_visitor_message_at < ?3 AND v.funnels IS NOT NULL`;

function endedVisitOf([id, visitor, startedAt, endedAt]: Cell[]): EndedVisit {
  return {
    id: String(id),
    visitor: String(visitor),
    startedAt: Number(startedAt),
    endedAt: Number(endedAt),
  };
}

function visitOf(
  [id, , at, , device, funnels, path, notFound]: Cell[],
  bought: ReadonlySet<string>,
): At<ToldVisit> {
  return {
    at: Number(at),
    device: typeof device === "string" ? device : UNKNOWN_DEVICE,
    bought: bought.has(String(id)),
    funnels: readJson(Walks, funnels) ?? {},
    path: readJson(Path, path) ?? [],
    notFound: readJson(NotFound, notFound) ?? [],
  };
}

const toldBy = (cell: Cell | undefined) => (cell === "confirmed" ? "confirmed" : "claimed");

function orderOf([id, visitor, session, at, total, currency, status, covered]: Cell[]): OrderRow {
  return {
    id: String(id),
    visitor: String(visitor),
    session: typeof session === "string" ? session : null,
    at: Number(at),
    total: Number(total),
    currency: String(currency),
    status: toldBy(status),
    covered: covered === 1,
  };
}

function refundOf([id, order, amount, status]: Cell[]): RefundRow {
  return {
    id: String(id),
    order: String(order),
    amount: typeof amount === "number" ? amount : null,
    status: toldBy(status),
  };
}

/** As the figures have it: of several users the last. */
function personsOf(rows: readonly Cell[][]): Map<string, string> {
  return new Map(rows.map(([visitor, user]) => [String(visitor), `user:${String(user)}`]));
}

function chatOf([at, csat, ces, startedAt, funnels]: Cell[]): At<ToldChat>[] {
  const walks = readJson(Walks, funnels);
  if (walks === null) return [];
  const since = (Number(at) - Number(startedAt)) / SECOND_MS;
  const steps = Object.entries(walks).flatMap(([key, walk]) => {
    const step = lastStep(walk, since);
    return step === null ? [] : [[key, step] as const];
  });
  return [{ at: Number(at), steps: Object.fromEntries(steps), csat: scoreOf(csat), ces: scoreOf(ces) }];
}

/** The step that the visit had come to last after so many seconds. */
function lastStep({ steps }: Walk, since: number): string | null {
  let last: { key: string; seconds: number } | null = null;
  for (const [key, seconds] of Object.entries(steps)) {
    if (seconds !== null && seconds <= since && seconds >= (last?.seconds ?? 0)) last = { key, seconds };
  }
  return last?.key ?? null;
}

function scoreOf(cell: Cell | undefined): number | null {
  return typeof cell === "number" ? cell : null;
}

/** What the consumer wrote, which checked it; a row that is something else is told as if there were nothing. */
function readJson<T extends z.ZodType>(schema: T, cell: Cell | undefined): z.infer<T> | null {
  if (typeof cell !== "string") return null;
  const parsed = schema.safeParse(JSON.parse(cell));
  return parsed.success ? parsed.data : null;
}
