/** Letting go of all files of conversations, or of messages that were left. */
import type { SiteKey } from "../../domain/ids.ts";

/** The bytes first, so that no row is gone whose bytes are not. */
export async function dropFilesOf(env: Env, site: SiteKey, owners: readonly string[]): Promise<void> {
  const where = "site = ?1 and conversation_id in (select value from json_each(?2))";
  const list = JSON.stringify(owners);
  const { results } = await env.DB.prepare(`select conversation_id, id from files where ${where}`)
    .bind(site, list)
    .all<{ conversation_id: string; id: string }>();
  const keys = results.map(({ conversation_id, id }) => `${site}/${conversation_id}/${id}`);
  for (let at = 0; at < keys.length; at += 1_000) await env.FILES.delete(keys.slice(at, at + 1_000));
  if (keys.length > 0) await env.DB.prepare(`delete from files where ${where}`).bind(site, list).run();
}
