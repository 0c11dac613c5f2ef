/**
 * The visits of a site whose moments history keeps, visitor by visitor, read page by page: however many there are, a few
 * pages are in memory.
 */
import { gunzipSync } from "node:zlib";
import * as z from "zod";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { ReplayedVisit } from "../../domain/targeting/dry-run.ts";
import { visitOfReplay } from "../../domain/targeting/dry-run-visits.ts";
import type { ReplayRecord } from "../../domain/visit/replay.ts";

const PAGE_VISITS = 250;

export type Span = { from: EpochMs; to: EpochMs; last: number };
export type VisitorVisits = { visitor: string; visits: ReplayedVisit[] };
type Kept = { id: string; visitor: string };

/** The newest `last` visits of the span, by visitor and then oldest first, and whether there were more. */
export async function listKept(
  env: Env,
  site: SiteKey,
  { from, to, last }: Span,
): Promise<{ kept: Kept[]; truncated: boolean }> {
  const { results } = await env.DB.prepare(
    `SELECT id, visitor_id AS visitor, started_at AS startedAt FROM sessions
     WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3 AND replay IS NOT NULL
     ORDER BY started_at DESC, id DESC LIMIT ?4`,
  )
    .bind(site, from, to, last + 1)
    .all<Kept & { startedAt: EpochMs }>();
  const kept = results
    .slice(0, last)
    .toSorted((a, b) => compare(a.visitor, b.visitor) || a.startedAt - b.startedAt || compare(a.id, b.id));
  return { kept, truncated: results.length > last };
}

/** Each visitor of `kept` with the visits, in order. A visit whose moments cannot be read is left out. */
export async function* visitorsOf(
  env: Env,
  site: SiteKey,
  kept: readonly Kept[],
): AsyncGenerator<VisitorVisits> {
  let group: VisitorVisits = { visitor: "", visits: [] };
  let next = readPage(env, site, kept.slice(0, PAGE_VISITS));
  for (let start = 0; start < kept.length; start += PAGE_VISITS) {
    const page = await next;
    // The next page is fetched while this one is played.
    next = readPage(env, site, kept.slice(start + PAGE_VISITS, start + 2 * PAGE_VISITS));
    for (const { visitor, visit } of page) {
      if (visitor === group.visitor) {
        group.visits.push(visit);
        continue;
      }
      if (group.visits.length > 0) yield group;
      group = { visitor, visits: [visit] };
    }
  }
  if (group.visits.length > 0) yield group;
}

type Row = { id: string; replay: string };

async function readPage(
  env: Env,
  site: SiteKey,
  kept: readonly Kept[],
): Promise<{ visitor: string; visit: ReplayedVisit }[]> {
  if (kept.length === 0) return [];
  // As text: the platform hands a blob over as a list of numbers, one object a byte.
  const { results } = await env.DB.prepare(
    `SELECT id, hex(replay) AS replay FROM sessions
     WHERE site = ?1 AND id IN (SELECT value FROM json_each(?2)) AND replay IS NOT NULL`,
  )
    .bind(site, JSON.stringify(kept.map(({ id }) => id)))
    .all<Row>();
  const rows = new Map(results.map((row) => [row.id, row]));
  return kept.flatMap(({ id, visitor }) => {
    const row = rows.get(id);
    const replay = row === undefined ? null : unpackHex(row.replay);
    return replay === null ? [] : [{ visitor, visit: visitOfReplay(visitor, replay) }];
  });
}

/**
 * The visitor's object wrote it and the consumer looked at it before D1 did: a second look at each part of it would be
 * half of the time that a dry run takes.
 */
const Written = z.custom<ReplayRecord>(
  (value) => typeof value === "object" && value !== null && "v" in value && value.v === 1,
);

/** What a stored visit says, its blob told as hexadecimal text; null where it cannot be read. At once: thousands of them wait for each other otherwise. */
export function unpackHex(hex: string): ReplayRecord | null {
  try {
    return Written.parse(JSON.parse(gunzipSync(Buffer.from(hex, "hex")).toString("utf8")));
  } catch (error) {
    console.error(JSON.stringify({ level: "error", what: "unreadable replay", error: String(error) }));
    return null;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
