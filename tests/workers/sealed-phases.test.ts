/** A campaign that runs on while its first days become final. */
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import type { PhaseSums } from "../../domain/results/units.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { forgetMeasurements } from "../../workers/history/forget-measurements.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { phaseSums } from "../../workers/results/phase-sums.ts";
import { countingOf, goalOf } from "../../workers/results/report.ts";
import { tell } from "./rollup-world.ts";
import { allElseForgotten, DAY_MS, HOUR_MS, rowsLeft, sealAll } from "./sealed-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

/** The months of the site end in December 2026 then, and its final days on 9 February 2027. */
const NOW = Date.parse("2029-01-10T12:00:00Z");
const EARLY = Date.parse("2026-10-24T08:00:00Z");
const FINAL = Date.parse("2027-02-01T08:00:00Z");
const OPEN = Date.parse("2027-02-20T08:00:00Z");
const LATE = Date.parse("2028-12-20T08:00:00Z");
const CAMPAIGN = { id: "cmp_x", kind: "chat" as const, holdout: 0.5, window_hours: 48 };

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW - HOUR_MS }));
afterEach(() => void vi.useRealTimers());

type Arm = RecordOf<"exposures">["arm"];

/** A visitor's eligible moment of the campaign, and an order soon after where they bought. */
function came(visitor: string, arm: Arm, at: number, bought = false): HistoryRecord[] {
  const session = `ses_${visitor}_${at}`;
  const whose = { visitor_id: visitor, session_id: session };
  const span = { started_at: at, last_at: at + HOUR_MS, ended_at: at + HOUR_MS };
  const seen = { shown_at: at, opened_at: null, declined_at: null, ignored_at: null, clicked_at: null };
  const offer = { campaign_id: CAMPAIGN.id, phase: 1, variant: "a", kind: "chat", arm, probability: 0.5 };
  const money = { total: 30, currency: "EUR", status: "confirmed" as const, items: 1, covered: false };
  const when = { at: at + HOUR_MS, received_at: at + HOUR_MS };
  return [
    sessionRecord({ id: session, visitor_id: visitor, ...span }),
    { table: "exposures", id: `dec_${session}`, revision: 1, ...whose, ...offer, eligible_at: at, ...seen },
    ...(bought
      ? [
          {
            table: "orders" as const,
            id: `ord_${session}`,
            revision: 1,
            user_id: null,
            ...whose,
            ...when,
            ...money,
          },
        ]
      : []),
  ];
}

async function sumsOf(site: string, planned_end: string | null = null) {
  const settings = await readSettings(env, site);
  const variants = [{ key: "a", creative: { fr: { title: "A" } } }];
  const campaign = CampaignInput.parse({ name: "X", status: "live", variants, planned_end, ...CAMPAIGN });
  const goal = await goalOf(env, site, null, null);
  const asked = countingOf({ site, id: CAMPAIGN.id }, 1, campaign, goal, settings);
  const keeping: Promise<unknown>[] = [];
  const { days, multiple, later } = await phaseSums(env, asked, NOW, (work) => keeping.push(work));
  await Promise.all(keeping);
  return { days, multiple, ...(later !== undefined && { later }) };
}

/** Units, buyers and hundredths of an arm, over all days. */
function total({ days }: Pick<PhaseSums, "days">, arm: string) {
  const own = Object.values(days).flatMap((day) => (day[arm] === undefined ? [] : [day[arm]]));
  const sum = (name: "n" | "conversions" | "revenue_cents") => own.reduce((all, one) => all + one[name], 0);
  return { n: sum("n"), bought: sum("conversions"), cents: sum("revenue_cents") };
}

const again = (site: string, set: string) =>
  env.DB.prepare(`UPDATE rollup_marks SET ${set} WHERE site = ? AND subject LIKE 'campaign:%'`)
    .bind(site)
    .run();

test("SEAL7: a phase that runs across keeps its early visitors in its result, whatever has it counted anew; who is new since is added", async () => {
  const { key: site } = await makeSite({ campaigns: [CAMPAIGN] });
  const days = [0, 1, 2, 3].map((day) => day * DAY_MS);
  await tell(site, [
    ...days.flatMap((day) => came(`early${day}`, "treated", EARLY + day, true)),
    ...days.flatMap((day) => came(`held${day}`, "holdout", EARLY + day)),
    // Seen in both arms on a day that is final: neither of them.
    ...[came("both", "treated", EARLY), came("both", "holdout", EARLY + DAY_MS)].flat(),
    // First on a final day, and again on an open one: one visitor of the first.
    ...[came("twice", "treated", FINAL, true), came("twice", "treated", OPEN, true)].flat(),
    ...came("late", "treated", LATE),
  ]);
  const before = await sumsOf(site);
  expect(total(before, "treated:a")).toEqual({ n: 6, bought: 5, cents: 15_000 });
  expect(total(before, "holdout")).toEqual({ n: 4, bought: 0, cents: 0 });
  expect(before.multiple).toBe(1);

  await allElseForgotten(site);
  await sealAll(site, NOW);
  expect(await sumsOf(site)).toEqual(before);
  while ((await forgetMeasurements(env, NOW + HOUR_MS)) > 0);
  expect(await rowsLeft(site)).toEqual({ sessions: 3, exposures: 3, orders: 2 });
  expect(await sumsOf(site)).toEqual(before);
  await again(site, "dirty = built + 5");
  expect(await sumsOf(site)).toEqual(before);
  await again(site, "definition = 'older'");
  expect(await sumsOf(site)).toEqual(before);

  // New visitors are added; one whose first moment is forgotten is somebody new.
  await tell(site, [...came("new", "holdout", LATE + 1), ...came("early0", "treated", LATE + 2)]);
  const after = await sumsOf(site);
  expect(total(after, "treated:a")).toEqual({ n: 7, bought: 5, cents: 15_000 });
  expect(total(after, "holdout")).toEqual({ n: 5, bought: 0, cents: 0 });
  expect(after.days["2026-10-24"]).toEqual(before.days["2026-10-24"]);

  // In another currency the early orders count without their money, as all others do.
  await env.DB.prepare("UPDATE sites SET settings = json_set(settings, '$.currency', 'CHF') WHERE key = ?")
    .bind(site)
    .run();
  expect(total(await sumsOf(site), "treated:a")).toEqual({ n: 7, bought: 5, cents: 0 });
});

test("SEAL7 OVW29: days after a planned end stay apart once they are final, whatever has the phase counted anew", async () => {
  const end = new Date(EARLY + 2 * HOUR_MS).toISOString();
  const { key: site } = await makeSite({ campaigns: [{ ...CAMPAIGN, planned_end: end }] });
  await tell(site, [
    ...came("early", "treated", EARLY, true),
    // On the day of the end, after it.
    ...came("after", "treated", EARLY + 3 * HOUR_MS, true),
    ...came("final", "holdout", FINAL),
    ...came("late", "holdout", LATE),
  ]);
  const before = await sumsOf(site, end);
  expect([before, before.later ?? { days: {} }].map((sums) => total(sums, "treated:a").n)).toEqual([1, 1]);
  expect(total(before.later ?? { days: {} }, "holdout").n).toBe(2);

  await allElseForgotten(site);
  await sealAll(site, NOW);
  while ((await forgetMeasurements(env, NOW + HOUR_MS)) > 0);
  expect(await sumsOf(site, end)).toEqual(before);
  await again(site, "dirty = built + 5");
  expect(await sumsOf(site, end)).toMatchObject({ days: before.days, later: { days: before.later?.days } });
  await tell(site, came("new", "treated", LATE + 1));
  const after = await sumsOf(site, end);
  expect(after.days).toEqual(before.days);
  expect(total(after.later ?? { days: {} }, "treated:a")).toEqual({ n: 2, bought: 1, cents: 3_000 });
});

test("SEAL4: what is told late for a final day is written and told in exports, and counts nowhere", async () => {
  const { key: site, apiKey } = await makeSite({ campaigns: [CAMPAIGN] });
  await tell(site, came("first", "treated", FINAL, true));
  const before = await sumsOf(site);
  await sealAll(site, NOW);
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await tell(site, came("tardy", "treated", FINAL + 1, true));
  expect(said.mock.calls.flat().map(String)).toEqual([
    JSON.stringify({ level: "warn", what: "told of days that are final", site, records: 3 }),
  ]);
  said.mockRestore();
  expect(await sumsOf(site)).toEqual(before);
  expect(await rowsLeft(site)).toEqual({ sessions: 2, exposures: 2, orders: 2 });
  const get = (path: string) =>
    exports.default.fetch(`http://localhost/api/sites/${site}/${path}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
  const span = "from=2027-01-31&to=2027-02-03";
  expect(await (await get(`exports/orders.csv?from=2027-01-31&to=2027-02-03`)).text()).toContain(
    "ord_ses_tardy",
  );
  const figures = await get(`kpis?${span}&kpis=visits,orders`);
  expect(await figures.json()).toMatchObject({ rows: [{ visits: { value: 1 }, orders: { value: 1 } }] });
});
