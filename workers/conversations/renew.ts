/**
 * What an operator does once the storage of rooms was set back to an earlier moment: each begins another numbering, so
 * that no reader continues what is gone, and history lets go of what the room does not hold any more.
 *
 * To renew a room that was never set back does no harm: its readers fetch once more what they have. So every step may
 * be repeated, and a run that was cut short goes on from where it was.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { ApiError } from "../errors.ts";

/** What a Worker may call in one run is limited to 1,000. */
const PAGE = 100;

export type RoomPlace = { createdAt: EpochMs; id: string };
export type RenewedPage = { renewed: number; last: RoomPlace | null };

/** Renew the rooms `ids` of `site`; returns how many of them are rooms. */
export async function renewRooms(
  env: Env,
  site: SiteKey,
  ids: readonly string[],
  now: EpochMs,
): Promise<number> {
  // Before it is told anew: a conversation that is closed brings its text again.
  await env.DB.prepare(
    "delete from conversation_texts where site = ?1 and conversation_id in (select value from json_each(?2))",
  )
    .bind(site, JSON.stringify(ids))
    .run();
  const answers = await Promise.allSettled(ids.map((id) => env.CHAT_ROOM.getByName(id).renew(now)));
  const renewed = ids.flatMap((id, index) => {
    const answer = answers[index];
    return answer?.status === "fulfilled" && answer.value !== null ? [{ id, chunks: answer.value }] : [];
  });
  if (renewed.length > 0) {
    const beyond = "delete from conversation_logs where site = ?1 and conversation_id = ?2 and chunk >= ?3";
    await env.DB.batch(renewed.map(({ id, chunks }) => env.DB.prepare(beyond).bind(site, id, chunks)));
  }
  const failed = answers.find((answer) => answer.status === "rejected");
  if (failed !== undefined) {
    console.error(JSON.stringify({ level: "alert", what: "renew", site, error: String(failed.reason) }));
    const headers = { "Retry-After": "5" };
    throw new ApiError("unavailable", "a room did not answer; ask again", { headers });
  }
  return renewed.length;
}

/** Renew a page of the rooms of `site` that began at `since` or later, in that order, after `place`. */
export async function renewRoomsOf(
  env: Env,
  site: SiteKey,
  { since, place }: { since: EpochMs; place: RoomPlace | null },
  now: EpochMs,
): Promise<RenewedPage> {
  const { results } = await env.DB.prepare(
    `select id, created_at from conversations
     where site = ?1 and created_at >= ?2 and (created_at, id) > (?3, ?4) order by created_at, id limit ?5`,
  )
    .bind(site, since, place?.createdAt ?? -1, place?.id ?? "", PAGE)
    .all<{ id: string; created_at: EpochMs }>();
  const renewed = await renewRooms(
    env,
    site,
    results.map(({ id }) => id),
    now,
  );
  const last = results.length < PAGE ? undefined : results.at(-1);
  return { renewed, last: last === undefined ? null : { createdAt: last.created_at, id: last.id } };
}
