/** Of the conversations of many busy days, only as many days are read as the estimates take. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { localDays } from "../../domain/staffing/local-day.ts";
import { enumerateDays } from "../../workers/kpis/enumerate-days.ts";
import { journeySite } from "../../workers/journeys/kept-days.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { MOST_CHATS, readPastDays } from "../../workers/staffing/kept-days.ts";
import { makeSite } from "./site.ts";

const DAY_MS = 86_400_000;
const FROM = Date.parse("2026-10-12T22:00:00Z");
const DAYS = 14;
const CHATS_A_DAY = 1_000;
const NOW = FROM + DAYS * DAY_MS;
const ZONE = "Europe/Paris";

/** Conversations all through the days, every third of which begins most of a day after it was made. */
async function talk(site: string): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)
     INSERT INTO conversations (site, id, revision, visitor_id, status, created_at, first_visitor_message_at,
       visitor_messages, agent_messages)
     SELECT ?1, 'cnv_' || i, 1, 'v' || i, 'closed', ?3 + i * ?4, ?3 + i * ?4 + iif(i % 3 = 0, 80000000, 0), 1, 0 FROM n`,
  )
    .bind(site, DAYS * CHATS_A_DAY, FROM, DAY_MS / CHATS_A_DAY)
    .run();
}

test("STA18: of many busy days the newest conversations are read, and no more days than they lie in", async () => {
  const { key } = await makeSite({ timezone: ZONE });
  await talk(key);
  const site = journeySite(key, await readSettings(env, key));
  await enumerateDays(env, site.counted, NOW);
  const days = localDays("2026-10-13", DAYS - 1, ZONE);
  const keeping: Promise<unknown>[] = [];
  const later = (work: Promise<unknown>) => void keeping.push(work);
  const all = await readPastDays(env, site, { days: [], chatDays: days }, NOW, later);
  await Promise.all(keeping);
  const kept = await readPastDays(env, site, { days: [], chatDays: days }, NOW, later);

  expect(kept.chats.length).toBeLessThan(MOST_CHATS + CHATS_A_DAY);
  expect(kept.chats.slice(0, MOST_CHATS)).toEqual(all.chats.slice(0, MOST_CHATS));
  const begun = all.chats.map(({ startedAt }) => startedAt);
  expect(begun).toEqual(begun.toSorted((a, b) => b - a));
});
