/** Kept figures that history has gone on from, as they are when something has just happened. */
import type { Miniflare } from "miniflare";
import type { Call } from "./history-calls.ts";

const DAYS = { today: 1, month: 31 };

/** As if something had just happened on the days that `call` names, and nobody had counted them for a while. */
export async function fallBehind(miniflare: Miniflare, site: string, { before }: Call): Promise<void> {
  if (before === undefined) return;
  const database = await miniflare.getD1Database("DB");
  await database
    .prepare(
      `UPDATE rollup_marks SET dirty = max(dirty, built) + 1, built_at = 0
       WHERE site = ?1 AND subject IN (SELECT subject FROM rollup_marks
         WHERE site = ?1 AND subject >= 'day:' AND subject < 'day;' ORDER BY subject DESC LIMIT ?2)`,
    )
    .bind(site, DAYS[before])
    .run();
}
