import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import type { HistoryRecord } from "../../domain/history/records.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { type Grouping, GROUPINGS } from "../../domain/kpi/grouping.ts";
import { rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { countedSite } from "../../workers/kpis/counted-site.ts";
import { readHistory } from "../../workers/kpis/read-history.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { reportSpans } from "../../workers/kpis/report-spans.ts";
import { buildRollups, buildSite } from "../../workers/kpis/rollup-builder.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { makeSite } from "./site.ts";
import { FROM, mortal, NOW, tell, tellings, TO } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

const EVERY: (Grouping | null)[] = [null, ...GROUPINGS];

type Kept = { dimension: string; level: string; start: number; body: string };

async function kept(site: string): Promise<Kept[]> {
  const { results } = await env.DB.prepare(
    "SELECT dimension, level, start, body FROM kpi_rollups WHERE site = ? AND level IN ('hour', 'day') ORDER BY 1, 2, 3",
  )
    .bind(site)
    .all<Kept>();
  return results.map((row) => ({ ...row, body: JSON.parse(row.body) }));
}

/** Long enough after everything was kept that nothing is served because it is fresh. */
const LATER = NOW + 3_600_000;

async function build(site: string, now = LATER): Promise<void> {
  const counted = countedSite(site, await readSettings(env, site));
  while ((await buildSite(env, counted, 3, now)) > 0);
}

/** Forget everything that was kept, marks included, and count it from history alone. */
async function fromScratch(site: string): Promise<Kept[]> {
  await env.DB.batch([
    env.DB.prepare("DELETE FROM kpi_rollups WHERE site = ?").bind(site),
    env.DB.prepare("DELETE FROM rollup_marks WHERE site = ?").bind(site),
  ]);
  await build(site);
  return kept(site);
}

/** The rows as `domain/kpi` counts them from all of history at once. */
async function recounted(site: string, groupBy: Grouping | null) {
  const { key, rules, leadAttributionMs } = countedSite(site, await readSettings(env, site));
  const [from, to] = [FROM - 2 * DAY_MS, TO + 2 * DAY_MS];
  const wide = { site: key, from: from - 20 * DAY_MS, to: NOW + DAY_MS, now: LATER };
  const history = await readHistory(env, { ...wide, attributionMs: rules.attributionMs, leadAttributionMs });
  const scope = { ...rules, from, to, now: LATER, groupBy };
  return rowsOf(tallyDay(history, scope), scope);
}

async function reported(site: string, groupBy: Grouping | null, now = LATER) {
  return reportKpis(env, site, { from: FROM - 2 * DAY_MS, to: TO + 2 * DAY_MS, groupBy, now });
}

/** Records told in batches of these sizes, with something done in between. */
const steps = fc.record({
  told: tellings,
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
  between: fc.array(fc.constantFrom("nothing", "build", "ask", "killed"), { minLength: 1, maxLength: 8 }),
  killedAt: fc.integer({ min: 0, max: 40 }),
  zone: fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Kolkata"),
});

test("ROL1 ROL2 ROL3: told in any order, twice, late, with builders killed between any two steps, what is kept is what a count from scratch gives", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async ({ told, sizes, between, killedAt, zone }) => {
      const { key: site } = await makeSite({ timezone: zone });
      let left = told;
      for (let step = 0; left.length > 0; step += 1) {
        const size = sizes[step % sizes.length] ?? 1;
        await tell(site, left.slice(0, size));
        left = left.slice(size);
        const doing = between[step % between.length];
        if (doing === "build") await build(site, NOW + step * 1_000);
        if (doing === "ask") await reported(site, step % 2 === 0 ? null : "day", NOW + step * 1_000);
        if (doing === "killed") {
          let calls = 0;
          const counted = countedSite(site, await readSettings(env, site));
          const dies = mortal(() => (calls += 1) > killedAt);
          await buildSite(dies, counted, 5, NOW).catch((error: Error) =>
            expect(error.message).toBe("killed"),
          );
        }
      }
      for (const groupBy of EVERY) {
        expect(await reported(site, groupBy)).toEqual(await recounted(site, groupBy));
      }
      await build(site);
      const grown = await kept(site);
      expect(grown).toEqual(await fromScratch(site));
    }),
    { numRuns: 25 },
  );
}, 600_000);

async function markOf(site: string, date: string) {
  return env.DB.prepare("SELECT dirty, built, built_at FROM rollup_marks WHERE site = ? AND subject = ?")
    .bind(site, `day:${date}`)
    .first<{ dirty: number; built: number; built_at: number }>();
}

/** A visit of `visitor` that begins at `at`. */
function visitAt(visitor: string, at: number): HistoryRecord {
  const span = { started_at: at, last_at: at, ended_at: at, seconds: 1 };
  return sessionRecord({ id: `ses_${visitor}`, visitor_id: visitor, ...span, eligible: true });
}

test("ROL4: a figure is at most five seconds behind, a quiet day is not counted again, and the schedule keeps up", async () => {
  const { key: site } = await makeSite({ timezone: "Europe/Paris" });
  const at = Date.parse("2026-10-24T08:00:00Z");
  const visits = async (now: number) => {
    const [row] = await reportKpis(env, site, { from: FROM, to: TO, groupBy: null, now });
    return row?.visits.value;
  };
  await tell(site, [visitAt("v1", at)]);
  expect(await visits(NOW)).toBe(1);
  const quiet = await markOf(site, "2026-10-24");
  expect(await visits(NOW + 60_000)).toBe(1);
  expect(await markOf(site, "2026-10-24")).toEqual(quiet);

  await tell(site, [visitAt("v2", at + 1)]);
  expect(await visits(NOW + 5_000)).toBe(2);
  await tell(site, [visitAt("v3", at + 2)]);
  expect(await visits(NOW + 9_999)).toBe(2);
  expect(await visits(NOW + 10_000)).toBe(3);

  await tell(site, [visitAt("v4", at + 3)]);
  expect(await markOf(site, "2026-10-24")).toSatisfy(
    (mark: { dirty: number; built: number }) => mark.dirty > mark.built,
  );
  await buildRollups(env, NOW + 60_000);
  expect(await markOf(site, "2026-10-24")).toMatchObject({ built_at: NOW + 60_000 });
  expect(await visits(NOW + 60_001)).toBe(4);
});

test("ROL5: a span may begin and end at any moment, also where days begin at half past", async () => {
  await fc.assert(
    fc.asyncProperty(
      tellings,
      fc.constantFrom("Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe"),
      fc.array(fc.tuple(fc.nat(7_200), fc.nat(7_200)), { minLength: 2, maxLength: 4 }),
      async (told, zone, spans) => {
        const { key: site } = await makeSite({ timezone: zone });
        await tell(site, told);
        const { rules, leadAttributionMs } = countedSite(site, await readSettings(env, site));
        const wide = { site, from: FROM - 20 * DAY_MS, to: NOW + DAY_MS, now: LATER };
        const history = await readHistory(env, {
          ...wide,
          attributionMs: rules.attributionMs,
          leadAttributionMs,
        });
        for (const [one, other] of spans) {
          const [low, high] = [Math.min(one, other), Math.max(one, other) + 1];
          // Every second span on whole half-hours, the others inside them.
          const step = one % 2 === 0 ? 30 : 1;
          const [from, to] = [low, high + step].map(
            (minute) => FROM + Math.floor(minute / step) * step * 60_000,
          ) as [number, number];
          for (const groupBy of [null, "hour", "channel", "agent"] as const) {
            const scope = { ...rules, from, to, now: LATER, groupBy };
            const shown = await reportKpis(env, site, { from, to, groupBy, now: LATER });
            expect(shown).toEqual(rowsOf(tallyDay(history, scope), scope));
          }
        }
      },
    ),
    { numRuns: 8 },
  );
}, 300_000);

test("ROL10: the figures of several spans at once are those of each alone, also where they overlap or reach now", async () => {
  await fc.assert(
    fc.asyncProperty(
      tellings,
      fc.constantFrom("Europe/Paris", "Asia/Kolkata"),
      fc.array(fc.tuple(fc.nat(240), fc.integer({ min: 1, max: 240 }), fc.boolean()), {
        minLength: 1,
        maxLength: 5,
      }),
      async (told, zone, drawn) => {
        const { key: site } = await makeSite({ timezone: zone });
        await tell(site, told);
        const settings = await readSettings(env, site);
        const spans = drawn.map(([hour, length, isCut]) => {
          const from = FROM - 2 * DAY_MS + hour * HOUR_MS + (isCut ? 17 * 60_000 : 0);
          return { from, to: from + length * HOUR_MS, names: KPI_NAMES };
        });
        const asked = [
          ...spans,
          { from: FROM, to: NOW + 1, names: KPI_NAMES },
          { from: FROM - DAY_MS, to: NOW + 20 * DAY_MS, names: KPI_NAMES },
        ];
        const now = NOW + 5;
        const together = await reportSpans(env, { key: site, settings }, asked, now);
        for (const [index, { from, to }] of asked.entries()) {
          const [alone] = await reportKpis(env, site, { from, to, groupBy: null, now });
          expect({ group: null, ...together[index] }).toEqual(alone);
        }
        const few = ["conversion_after_chat", "csat", "first_reply_p90"] as const;
        const [some] = await reportSpans(
          env,
          { key: site, settings },
          asked.slice(-1).map((span) => ({ ...span, names: few })),
          now,
        );
        const all = together.at(-1);
        expect(some).toEqual(Object.fromEntries(few.map((name) => [name, all?.[name]])));
      },
    ),
    { numRuns: 8 },
  );
}, 300_000);
