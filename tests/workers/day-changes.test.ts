/** Days that are brought up to date by what happened since: the same figures, for what changed alone. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { type Grouping, GROUPINGS } from "../../domain/kpi/grouping.ts";
import { rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { countedSite } from "../../workers/kpis/counted-site.ts";
import { readHistory } from "../../workers/kpis/read-history.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { buildSite } from "../../workers/kpis/rollup-builder.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { FROM, NOW, tell, tellings, TO } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

const SPAN = { from: FROM - 2 * DAY_MS, to: TO + 2 * DAY_MS };

/** The rows as `domain/kpi` counts them from all of history at once. */
async function recounted(site: string, groupBy: Grouping | null, now: number) {
  const { key, rules, leadAttributionMs } = countedSite(site, await readSettings(env, site));
  const wide = { site: key, from: SPAN.from - 20 * DAY_MS, to: NOW + 2 * DAY_MS, now };
  const history = await readHistory(env, { ...wide, attributionMs: rules.attributionMs, leadAttributionMs });
  const scope = { ...rules, ...SPAN, now, groupBy };
  return rowsOf(tallyDay(history, scope), scope);
}

/** How often a day was counted whole: what it has changed by asks for no day of visits. */
function spied(): { env: Env; wholes: () => number } {
  let wholes = 0;
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "prepare") return Reflect.get(target, name).bind(target) as unknown;
      return (sql: string) => {
        if (sql.includes("s.started_at >= ?2 AND s.started_at < ?3")) wholes += 1;
        return target.prepare(sql);
      };
    },
  });
  const watched = new Proxy(env, {
    get: (target, name) => (name === "DB" ? db : (Reflect.get(target, name) as unknown)),
  });
  return { env: watched, wholes: () => wholes };
}

const steps = fc.record({
  told: tellings,
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
  minutes: fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 6 }),
  zone: fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Kolkata"),
});

test("ROL11: a day that is counted by what happened since has the figures of all that ever happened on it", async () => {
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(steps, async ({ told, sizes, minutes, zone }) => {
      const { key: site } = await makeSite({ timezone: zone });
      let [left, now] = [told, NOW];
      for (let step = 0; left.length > 0; step += 1) {
        const size = sizes[step % sizes.length] ?? 1;
        await tell(site, left.slice(0, size));
        left = left.slice(size);
        now += (minutes[step % minutes.length] ?? 1) * MINUTE_MS;
        const spy = spied();
        const groupBy = [null, ...GROUPINGS][step % (GROUPINGS.length + 1)] ?? null;
        const shown = await reportKpis(spy.env, site, { ...SPAN, groupBy, now });
        expect(shown).toEqual(await recounted(site, groupBy, now));
        if (spy.wholes() === 0) changes += 1;
      }
      const counted = countedSite(site, await readSettings(env, site));
      while ((await buildSite(env, counted, 4, now)) > 0);
      for (const groupBy of [null, ...GROUPINGS]) {
        const shown = await reportKpis(env, site, { ...SPAN, groupBy, now });
        expect(shown).toEqual(await recounted(site, groupBy, now));
      }
    }),
    { numRuns: 12 },
  );
  expect(changes).toBeGreaterThan(12);
}, 600_000);
