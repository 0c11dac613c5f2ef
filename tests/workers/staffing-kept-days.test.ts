/** Days of the desk that are kept, against all of history: late, doubled, cut short, across a change of clocks. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import type { Arrivals } from "../../domain/staffing/kept-day.ts";
import { dateAt, daysFrom, localDays, QUARTER_MS } from "../../domain/staffing/local-day.ts";
import { type ObservedChat, observed } from "../../domain/staffing/observed.ts";
import { journeySite } from "../../workers/journeys/kept-days.ts";
import { type Cells, CELLS, chatOf } from "../../workers/kpis/history-rows.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { buildStaffing, readPastDays } from "../../workers/staffing/kept-days.ts";
import { reportIntraday } from "../../workers/staffing/report.ts";
import { mulberry } from "../mulberry.ts";
import { mortal, tell } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Around the end of summer time in Europe. */
const FROM = Date.parse("2026-10-23T00:00:00Z");
const DAYS = 5;
const NOW = Date.parse("2026-11-02T09:30:00Z");
const zones = fc.constantFrom("Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe");
const asked = {
  date: null,
  share: 0.8,
  withinSeconds: null,
  assumed: { handleSeconds: null, patienceSeconds: null, slowdown: null, concurrency: null },
};

const number = (max: number) => fc.integer({ min: 0, max });
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

function chatTold(
  id: string,
  created_at: number,
  more: Partial<RecordOf<"conversations">>,
): RecordOf<"conversations"> {
  return {
    table: "conversations",
    id,
    revision: 1,
    visitor_id: "v1",
    user_id: null,
    decision_id: null,
    skill: null,
    locale: null,
    page: null,
    status: more.closed_at == null ? "open" : "closed",
    agent_id: null,
    created_at,
    queued_at: null,
    assigned_at: null,
    first_visitor_message_at: null,
    first_agent_message_at: null,
    last_message_at: null,
    closed_at: null,
    close_reason: null,
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
    ...more,
  };
}

/** A conversation as it is told over and over: made, begun (hours later, perhaps), answered, over. */
const conversation = fc
  .record({
    n: number(9),
    at: number(DAYS * 24 * 6 - 1),
    speaks: fc.constantFrom(0, 20_000, 3 * HOUR_MS, 20 * HOUR_MS),
    answered: fc.boolean(),
    closes: maybe(number(40 * 60)),
    idle: fc.boolean(),
    decision: maybe(number(4)),
  })
  .map(({ n, at, speaks, answered, closes, idle, decision }) => {
    const created = FROM + at * 10 * MINUTE_MS + n;
    const spoke = created + speaks;
    return [1, 2, 3].map((revision) => {
      const over = revision === 3 && closes !== null;
      const taken = answered && revision === 3 ? spoke + 30_000 : null;
      return chatTold(`cnv_${n}`, created, {
        revision,
        visitor_id: `v${n % 3}`,
        decision_id: decision === null ? null : `dec_${decision}`,
        agent_id: taken === null ? null : `agent_${n % 2}`,
        assigned_at: taken,
        first_visitor_message_at: revision >= 2 ? spoke : null,
        first_agent_message_at: taken,
        closed_at: over ? spoke + closes * MINUTE_MS : null,
        close_reason: over && idle ? "idle" : null,
        last_message_at: over ? (taken ?? spoke) : null,
        ...(over && idle ? { left_at: spoke + (closes * MINUTE_MS) / 2 } : {}),
        ...(over && taken !== null ? { handovers: handedOn(taken, n) } : {}),
      });
    });
  });

/** Of some, a colleague dropped out after a minute, and another came later. */
function handedOn(at: number, n: number): NonNullable<RecordOf<"conversations">["handovers"]> {
  const hand = { from: null, to: null, skill: null };
  const first = { ...hand, at, kind: "assigned" as const, to: `agent_${(n + 1) % 2}` };
  const gone = { ...hand, at: at + MINUTE_MS, kind: "requeued" as const, from: first.to };
  const next = { ...hand, at: at + 5 * MINUTE_MS, kind: "assigned" as const, to: `agent_${n % 2}` };
  return n % 3 === 0 ? [first, gone, next] : n % 3 === 1 ? [first] : [];
}

const exposure = fc.record({ n: number(4), at: number(DAYS * 24 - 1) }).map(({ n, at }) => [
  {
    table: "exposures",
    id: `dec_${n}`,
    revision: 1,
    visitor_id: "v0",
    session_id: "ses_0",
    campaign_id: `cmp_${n % 2}`,
    phase: 1,
    variant: "a",
    kind: "chat",
    arm: "treated",
    probability: 0.5,
    eligible_at: FROM + at * HOUR_MS,
    shown_at: null,
    opened_at: null,
    declined_at: null,
    ignored_at: null,
    clicked_at: null,
  } satisfies RecordOf<"exposures">,
]);

/** Everything that is told, in any order, some of it twice, in three batches. */
const tellings: fc.Arbitrary<HistoryRecord[][]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: conversation }, exposure), { minLength: 3, maxLength: 14 })
  .map(ofOneBeginning)
  .chain((records) => fc.shuffledSubarray([...records, ...records.slice(0, 5)], { minLength: 3 }))
  .map((records) => {
    const third = Math.ceil(records.length / 3);
    return [records.slice(0, third), records.slice(third, 2 * third), records.slice(2 * third)];
  });

/** Of what has one id, only the first thing that was generated. */
function ofOneBeginning(things: HistoryRecord[][]): HistoryRecord[] {
  return [...Map.groupBy(things, ([first]) => first?.id).values()].flatMap(([one]) => one ?? []);
}

async function worldOf(zone: string) {
  const { key: site } = await makeSite({ timezone: zone });
  const days = localDays("2026-10-20", 13, zone);
  const counted = journeySite(site, await readSettings(env, site));
  const read = async (world: Env = env) => {
    const pending: Promise<unknown>[] = [];
    const past = await readPastDays(world, counted, { days, chatDays: days }, NOW, (work) => {
      pending.push(Promise.allSettled([work]));
    });
    return { past, kept: Promise.all(pending) };
  };
  return { site, read };
}

/** The same from every row there is, without a look at its day. */
async function allOf(site: string): Promise<{ arrivals: Map<number, number>; chats: ObservedChat[] }> {
  const rows = await env.DB.prepare(
    `SELECT ${CELLS.conversations} FROM conversations c
     LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id
     WHERE c.site = ? AND first_visitor_message_at IS NOT NULL ORDER BY first_visitor_message_at DESC, c.id DESC`,
  )
    .bind(site)
    .raw<Cells>();
  const chats = rows.map((cells) => observed(chatOf(cells)));
  const arrivals = new Map<number, number>();
  for (const { startedAt } of chats) {
    const quarter = Math.floor(startedAt / QUARTER_MS);
    arrivals.set(quarter, (arrivals.get(quarter) ?? 0) + 1);
  }
  return { arrivals, chats };
}

async function expectAll(site: string, past: { arrivals: Arrivals[]; chats: ObservedChat[] }): Promise<void> {
  const all = await allOf(site);
  expect(new Map(past.arrivals)).toEqual(all.arrivals);
  expect(past.arrivals).toHaveLength(all.arrivals.size);
  expect(past.chats).toEqual(all.chats);
}

test("STA15: in whatever order history arrives, late and doubled, past days are what all of history gives", async () => {
  await fc.assert(
    fc.asyncProperty(tellings, zones, async (batches, zone) => {
      const { site, read } = await worldOf(zone);
      for (const records of batches) {
        await tell(site, records);
        for (let again = 0; again < 2; again += 1) {
          const { past, kept } = await read();
          await kept;
          await expectAll(site, past);
        }
      }
    }),
    { numRuns: 15 },
  );
}, 300_000);

test("STA16: who counts may be killed at any step, beside another, and no figure is wrong", async () => {
  const lives = fc.array(number(9), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(tellings, zones, lives, async (batches, zone, steps) => {
      const { site, read } = await worldOf(zone);
      for (const [index, records] of batches.entries()) {
        await tell(site, records);
        let left = steps[index] ?? 0;
        const [dying] = await Promise.allSettled([read(mortal(() => (left -= 1) < 0))]);
        if (dying.status === "fulfilled") await dying.value.kept;
        for (const { past, kept } of await Promise.all([read(), read()])) {
          await kept;
          await expectAll(site, past);
        }
        const { past } = await read();
        await expectAll(site, past);
      }
    }),
    { numRuns: 15 },
  );
}, 300_000);

/** D1 for somebody who is overtaken by `write` before the call of that number. */
function overtaken(call: number, write: () => Promise<void>): Env {
  let calls = 0;
  const turn = async () => {
    calls += 1;
    if (calls === call) await write();
  };
  const inner = new WeakMap<object, D1PreparedStatement>();
  const slow = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => slow(target.bind(...values));
        const own = Reflect.get(target, name, target) as (...given: unknown[]) => unknown;
        return async (...given: unknown[]) => {
          await turn();
          return own.apply(target, given);
        };
      },
    });
    inner.set(proxy, statement);
    return proxy;
  };
  const batch = async (statements: D1PreparedStatement[]) => {
    await turn();
    return env.DB.batch(statements.map((statement) => inner.get(statement) ?? statement));
  };
  const db = new Proxy(env.DB, {
    get: (target, name) =>
      name === "batch" ? batch : name === "prepare" ? (sql: string) => slow(target.prepare(sql)) : null,
  });
  return new Proxy(env, {
    get: (target, name) => (name === "DB" ? db : (Reflect.get(target, name) as unknown)),
  });
}

test("STA16: what is written while somebody counts is counted, wherever it comes between", async () => {
  await fc.assert(
    fc.asyncProperty(tellings, zones, fc.boolean(), async ([first, ...rest], zone, isKept) => {
      for (const call of [2, 3, 4, 5, 6, 7]) {
        const { site, read } = await worldOf(zone);
        await tell(site, first ?? []);
        if (isKept) await (await read()).kept;
        let told = false;
        const write = async () => {
          told = true;
          await tell(site, rest.flat());
        };
        const slow = await read(overtaken(call, write));
        await slow.kept;
        // Told twice, it would be marked twice.
        if (!told) await write();
        const { past, kept } = await read();
        await kept;
        await expectAll(site, past);
      }
    }),
    { numRuns: 5 },
  );
}, 300_000);

/** So many days of a desk until now, as the consumer leaves them, so many conversations on each. */
async function keepWeeks(site: string, days: number, perDay: number): Promise<void> {
  const random = mulberry(20_261_102);
  const today = NOW - (NOW % DAY_MS);
  const rows = Array.from({ length: days * perDay }, (_, index) => {
    const came = today - Math.floor(index / perDay) * DAY_MS + Math.floor((7 + 11 * random()) * HOUR_MS);
    const closed = came + 700_000 + Math.floor(random() * 15 * MINUTE_MS);
    return { id: `cnv_${index}`, came, closed, left: index % 5 === 0 ? 1 : 0, agent: `agent_${index % 3}` };
  });
  await env.DB.prepare(
    `INSERT INTO conversations (site, id, revision, visitor_id, decision_id, status, agent_id, created_at, assigned_at,
       first_visitor_message_at, first_agent_message_at, closed_at, close_reason, visitor_messages, agent_messages)
     SELECT ?1, value ->> 'id', 1, 'v', iif(value ->> 'came' % 3, NULL, value ->> 'id'), 'closed',
       iif(value ->> 'left', NULL, value ->> 'agent'), value ->> 'came' - 5,
       iif(value ->> 'left', NULL, value ->> 'came' + 9), value ->> 'came',
       iif(value ->> 'left', NULL, value ->> 'came' + 20000), value ->> 'closed',
       iif(value ->> 'left', 'idle', NULL), 1, 1
     FROM json_each(?2) WHERE value ->> 'closed' < ?3`,
  )
    .bind(site, JSON.stringify(rows), NOW)
    .run();
  await env.DB.prepare(
    `INSERT INTO exposures (site, id, revision, visitor_id, session_id, campaign_id, phase, variant, kind, arm,
       probability, eligible_at)
     SELECT site, decision_id, 1, 'v', 's', 'cmp_0', 1, 'a', 'chat', 'treated', 1, created_at
     FROM conversations WHERE site = ? AND decision_id IS NOT NULL`,
  )
    .bind(site)
    .run();
}

test("STA15: a day's whole staffing is the same from what is kept and from history, of any day", async () => {
  const { key: site } = await makeSite({ timezone: "Europe/Paris" });
  await keepWeeks(site, 45, 30);
  const day = (by: number) => daysFrom(dateAt(NOW, "Europe/Paris"), by);
  for (const date of [null, day(-1), day(-8), day(-25), day(3), day(9)]) {
    await env.DB.prepare("DELETE FROM journey_days WHERE site = ?").bind(site).run();
    const pending: Promise<unknown>[] = [];
    const report = () => reportIntraday(env, site, { ...asked, date }, NOW, (work) => pending.push(work));
    const live = await report();
    expect(pending.length).toBeGreaterThan(0);
    expect(live.forecast.ok).toBe(true);
    expect(live.parameters).toMatchObject({
      handle: { source: "measured" },
      patience: { source: "measured" },
    });
    await Promise.all(pending.splice(0));
    expect(await report()).toEqual(live);
    expect(pending).toEqual([]);
  }
}, 60_000);

test("STA17: a day that nothing touches is not read again, one that is touched is counted at once, and the schedule keeps up", async () => {
  const { key: site } = await makeSite({ timezone: "UTC" });
  await keepWeeks(site, 20, 8);
  for (let counted = 1; counted > 0;) counted = await buildStaffing(env, NOW);
  const came = async () => {
    const pending: Promise<unknown>[] = [];
    const { intervals } = await reportIntraday(env, site, { ...asked, date: "2026-10-27" }, NOW, (work) =>
      pending.push(work),
    );
    await Promise.all(pending);
    return {
      sum: intervals.reduce((sum, { arrivals }) => sum + (arrivals ?? 0), 0),
      counted: pending.length,
    };
  };
  const before = await came();
  expect(before).toMatchObject({ counted: 0 });
  expect(before.sum).toBeGreaterThan(0);

  // Behind history's back: nobody looks.
  await env.DB.prepare("UPDATE conversations SET first_visitor_message_at = NULL WHERE site = ?")
    .bind(site)
    .run();
  expect(await came()).toEqual(before);

  const at = Date.parse("2026-10-27T12:00:00Z");
  await tell(site, [chatTold("cnv_late", at, { first_visitor_message_at: at, closed_at: at + HOUR_MS })]);
  expect(await came()).toEqual({ sum: 1, counted: 1 });
  expect(await came()).toEqual({ sum: 1, counted: 0 });
  // The estimates of today read that day's conversations, which nobody has asked for yet.
  expect(await buildStaffing(env, NOW)).toBe(1);
  expect(await buildStaffing(env, NOW)).toBe(0);
});
