/**
 * Forgetting what was said: once a site's months are over, a conversation's log, its searchable text, its files, what
 * its visitor wrote into the survey and its room are gone. That it was, when and how it ended stays, for the figures.
 *
 * Every run goes on where the one before it stopped, in the order in which conversations began, and every step may be
 * repeated: the place of a site moves on only once all of a page is gone. A room that cannot be asked is kept with the
 * place and asked again.
 *
 * Units   `EpochMs`. A run forgets at most `PAGES_A_RUN * PAGE` conversations, some 86,000 a day.
 */
import { keptSince } from "../../domain/history/transcript-retention.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { dropFilesOf } from "../files/drop.ts";

const PAGE = 50;
const PAGES_A_RUN = 6;

/** The conversation up to which a site has been gone through, and the rooms that could not be asked. */
type Place = { createdAt: EpochMs; id: string; again: string[] };
const BEGINNING: Place = { createdAt: 0, id: "", again: [] };

/** Forget what is due at every site; returns how many conversations. */
export async function forgetTranscripts(env: Env, now: EpochMs): Promise<number> {
  const { results } = await env.DB.prepare(
    `select sites.settings, place.value as place from sites
     left join installation place on place.key = 'transcripts:' || sites.key order by sites.key`,
  ).all<{ settings: string; place: string | null }>();
  let pages = PAGES_A_RUN;
  let forgotten = 0;
  for (const { settings, place } of results) {
    const { key, transcript_months: months } = SiteSettings.parse(JSON.parse(settings));
    const before = keptSince(now, months);
    let at = place === null ? BEGINNING : (JSON.parse(place) as Place);
    while (pages > 0) {
      const ids = await nextOf(env, key, at, before);
      const due = [...at.again, ...ids.map(({ id }) => id)];
      if (due.length === 0) break;
      pages -= 1;
      const again = await forget(env, key, due);
      forgotten += due.length - again.length;
      const last = ids.at(-1);
      const stuck = last === undefined && again.length === at.again.length;
      // Where so many fail, it is not they that are ill: the page is gone through once more by the next run.
      if (stuck || again.length > PAGE) break;
      at = { createdAt: last?.created_at ?? at.createdAt, id: last?.id ?? at.id, again };
      await keepPlace(env, key, at);
      if (ids.length < PAGE) break;
    }
  }
  return forgotten;
}

async function nextOf(env: Env, site: SiteKey, { createdAt, id }: Place, before: EpochMs) {
  const { results } = await env.DB.prepare(
    `select id, created_at from conversations
     where site = ?1 and (created_at, id) > (?2, ?3) and created_at < ?4 order by created_at, id limit ?5`,
  )
    .bind(site, createdAt, id, before, PAGE)
    .all<{ id: string; created_at: EpochMs }>();
  return results;
}

/** Leave nothing of what was said in `ids`; returns those whose rooms could not be asked. */
export async function forget(env: Env, site: SiteKey, ids: readonly string[]): Promise<string[]> {
  const answers = await Promise.allSettled(ids.map((id) => env.CHAT_ROOM.getByName(id).erase()));
  const failed = ids.filter((_, index) => answers[index]?.status === "rejected");
  const gone = ids.filter((id) => !failed.includes(id));
  const reason = answers.find((answer) => answer.status === "rejected")?.reason as unknown;
  if (failed.length > 0) {
    const what = "rooms not forgotten yet";
    console.error(
      JSON.stringify({ level: "alert", what, site, count: failed.length, error: String(reason) }),
    );
  }
  await dropFilesOf(env, site, gone);
  const each = "conversation_id in (select value from json_each(?2))";
  const list = JSON.stringify(gone);
  await env.DB.batch(
    [
      `delete from conversation_logs where site = ?1 and ${each}`,
      `delete from conversation_texts where site = ?1 and ${each}`,
      `update surveys set comment = null where site = ?1 and ${each} and comment is not null`,
      `update conversations set wrap_up_note = null
       where site = ?1 and id in (select value from json_each(?2))`,
    ].map((statement) => env.DB.prepare(statement).bind(site, list)),
  );
  return failed;
}

async function keepPlace(env: Env, site: SiteKey, place: Place): Promise<void> {
  await env.DB.prepare("insert or replace into installation (key, value) values (?, ?)")
    .bind(`transcripts:${site}`, JSON.stringify(place))
    .run();
}
