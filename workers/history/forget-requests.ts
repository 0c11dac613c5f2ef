/**
 * Forgetting who asked to be called or written to: once a site's months are over, a booked call goes with its number,
 * counted from the end of its slot, and a left message with its address, from the moment it was left. Nothing counts
 * them: the figures know both as events.
 *
 * Units   `EpochMs`. A run drops at most `AT_ONCE` of each at a site, along the index by moment; the next goes on.
 */
import { keptSince } from "../../domain/history/transcript-retention.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { SiteSettings } from "../../domain/site/settings.ts";

const AT_ONCE = 500;

const DUE_CALLS = `delete from callbacks where site = ?1 and id in (
  select id from callbacks where site = ?1 and slot_at < ?2 and slot_ends_at < ?2 order by slot_at limit ${AT_ONCE})`;
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
    const dropped = await env.DB.batch(
      [DUE_CALLS, DUE_MESSAGES].map((statement) => env.DB.prepare(statement).bind(key, before)),
    );
    forgotten += dropped.reduce((sum, { meta }) => sum + meta.changes, 0);
  }
  return forgotten;
}
