/** Spans of months: what is kept of whole months and weeks adds up to what history says. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { countedSite } from "../../workers/kpis/counted-site.ts";
import { readHistory } from "../../workers/kpis/read-history.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { NOW, tell, tellings } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const DAY_MS = 86_400_000;
/** All of October lies in it, wherever its days begin, and parts of the months around it. */
const SPAN = { from: Date.parse("2026-09-14T00:00:00Z"), to: Date.parse("2026-11-02T00:00:00Z") };

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

async function levelsOf(site: string): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT DISTINCT level FROM kpi_rollups WHERE site = ? ORDER BY 1")
    .bind(site)
    .all<{ level: string }>();
  return results.map(({ level }) => level);
}

test("ROL13: over whole months and weeks every figure is that of history, also after their days have changed", async () => {
  await fc.assert(
    fc.asyncProperty(
      tellings,
      fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Kolkata"),
      async (told, zone) => {
        const { key: site } = await makeSite({ timezone: zone });
        const { rules, leadAttributionMs, calendar } = countedSite(site, await readSettings(env, site));
        const [from, to] = [calendar.startOfDay(SPAN.from), calendar.startOfDay(SPAN.to)];
        const half = Math.ceil(told.length / 2);
        let now = NOW;
        for (const part of [told.slice(0, half), told.slice(half), []]) {
          if (part.length > 0) await tell(site, part);
          for (const groupBy of [null, "week", "agent", "channel", null] as const) {
            now += 60_000;
            const wide = { site, from: from - 20 * DAY_MS, to: NOW + DAY_MS, now };
            const history = await readHistory(env, {
              ...wide,
              attributionMs: rules.attributionMs,
              leadAttributionMs,
            });
            const scope = { ...rules, from, to, now, groupBy };
            const shown = await reportKpis(env, site, { from, to, groupBy, now });
            expect(shown).toEqual(rowsOf(tallyDay(history, scope), scope));
          }
        }
        expect(await levelsOf(site)).toContain("month");
      },
    ),
    { numRuns: 8 },
  );
}, 300_000);
