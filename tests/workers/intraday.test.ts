/** A day's staffing through the API: from rows of history to quarter hours, and who may ask. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { WireIntraday } from "../../domain/staffing/intraday-wire.ts";
import { deskHistory, keepDesk } from "./desk-history.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const DAY_MS = 86_400_000;
const NOW = Date.now();
const TODAY = NOW - (NOW % DAY_MS);
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);
/** The last day before today that is no Sunday, whose history is whole. */
const CAME = new Date(TODAY - DAY_MS).getUTCDay() === 0 ? TODAY - 2 * DAY_MS : TODAY - DAY_MS;
const HOURS = {
  timezone: "UTC",
  business_hours: [
    {
      dayOfWeek: [
        "Monday" as const,
        "Tuesday" as const,
        "Wednesday" as const,
        "Thursday" as const,
        "Friday" as const,
        "Saturday" as const,
      ],
      opens: "09:00",
      closes: "19:00",
    },
  ],
};

function get(path: string, key: string): Promise<Response> {
  return exports.default.fetch(`http://localhost${path}`, { headers: { authorization: `Bearer ${key}` } });
}

async function read(path: string, key: string): Promise<WireIntraday> {
  const answer = await get(path, key);
  expect(answer.status).toBe(200);
  return WireIntraday.parse(await answer.json());
}

test("STA9 STA10 STA11: a day's quarter hours, its own figures with their n, and what would help, from rows of history", async () => {
  const { key, apiKey } = await makeSite({ ...HOURS, campaigns: [{ id: "cmp_desk", kind: "chat" }] });
  const history = deskHistory(TODAY, NOW, 35);
  await keepDesk(env.DB, key, history, "cmp_desk");
  const path = `/api/sites/${key}/intraday`;

  const day = await read(`${path}?date=${dateOf(CAME)}&within_seconds=30`, apiKey);
  const own = history.conversations.filter(({ createdAt }) => createdAt >= CAME && createdAt < CAME + DAY_MS);
  expect(day.intervals).toHaveLength(96);
  expect(day.intervals.reduce((sum, one) => sum + (one.arrivals ?? 0), 0)).toBe(own.length);
  expect(day.so_far).toMatchObject({
    arrivals: own.length,
    service_level: {
      numerator: own.filter((one) => one.answeredAt !== null && one.answeredAt - one.createdAt <= 30_000)
        .length,
      denominator: own.length,
    },
  });
  expect(day.model).toMatchObject({
    name: "erlang_a",
    handle_seconds: { source: "measured" },
    patience_seconds: { source: "measured" },
    concurrency: { value: 2, source: "measured" },
    concurrency_used: 2,
  });
  expect(day.model.patience_seconds.n).toBeGreaterThan(100);
  expect(day.forecast?.days_read).toBeGreaterThanOrEqual(30);
  expect(day.intervals[40]).toMatchObject({ open: true, over: true, agents: 2, agents_from: "logged_in" });
  expect(day.intervals[0]).toMatchObject({ open: false, needed: null, gap: null });
  expect(day.week.map(({ date }) => new Date(date).getUTCDay())).toEqual([1, 2, 3, 4, 5, 6, 0]);
  expect(day.remedies).toEqual([]);

  // A day to come on which somebody works: nothing of it happened, and in the evening one alone is too few.
  const ahead = TODAY + (new Date(TODAY + DAY_MS).getUTCDay() === 0 ? 2 : 1) * DAY_MS;
  const next = await read(`${path}?date=${dateOf(ahead)}&within_seconds=30`, apiKey);
  expect(next.so_far).toBeNull();
  expect(next.intervals[70]).toMatchObject({
    reached: null,
    arrivals: null,
    agents: 1,
    agents_from: "usual",
  });
  const [shortage] = next.shortages.toSorted((a, b) => b.missing - a.missing);
  expect(shortage?.from.slice(11, 16)).toBe("17:00");
  expect(next.remedies.map(({ kind }) => kind)).toContain("more_agents");
  const pause = next.remedies.find(({ kind }) => kind === "pause_campaign");
  expect(pause?.campaign).toMatchObject({ id: "cmp_desk", name: "cmp_desk" });
  expect(pause?.campaign?.share).toBeCloseTo(0.25, 1);
  for (const { service_level } of next.remedies)
    expect(service_level.after).toBeGreaterThan(service_level.before);
});

test("STA7 STA10: with too short a history it says how many days are missing, and reckons with what is assumed", async () => {
  const { key, apiKey } = await makeSite(HOURS);
  const path = `/api/sites/${key}/intraday`;
  const empty = await read(path, apiKey);
  expect(empty).toMatchObject({
    forecast: null,
    days_missing: 14,
    shortages: [],
    remedies: [],
    outlook: null,
    target: { service_level: 0.8, within_seconds: 60 },
    model: { name: null, handle_seconds: { value: null, n: 0, source: "missing" } },
  });
  expect(
    empty.intervals.every(
      ({ forecast, needed, gap }) => forecast === null && needed === null && gap === null,
    ),
  ).toBe(true);

  await keepDesk(env.DB, key, deskHistory(TODAY, NOW, 2, 3), "cmp_none");
  const query = `date=${dateOf(CAME)}&handle_seconds=600&patience_seconds=90&slowdown=0.1&service_level=0.9`;
  const assumed = await read(`${path}?${query}`, apiKey);
  expect(assumed.forecast).toBeNull();
  expect(assumed.days_missing).toBeGreaterThan(10);
  expect(assumed.model.patience_seconds).toMatchObject({ value: 90, source: "assumed" });
  expect(assumed.target.service_level).toBe(0.9);
  const midday = assumed.intervals.slice(36, 76);
  expect(midday.some(({ needed }) => (needed?.erlang_a ?? 0) > 0)).toBe(true);
});

test("STA8: a day on which the clocks change is told as long as it is", async () => {
  const { key, apiKey } = await makeSite({ timezone: "Europe/Paris" });
  for (const [date, quarters] of [
    ["2026-03-29", 92],
    ["2026-10-25", 100],
    ["2026-07-14", 96],
  ] as const) {
    const day = await read(`/api/sites/${key}/intraday?date=${date}`, apiKey);
    expect(day.intervals).toHaveLength(quarters);
    expect(day.intervals.at(-1)?.to).toBe(
      new Date(
        Date.parse(`${date}T00:00:00Z`) +
          DAY_MS -
          (quarters === 96 ? 2 : quarters === 92 ? 2 : 1) * 3_600_000,
      ).toISOString(),
    );
  }
});

test("STA12: another site's is not found, an agent may not, and what is malformed is refused at its place", async () => {
  const mine = await makeSite();
  const other = await makeSite();
  const path = `/api/sites/${mine.key}/intraday`;
  expect((await get(path, other.apiKey)).status).toBe(404);
  expect((await exports.default.fetch(`http://localhost${path}`)).status).toBe(401);
  const agent = await signIn("Léa", [mine.key]);
  const asAgent = await exports.default.fetch(`http://localhost${path}`, {
    headers: { cookie: agent.cookie },
  });
  expect(asAgent.status).toBe(403);
  for (const [query, at] of [
    ["date=2026-02-30", "date"],
    ["date=tomorrow", "date"],
    ["date=0000-01-01", "date"],
    ["date=9999-12-31", "date"],
    ["date=", "date"],
    ["service_level=1", "service_level"],
    ["service_level=x", "service_level"],
    ["within_seconds=0", "within_seconds"],
    ["handle_seconds=-3", "handle_seconds"],
    ["patience_seconds=NaN", "patience_seconds"],
    ["slowdown=9", "slowdown"],
    ["concurrency=1.5", "concurrency"],
    ["date=2026-11-17&date=2026-11-18", "date"],
  ]) {
    const answer = await get(`${path}?${query}`, mine.apiKey);
    expect([query, answer.status]).toEqual([query, 400]);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid", path: at } });
  }
});
