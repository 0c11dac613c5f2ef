/**
 * The moments of visits that ended: unpacked for who looks back, and dropped once they are old.
 *
 * Units   a visit's age counts from its first event.
 */
import { and, eq, gte, isNotNull, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs } from "../../domain/ids.ts";
import { readReplay, type ReplayRecord } from "../../domain/visit/replay.ts";
import { sessions, sites } from "../../migrations/schema.ts";

const DAY_MS = 86_400_000;
/** How long a visit can be told event by event. */
export const REPLAY_RETENTION_MS = 31 * DAY_MS;
/** How far behind the edge of retention is looked: a schedule that stood still for so long is caught up. */
const LOOK_BACK_MS = 31 * DAY_MS;
/** The schedule comes every five minutes; a day's first visit to this is enough. */
const ONCE_A_DAY_MS = 5 * 60_000;

/** What the stored `replay` of a session says; null where it is none or cannot be read. */
export async function unpackReplay(replay: Uint8Array | null): Promise<ReplayRecord | null> {
  if (replay === null) return null;
  const stream = new Blob([new Uint8Array(replay)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const source = await new Response(stream).text().catch(() => "");
  return readReplay(source);
}

/** Once a day, empty what is older than `REPLAY_RETENTION_MS`: by site, so that an index serves it. */
export async function emptyOldReplays(env: Env, now: EpochMs): Promise<void> {
  if (now % DAY_MS >= ONCE_A_DAY_MS) return;
  const db = drizzle(env.DB);
  const before = now - REPLAY_RETENTION_MS;
  for (const { key } of await db.select({ key: sites.key }).from(sites)) {
    await db
      .update(sessions)
      .set({ replay: null })
      .where(
        and(
          eq(sessions.site, key),
          gte(sessions.startedAt, before - LOOK_BACK_MS),
          lt(sessions.startedAt, before),
          isNotNull(sessions.replay),
        ),
      );
  }
}
