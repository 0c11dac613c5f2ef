/** A day's staffing through the API: from rows of history to quarter hours, and who may ask. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { type WireInterval, WireIntraday } from "../../domain/staffing/intraday-wire.ts";
import { agentStates } from "../../migrations/schema.ts";
import { signIn } from "./login.ts";
import { tell } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
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

/** A conversation of `site` that came at `at` and was answered `wait` later, or left, is told to history. */
async function came(site: string, at: number, wait: number | null): Promise<void> {
  const id = `cnv_${at}`;
  const answered = wait === null ? null : at + wait;
  await tell(site, [
    {
      table: "conversations",
      id,
      revision: 1,
      visitor_id: id,
      user_id: null,
      decision_id: null,
      skill: null,
      locale: null,
      page: null,
      status: "closed",
      agent_id: wait === null ? null : "usr_lea",
      created_at: at - 1_000,
      queued_at: null,
      assigned_at: answered,
      first_visitor_message_at: at,
      first_agent_message_at: answered,
      last_message_at: at,
      closed_at: at + 300_000,
      close_reason: null,
      outcome: null,
      visitor_messages: 1,
      agent_messages: 1,
      text: null,
    },
  ]);
}

test("STA7 STA9 STA10: each counts in its quarter hour; with too short a history what is assumed is reckoned with, and named", async () => {
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
  const nothing = ({ forecast, needed, gap }: WireInterval) =>
    forecast === null && needed === null && gap === null;
  expect(empty.intervals.every(nothing)).toBe(true);

  const noon = CAME + 12 * HOUR_MS;
  await came(key, noon, 20_000);
  await came(key, noon + 1, 90_000);
  await came(key, noon + QUARTER_MS - 1, null);
  await came(key, noon + QUARTER_MS, 40_000);
  await drizzle(env.DB)
    .insert(agentStates)
    .values({
      site: key,
      id: "ast_1",
      revision: 1,
      agentId: "usr_lea",
      state: "online",
      capacity: 2,
      startedAt: noon,
      endedAt: noon + HOUR_MS,
    });
  const asked = `date=${dateOf(CAME)}&handle_seconds=600&patience_seconds=90&slowdown=0.1&within_seconds=30`;
  const day = await read(`${path}?${asked}`, apiKey);
  expect(day.days_missing).toBe(14);
  expect(day.so_far).toMatchObject({
    arrivals: 4,
    service_level: { numerator: 1, denominator: 4 },
    abandonment: { numerator: 1, denominator: 4 },
  });
  expect(day.intervals[48]).toMatchObject({
    from: new Date(noon).toISOString(),
    open: true,
    over: true,
    arrivals: 3,
    agents: 1,
    agents_from: "logged_in",
    reached: { service_level: { numerator: 1, denominator: 3 } },
    // Four in the hour.
    needed: { erlang_a: 1, erlang_c: 1 },
    gap: 0,
  });
  expect(day.intervals[49]).toMatchObject({ arrivals: 1 });
  expect(day.intervals[0]).toMatchObject({ open: false, needed: null, gap: null });
  expect(day.model).toMatchObject({
    name: "erlang_a",
    patience_seconds: { value: 90, source: "assumed", n: 1 },
    handle_seconds: { value: 600, source: "assumed", n: 3 },
    concurrency: { value: 2, source: "measured" },
  });
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
