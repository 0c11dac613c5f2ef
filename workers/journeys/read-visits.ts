/** What funnels, ways and maps are counted from: visits that are over, and the conversations in them. */
import { Walk } from "../../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { ToldChat, ToldVisit } from "../../domain/journeys/day.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import * as z from "zod";

const DAY_MS = 86_400_000;
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
  orders: SiteSettings["orders"],
): Promise<ToldSpan> {
  const [visits, chats] = await Promise.all([
    env.DB.prepare(VISITS)
      .bind(site, from, to, orders === "confirmed" ? 1 : 0)
      .raw<Cell[]>(),
    env.DB.prepare(CHATS).bind(site, from, to).raw<Cell[]>(),
  ]);
  return { visits: visits.map(visitOf), chats: chats.flatMap(chatOf) };
}

const VISITS = `SELECT s.started_at, s.device_type, s.funnels, s.path, s.not_found,
  EXISTS (SELECT 1 FROM orders o INDEXED BY orders_visitor WHERE o.site = ?1 AND o.visitor_id = s.visitor_id
    AND o.session_id = s.id AND (?4 = 0 OR o.status = 'confirmed'))
  FROM sessions s INDEXED BY sessions_started
  WHERE s.site = ?1 AND s.started_at >= ?2 AND s.started_at < ?3 AND s.ended_at IS NOT NULL`;
/** A conversation counts when its visitor first wrote, and belongs to the visit that had begun last by then. */
const CHATS = `SELECT c.first_visitor_message_at, y.csat, y.ces, v.started_at, v.funnels
  FROM conversations c
  CROSS JOIN sessions v ON v.site = ?1 AND v.id = (SELECT n.id FROM sessions n INDEXED BY sessions_visitor
    WHERE n.site = ?1 AND n.visitor_id = c.visitor_id AND n.started_at <= c.first_visitor_message_at
    ORDER BY n.started_at DESC, n.id DESC LIMIT 1)
  LEFT JOIN surveys y ON y.site = ?1 AND y.conversation_id = c.id
  WHERE c.site = ?1 AND c.created_at >= ?2 - ${DAY_MS} AND c.created_at < ?3
    AND c.first_visitor_message_at >= ?2 AND c.first_visitor_message_at < ?3 AND v.funnels IS NOT NULL`;

function visitOf([at, device, funnels, path, notFound, bought]: Cell[]): At<ToldVisit> {
  return {
    at: Number(at),
    device: typeof device === "string" ? device : UNKNOWN_DEVICE,
    bought: bought === 1,
    funnels: readJson(Walks, funnels) ?? {},
    path: readJson(Path, path) ?? [],
    notFound: readJson(NotFound, notFound) ?? [],
  };
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
