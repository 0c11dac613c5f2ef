/**
 * Forgetting who asked to be called or written to: once a site's months are over, a booked call goes with its number,
 * counted from the end of its slot, and a left message with its address and its files, from the moment it was left.
 * Nothing counts them: the figures know both as events.
 *
 * Units   `EpochMs`. A run drops at most `AT_ONCE` of each at a site, along the index by moment; the next goes on.
 */
import { keptSince } from "../../domain/history/transcript-retention.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { dropFilesOf } from "../files/drop.ts";

const AT_ONCE = 500;

const DUE_CALLS = `delete from callbacks where site = ?1 and id in (
  select id from callbacks where site = ?1 and slot_at < ?2 and slot_ends_at < ?2 order by slot_at limit ${AT_ONCE})`;
/** Messages with files that are due, and any for which files were brought and which was never left. */
const DUE_FILES = `select distinct conversation_id as id from files
  where site = ?1 and conversation_id >= 'msg_' and conversation_id < 'msg\`' and created_at < ?2 and not exists (
    select 1 from left_messages kept
    where kept.site = ?1 and kept.id = files.conversation_id and kept.at >= ?2)
  limit ${AT_ONCE}`;
const DUE_MESSAGES = `delete from left_messages where site = ?1 and id in (
  select id from left_messages where site = ?1 and at < ?2 order by at limit ${AT_ONCE})`;

/** Forget what is due at every site; returns how many calls and messages. */
export async function forgetRequests(env: Env, now: EpochMs): Promise<number> {
  const { results } = await env.DB.prepare("select settings from sites order by key").all<{
    settings: string;
  }>();
  let forgotten = 0;
  for (const { settings } of results) {
    const { key, transcript_months: months } = SiteSettings.parse(JSON.parse(settings));
    const before = keptSince(now, months);
    const due = await env.DB.prepare(DUE_FILES).bind(key, before).all<{ id: string }>();
    const withFiles = due.results.map(({ id }) => id);
    if (withFiles.length > 0) await dropFilesOf(env, key, withFiles);
    const dropped = await env.DB.batch(
      [DUE_CALLS, DUE_MESSAGES].map((statement) => env.DB.prepare(statement).bind(key, before)),
    );
    forgotten += dropped.reduce((sum, { meta }) => sum + meta.changes, 0);
  }
  return forgotten;
}
