/** Days that are brought up to date by what happened since: the same figures, for what changed alone. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import type { HistoryRecord } from "../../domain/history/records.ts";
import { type Grouping, GROUPINGS } from "../../domain/kpi/grouping.ts";
import { rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { countedSite } from "../../workers/kpis/counted-site.ts";
import { readHistory } from "../../workers/kpis/read-history.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { buildSite } from "../../workers/kpis/rollup-builder.ts";
import { forgetRowsBefore } from "../../workers/kpis/rows-before.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { FROM, NOW, tell, tellings, TO } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
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

/** How often days were counted whole, and how many rows D1 gave: what has changed of one asks for no day of visits. */
function spied(): { env: Env; wholes: () => number; rows: () => number } {
  let [wholes, rows] = [0, 0];
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") {
        return (sql: string) => {
          if (sql.includes("s.started_at >= ?2 AND s.started_at < ?3")) wholes += 1;
          return target.prepare(sql);
        };
      }
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const answers = await target.batch(statements);
          rows += answers.reduce((sum, { results }) => sum + results.length, 0);
          return answers;
        };
      }
      return Reflect.get(target, name).bind(target) as unknown;
    },
  });
  const watched = new Proxy(env, {
    get: (target, name) => (name === "DB" ? db : (Reflect.get(target, name) as unknown)),
  });
  return { env: watched, wholes: () => wholes, rows: () => rows };
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

/** A visit of `visitor` that begins at `at`, as it is told of the `revision`th time. */
function visitAt(visitor: string, at: number, revision = 1): HistoryRecord {
  const span = { started_at: at, last_at: at + revision, ended_at: null, seconds: 1 };
  return sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    revision,
    ...span,
    eligible: revision > 1,
  });
}

const AT = Date.parse("2026-10-24T08:00:00Z");

async function crowded(): Promise<{ site: string; ask: (world: Env, now: number) => Promise<number[]> }> {
  const { key: site } = await makeSite({ timezone: "Europe/Paris" });
  await tell(
    site,
    Array.from({ length: 300 }, (_, index) => visitAt(`v${index}`, AT + index * 1_000)),
  );
  const ask = async (world: Env, now: number) => {
    const [row] = await reportKpis(world, site, { ...SPAN, groupBy: null, now });
    return [row?.visits.value ?? -1, row?.eligible_visitors.value ?? -1];
  };
  expect(await ask(env, NOW)).toEqual([300, 0]);
  return { site, ask };
}

test("ROL12: a visit more, and another that goes on, ask for two visitors and not for the day", async () => {
  const { site, ask } = await crowded();
  await tell(site, [visitAt("v7", AT + 7_000, 2), visitAt("late", AT - 5)]);
  const spy = spied();
  expect(await ask(spy.env, NOW + 60_000)).toEqual([301, 1]);
  expect(spy.wholes()).toBe(0);
  expect(spy.rows()).toBeLessThan(60);

  await tell(site, [visitAt("v7", AT + 7_000, 3)]);
  expect(await ask(env, NOW + 120_000)).toEqual([301, 1]);
});

test("ROL12: what was forgotten, or is of other columns, is counted whole", async () => {
  const { site, ask } = await crowded();
  await tell(site, [visitAt("v1", AT + 1_000, 2)]);
  await forgetRowsBefore(env, NOW + DAY_MS);
  const forgotten = spied();
  expect(await ask(forgotten.env, NOW + 60_000)).toEqual([300, 1]);
  expect(forgotten.wholes()).toBe(1);

  await tell(site, [visitAt("v2", AT + 2_000, 2)]);
  await env.DB.prepare("UPDATE rows_before SET form = 'other' WHERE site = ?").bind(site).run();
  const other = spied();
  expect(await ask(other.env, NOW + 120_000)).toEqual([300, 2]);
  expect(other.wholes()).toBe(1);

  await tell(site, [visitAt("v3", AT + 3_000, 2)]);
  const known = spied();
  expect(await ask(known.env, NOW + 180_000)).toEqual([300, 3]);
  expect(known.wholes()).toBe(0);
});
