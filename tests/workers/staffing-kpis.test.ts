/** Staffing's day through all that reads it, against the KPIs of the same day: the same rows, the same figures. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { localDay, localDays } from "../../domain/staffing/local-day.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { reportIntraday } from "../../workers/staffing/report.ts";
import { NOW, tell, tellings } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const ASKED = {
  share: 0.8,
  withinSeconds: null,
  assumed: { handleSeconds: null, patienceSeconds: null, slowdown: null, concurrency: null },
};

test("STA19: whatever history tells, Staffing's days are the days of the KPIs, across a change of clocks", async () => {
  const zones = fc.constantFrom("Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe");
  await fc.assert(
    fc.asyncProperty(tellings, zones, async (records, timezone) => {
      const { key: site } = await makeSite({ timezone });
      await tell(site, records);
      for (const { date, from, to } of localDays("2026-10-22", 7, timezone)) {
        const pending: Promise<unknown>[] = [];
        const later = (work: Promise<unknown>) => void pending.push(work);
        const { soFar } = await reportIntraday(env, site, { ...ASKED, date }, NOW, later);
        await Promise.all(pending);
        const [kpi] = await reportKpis(env, site, { from, to, groupBy: null, now: NOW });
        if (soFar === null || kpi === undefined) throw new Error(`${date} has no figures`);
        expect({
          arrivals: soFar.arrivals,
          short: soFar.shortLeavers,
          left: soFar.abandonment.value,
          waiting: soFar.waiting,
          handling: soFar.handling,
          leftAfter: soFar.leftAfterSeconds,
          occupancy: [soFar.occupancy.numerator, soFar.occupancy.denominator],
          concurrency: [soFar.concurrency.numerator, soFar.concurrency.denominator],
        }).toEqual({
          arrivals: kpi.conversations.value,
          short: kpi.abandoned_short.value,
          left: kpi.abandonment_rate.value,
          waiting: {
            median: kpi.waiting_median.value,
            p90: kpi.waiting_p90.value,
            n: kpi.waiting_median.n,
          },
          handling: {
            median: kpi.handle_time_median.value,
            p90: kpi.handle_time_p90.value,
            n: kpi.handle_time_median.n,
          },
          leftAfter: kpi.abandoned_after_median.value,
          occupancy: [kpi.occupancy.numerator, kpi.occupancy.denominator],
          concurrency: [kpi.concurrency.numerator, kpi.concurrency.denominator],
        });
      }
    }),
    { numRuns: 10 },
  );
}, 300_000);

test("STA22: the same weekday a week before is told as the KPIs tell that stretch, up to the same time while the day goes on", async () => {
  await fc.assert(
    fc.asyncProperty(tellings, async (records) => {
      const { key: site } = await makeSite({ timezone: "Europe/Paris" });
      await tell(site, records);
      for (const date of [null, "2026-10-28", "2026-11-01"]) {
        const pending: Promise<unknown>[] = [];
        const report = await reportIntraday(env, site, { ...ASKED, date }, NOW, (work) => {
          pending.push(work);
        });
        await Promise.all(pending);
        const { weekBefore } = report;
        if (weekBefore === null || weekBefore.told === null) throw new Error(`${report.date} stands alone`);
        const other = localDay(weekBefore.date, "Europe/Paris");
        expect(weekBefore.until === null).toBe(date !== null);
        const span = { from: other.from, to: weekBefore.until ?? other.to, groupBy: null, now: NOW };
        const [kpi] = await reportKpis(env, site, span);
        if (kpi === undefined) throw new Error(`${weekBefore.date} has no figures`);
        const { reached, differences } = weekBefore.told;
        expect([
          reached.arrivals,
          reached.abandonment.value,
          reached.waiting.median,
          reached.occupancy.numerator,
          reached.occupancy.denominator,
        ]).toEqual([
          kpi.conversations.value,
          kpi.abandonment_rate.value,
          kpi.waiting_median.value,
          kpi.occupancy.numerator,
          kpi.occupancy.denominator,
        ]);
        expect(differences.arrivals?.value).toBe((report.soFar?.arrivals ?? 0) - reached.arrivals);
      }
    }),
    { numRuns: 8 },
  );
}, 300_000);
