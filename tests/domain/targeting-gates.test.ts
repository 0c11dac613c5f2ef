/** Rules T23 to T29 and T60 to T64 of `docs/rules/targeting.md`: what a visitor's own history allows, and until when not. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { inNamespace } from "../../domain/experiments/allocation.ts";
import { Pressure, SiteSettings } from "../../domain/site/settings.ts";
import { Campaign, type Caps } from "../../domain/targeting/campaign.ts";
import type { Exposure } from "../../domain/targeting/decision.ts";
import { checkLocalGates, type GateInput, gatesFor } from "../../domain/targeting/gates.ts";
import { GATES } from "../../domain/targeting/outcome.ts";
import { OUTCOMES } from "../../domain/targeting/outcome.ts";
import { readSchedule } from "../../domain/targeting/schedule.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const NOON = Date.parse("2026-11-23T12:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SITE = SiteSettings.parse({ key: "demo", name: "Demo", timezone: "Europe/Paris" });

type Given = Partial<Pick<Campaign, "kind" | "caps" | "schedule" | "namespace">>;
type Listed = Exposure & { sessionId: string };

let counter = 0;
function exposure(given: Partial<Listed> = {}): Listed {
  counter += 1;
  const eligibleAt = given.eligibleAt ?? NOON - HOUR_MS;
  return {
    id: `dec_${counter}`,
    campaign: "cmp_1",
    phase: 1,
    variant: "a",
    kind: "chat",
    arm: "treated",
    probability: 1,
    eligibleAt,
    expiresAt: eligibleAt + 600_000,
    shownAt: null,
    openedAt: null,
    declinedAt: null,
    ignoredAt: null,
    clickedAt: null,
    revision: 1,
    sessionId: "ses_now",
    ...given,
  };
}

function inputOf(given: Partial<GateInput> = {}): GateInput {
  return {
    visitor: "ada",
    exposures: [],
    sessionId: "ses_now",
    openDecision: false,
    globalHoldout: false,
    excluded: false,
    pressure: {},
    now: NOON,
    ...given,
  };
}

function gates({ schedule = {}, ...given }: Given, input: Partial<GateInput> = {}) {
  const campaign = { id: "cmp_1", kind: "chat" as const, caps: {}, ...given };
  return checkLocalGates(campaign, readSchedule(schedule, SITE), inputOf(input));
}

/** The gate that is shut, if any. */
function gate(given: Given, input: Partial<GateInput> = {}) {
  const answer = gates(given, input);
  return answer.ok ? null : answer.gate;
}

const closed = { hours: [{ dayOfWeek: ["Tuesday" as const], opens: "09:00", closes: "10:00" }] };
const TUESDAY_NINE = Date.parse("2026-11-24T08:00:00Z");
const declined = exposure({ declinedAt: NOON - DAY_MS, sessionId: "ses_before" });
const shut = (name: string, until: number | null) => ({ ok: false, gate: name, until });

test("T23: with no history and no caps everything passes; the site-wide hold-out never does", () => {
  expect(gates({})).toEqual({ ok: true });
  expect(gates({ schedule: closed }, { globalHoldout: true, excluded: true })).toEqual(
    shut("global_holdout", null),
  );
});

test("T23: the gates answer in their order, which is that of the words they are logged under", () => {
  expect(OUTCOMES.filter((code) => GATES.some((each) => each === code))).toEqual([...GATES]);
  const namespace = { key: "one", from: 0, to: 0.0001 };
  expect(inNamespace("ada", namespace)).toBe(false);
  const one = exposure({ eligibleAt: NOON - 1_000, expiresAt: NOON + 60_000 });
  const two = exposure({ eligibleAt: NOON - 3_000, declinedAt: NOON - 2_000 });
  const caps = { per_session: 1, per_visitor: 1, cooldown_seconds: 60, after_decline_days: 7 };
  const pressure = {
    per_session: 1,
    per_visitor: 1,
    cooldown_seconds: 60,
    after_decline_kind_days: 7,
    after_decline_site_days: 7,
  };
  let given: Given = { caps, schedule: closed, namespace };
  let input: Partial<GateInput> = { exposures: [one, two], pressure, excluded: true, globalHoldout: true };
  const open: Record<(typeof GATES)[number], () => void> = {
    global_holdout: () => (input = { ...input, globalHoldout: false }),
    excluded: () => (input = { ...input, excluded: false }),
    schedule: () => (given = { ...given, schedule: {} }),
    open_decision: () => (input = { ...input, exposures: [two] }),
    per_session: () => (given = { ...given, caps: { ...given.caps, per_session: null } }),
    per_visitor: () => (given = { ...given, caps: { ...given.caps, per_visitor: null } }),
    cooldown: () => (given = { ...given, caps: { ...given.caps, cooldown_seconds: null } }),
    after_decline: () => (given = { ...given, caps: {} }),
    site_per_session: () => (input = { ...input, sessionId: "ses_next" }),
    site_per_visitor: () => (input = { ...input, pressure: { ...input.pressure, per_visitor: null } }),
    site_cooldown: () => (input = { ...input, pressure: { ...input.pressure, cooldown_seconds: null } }),
    kind_after_decline: () => (given = { ...given, kind: "offer" }),
    site_after_decline: () => (input = { ...input, pressure: {} }),
    namespace: () => (given = { ...given, namespace: null }),
  };
  for (const name of GATES) {
    expect(gate(given, input)).toBe(name);
    open[name]();
  }
  expect(gate(given, input)).toBeNull();
});

test("T24: one engagement at a time: an unanswered one blocks every campaign until it expires", () => {
  const open = exposure({ campaign: "cmp_other", eligibleAt: NOON - 1_000, expiresAt: NOON + 60_000 });
  expect(gates({}, { exposures: [open] })).toEqual(shut("open_decision", NOON + 60_000));
  for (const answered of ["openedAt", "declinedAt", "ignoredAt"] as const) {
    expect(gates({}, { exposures: [{ ...open, [answered]: NOON - 500 }] })).toEqual({ ok: true });
  }
  expect(gates({}, { exposures: [open], now: NOON + 60_000 })).toEqual({ ok: true });
  expect(gates({}, { openDecision: true })).toEqual(shut("open_decision", null));
});

test("T25: per session counts this campaign in this session", () => {
  const caps = { per_session: 2 };
  const one = exposure();
  expect(gates({ caps }, { exposures: [one] })).toEqual({ ok: true });
  expect(gates({ caps }, { exposures: [one, exposure()] })).toEqual(shut("per_session", null));
  expect(gates({ caps }, { exposures: [one, exposure({ sessionId: "ses_before" })] })).toEqual({ ok: true });
  expect(gates({ caps }, { exposures: [one, exposure({ campaign: "cmp_other" })] })).toEqual({ ok: true });
});

const daysAgo = (count: number, more: Partial<Listed> = {}) =>
  exposure({ eligibleAt: NOON - count * DAY_MS, sessionId: "ses_before", ...more });

test("T26: per visitor counts inside its span, over all phases, and opens as the oldest leaves it", () => {
  const caps = { per_visitor: 2, per_days: 7 };
  expect(gates({ caps }, { exposures: [daysAgo(8), daysAgo(3)] })).toEqual({ ok: true });
  expect(gates({ caps }, { exposures: [daysAgo(6, { phase: 0 }), daysAgo(3)] })).toEqual(
    shut("per_visitor", NOON + DAY_MS),
  );
  expect(gates({ caps }, { exposures: [daysAgo(6), daysAgo(5), daysAgo(3)] })).toEqual(
    shut("per_visitor", NOON + 2 * DAY_MS),
  );
  expect(gates({ caps: { per_visitor: 2 } }, { exposures: [daysAgo(300), daysAgo(200)] })).toEqual(
    shut("per_visitor", null),
  );
});

test("T27: after a decline the campaign rests, and only that campaign", () => {
  const caps = { after_decline_days: 3 };
  expect(gates({ caps }, { exposures: [declined] })).toEqual(shut("after_decline", NOON + 2 * DAY_MS));
  expect(gates({ caps: { after_decline_days: 1 } }, { exposures: [declined] })).toEqual({ ok: true });
  expect(
    gates({ caps: { after_decline_days: 0 } }, { exposures: [{ ...declined, declinedAt: NOON }] }),
  ).toEqual({ ok: true });
  expect(gates({}, { exposures: [declined] })).toEqual({ ok: true });
  expect(gates({ caps }, { exposures: [{ ...declined, campaign: "cmp_other" }] })).toEqual({ ok: true });
});

test("T60: the site's pressure counts every campaign of every kind, in both arms", () => {
  const others = [
    daysAgo(6, { campaign: "cmp_2", kind: "offer" }),
    daysAgo(3, { campaign: "cmp_3", kind: "content", arm: "holdout", sessionId: "ses_now" }),
  ];
  const under = (pressure: Pressure) => gates({}, { exposures: others, pressure });
  expect(under({ per_session: 2, per_visitor: 3 })).toEqual({ ok: true });
  expect(under({ per_session: 1 })).toEqual(shut("site_per_session", null));
  expect(under({ per_visitor: 2 })).toEqual(shut("site_per_visitor", null));
  expect(under({ per_visitor: 2, per_days: 7 })).toEqual(shut("site_per_visitor", NOON + DAY_MS));
  expect(under({ per_visitor: 2, per_days: 6 })).toEqual({ ok: true });
  expect(under({ cooldown_seconds: 4 * 86_400 })).toEqual(shut("site_cooldown", NOON + DAY_MS));
  expect(under({ cooldown_seconds: 3 * 86_400 })).toEqual({ ok: true });
});

test("T61: a campaign's cool-down counts from its own last eligible moment", () => {
  const caps = { cooldown_seconds: 7_200 };
  const list = [daysAgo(2), exposure({ eligibleAt: NOON - HOUR_MS })];
  expect(gates({ caps }, { exposures: list })).toEqual(shut("cooldown", NOON + HOUR_MS));
  expect(gates({ caps }, { exposures: list, now: NOON + HOUR_MS })).toEqual({ ok: true });
  expect(gates({ caps }, { exposures: [exposure({ campaign: "cmp_2" })] })).toEqual({ ok: true });
});

test("T62: a decline is remembered by its kind and by the site, each for its own days", () => {
  const other = { ...declined, campaign: "cmp_2" };
  const kind = { after_decline_kind_days: 2 };
  expect(gates({}, { exposures: [other], pressure: kind })).toEqual(
    shut("kind_after_decline", NOON + DAY_MS),
  );
  expect(gates({ kind: "offer" }, { exposures: [other], pressure: kind })).toEqual({ ok: true });
  expect(gates({ kind: "offer" }, { exposures: [other], pressure: { after_decline_site_days: 3 } })).toEqual(
    shut("site_after_decline", NOON + 2 * DAY_MS),
  );
  const both = { after_decline_kind_days: 2, after_decline_site_days: 5 };
  expect(gates({}, { exposures: [other], pressure: both })).toEqual(
    shut("kind_after_decline", NOON + 4 * DAY_MS),
  );
});

const hour = fc.integer({ min: 0, max: 40 * 24 }).map((hours) => NOON - hours * HOUR_MS);
const anyExposure = fc
  .record({
    campaign: fc.constantFrom("cmp_1", "cmp_2", "cmp_3"),
    kind: fc.constantFrom("chat" as const, "offer" as const),
    eligibleAt: hour,
    lasts: fc.integer({ min: 1, max: 3 }),
    sessionId: fc.constantFrom("ses_now", "ses_before"),
    declined: fc.boolean(),
  })
  .map(({ lasts, declined: no, ...known }) => {
    const { eligibleAt } = known;
    const declinedAt = no ? Math.min(NOON, eligibleAt + HOUR_MS) : null;
    return exposure({ ...known, expiresAt: eligibleAt + lasts * HOUR_MS, declinedAt });
  });
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 });
const anyCaps: fc.Arbitrary<Caps> = fc.record({
  per_session: rarely(fc.integer({ min: 1, max: 3 })),
  per_visitor: rarely(fc.integer({ min: 1, max: 4 })),
  per_days: fc.option(fc.integer({ min: 1, max: 30 }), { freq: 5 }),
  after_decline_days: rarely(fc.integer({ min: 0, max: 30 })),
  cooldown_seconds: rarely(fc.integer({ min: 1, max: 500 }).map((hours) => hours * 3_600)),
});
const anyPressure: fc.Arbitrary<Pressure> = fc.record({
  per_session: rarely(fc.integer({ min: 2, max: 5 })),
  per_visitor: rarely(fc.integer({ min: 1, max: 6 })),
  per_days: fc.option(fc.integer({ min: 1, max: 30 }), { freq: 5 }),
  cooldown_seconds: rarely(fc.integer({ min: 1, max: 300 }).map((hours) => hours * 3_600)),
  after_decline_kind_days: rarely(fc.integer({ min: 1, max: 20 })),
  after_decline_site_days: rarely(fc.integer({ min: 1, max: 20 })),
});
const anySchedule = fc.constantFrom<Campaign["schedule"]>(
  {},
  {},
  closed,
  { to: "2026-12-01T00:00:00Z" },
  { from: "2026-11-25T00:00:00Z", ...closed },
);

test("T28: a ghost counts in every gate exactly as a shown offer that nobody declined", () => {
  fc.assert(
    fc.property(
      fc.array(anyExposure, { maxLength: 8 }),
      ...([anyCaps, anySchedule, anyPressure] as const),
      (list, caps, schedule, pressure) => {
        const undeclined = list.map((each) => ({ ...each, declinedAt: null }));
        const shown = undeclined.map((each) => ({ ...each, shownAt: each.eligibleAt }));
        const ghosts = undeclined.map((each) => ({ ...each, arm: "holdout" as const }));
        expect(gates({ caps, schedule }, { exposures: ghosts, pressure })).toEqual(
          gates({ caps, schedule }, { exposures: shown, pressure }),
        );
      },
    ),
    { numRuns: 500 },
  );
});

/**
 * The gates as one would say them, at one moment, by counting. Everything lies on full hours, so nothing changes
 * between two of them.
 */
function modelPasses(caps: Caps, schedule: Campaign["schedule"], pressure: Pressure, list: Listed[]) {
  const own = list.filter(({ campaign }) => campaign === "cmp_1");
  const inside = (each: Listed[], days: number | null | undefined, at: number) =>
    each.filter(({ eligibleAt }) => !days || at - eligibleAt < days * DAY_MS).length;
  const here = (each: Listed[]) => each.filter(({ sessionId }) => sessionId === "ses_now").length;
  const soon = (each: Listed[], seconds: number | null | undefined, at: number) =>
    each.some(({ eligibleAt }) => (at - eligibleAt) / 1_000 < (seconds ?? 0));
  const sore = (each: Listed[], days: number | null | undefined, at: number) =>
    each.some(({ declinedAt }) => declinedAt !== null && at - declinedAt < (days ?? 0) * DAY_MS);
  const crowded = (each: Listed[], limits: Pressure | Caps, at: number) =>
    here(each) >= (limits.per_session ?? Infinity) ||
    inside(each, limits.per_days, at) >= (limits.per_visitor ?? Infinity) ||
    soon(each, limits.cooldown_seconds, at);
  return (at: number) => {
    const wall = new Date(at + HOUR_MS);
    const hours = schedule.hours ? wall.getUTCDay() === 2 && wall.getUTCHours() === 9 : true;
    const dates =
      at >= Date.parse(schedule.from ?? "1970-01-01") && at < Date.parse(schedule.to ?? "2100-01-01");
    const waiting = list.some((each) => each.declinedAt === null && at < each.expiresAt);
    const kin = list.filter(({ kind }) => kind === "chat");
    return !(
      !hours ||
      !dates ||
      waiting ||
      crowded(own, caps, at) ||
      crowded(list, pressure, at) ||
      sore(own, caps.after_decline_days, at) ||
      sore(kin, pressure.after_decline_kind_days, at) ||
      sore(list, pressure.after_decline_site_days, at)
    );
  };
}

test("T29 T63: `until` is the first moment at which every gate lets pass, as stepping through time finds it", () => {
  const reasons = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(anyExposure, { maxLength: 8 }),
      ...([anyCaps, anySchedule, anyPressure] as const),
      (exposures, caps, schedule, pressure) => {
        const passes = modelPasses(caps, schedule, pressure, exposures);
        const at = (now: number) => gates({ caps, schedule }, { exposures, pressure, now });
        const answer = at(NOON);
        expect(answer.ok).toBe(passes(NOON));
        if (answer.ok) return;
        reasons.set(answer.gate, (reasons.get(answer.gate) ?? 0) + 1);
        let step = NOON + HOUR_MS;
        const end = NOON + 45 * DAY_MS;
        while (step < end && !passes(step)) step += HOUR_MS;
        expect(answer.until).toBe(step < end ? step : null);
        if (answer.until === null) return;
        expect(at(answer.until)).toEqual({ ok: true });
        expect(at(answer.until - 1).ok).toBe(false);
      },
    ),
    { numRuns: 3_000 },
  );
  for (const name of [
    "cooldown",
    "site_per_visitor",
    "site_cooldown",
    "kind_after_decline",
    "site_after_decline",
  ])
    expect(reasons.get(name), name).toBeGreaterThan(10);
});

test("T29: a cool-down that ends in the night waits for the opening", () => {
  expect(
    gates(
      { schedule: closed, caps: { after_decline_days: 1 } },
      { exposures: [declined], now: NOON - 1_000 },
    ),
  ).toEqual(shut("schedule", TUESDAY_NINE));
});

test("T63: asking many campaigns at once answers as asking each alone", () => {
  const ids = ["cmp_1", "cmp_2", "cmp_3", "cmp_4"];
  fc.assert(
    fc.property(
      fc.array(anyExposure, { maxLength: 8 }),
      ...([anyCaps, anyPressure] as const),
      (exposures, caps, pressure) => {
        const input = inputOf({ exposures, pressure });
        const together = gatesFor(input);
        const schedule = readSchedule({}, SITE);
        for (const id of ids) {
          const campaign = { id, kind: "offer" as const, caps };
          expect(together(campaign, schedule)).toEqual(checkLocalGates(campaign, schedule, input));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("T64: campaigns of one namespace never share a visitor, and each range gets its share of them", () => {
  const parts = [0, 0.1, 0.25, 0.5, 0.75, 1].map((from, index, cuts) => ({
    key: "summer",
    from,
    to: cuts[index + 1] ?? 1,
  }));
  const ranges = parts.slice(0, -1);
  const visitors = 100_000;
  const counts = ranges.map(() => 0);
  let both = 0;
  for (let index = 0; index < visitors; index += 1) {
    // One after another, as ids come that somebody counts: the first hash fails on these.
    const inside = ranges.map((range) => inNamespace(`visitor-${index}`, range));
    expect(inside.filter(Boolean)).toHaveLength(1);
    counts[inside.indexOf(true)] = (counts[inside.indexOf(true)] ?? 0) + 1;
    if (inside[3] && inNamespace(`visitor-${index}`, { key: "winter", from: 0.5, to: 0.75 })) both += 1;
  }
  const chi = counts.reduce((sum, count, index) => {
    const expected = visitors * ((ranges[index]?.to ?? 0) - (ranges[index]?.from ?? 0));
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  // 4 degrees of freedom: 18.47 is p = .001.
  expect(chi).toBeLessThan(18.47);
  // Another key is another draw: a quarter of the quarter.
  expect(Math.abs(both - visitors / 16)).toBeLessThan(4 * Math.sqrt((visitors / 16) * (15 / 16)));
  expect(gate({ namespace: { key: "summer", from: 0, to: 1 } })).toBeNull();
});
