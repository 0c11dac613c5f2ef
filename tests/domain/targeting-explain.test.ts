/** Rules W1 to W4 of `docs/rules/why.md`: the explanation of a moment says what the judgement and the gates did. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Pressure, SiteSettings } from "../../domain/site/settings.ts";
import { Segment } from "../../domain/site/resources.ts";
import { Campaign, type PublishedSite } from "../../domain/targeting/campaign.ts";
import { explain, type ExplainInput } from "../../domain/targeting/explain.ts";
import { explainCondition, leavesOf, scoreOf } from "../../domain/targeting/explain-condition.ts";
import { checkLocalGates } from "../../domain/targeting/gates.ts";
import { compileSite, judge } from "../../domain/targeting/judge.ts";
import type { Clock } from "../../domain/targeting/time-driven.ts";

vi.setConfig({ testTimeout: 120_000 });

const NOON = Date.parse("2026-11-23T11:00:00Z");
const HOUR_MS = 3_600_000;

const clock: Clock = {
  now: NOON,
  pageStartedAt: NOON - 45_000,
  sessionStartedAt: NOON - 600_000,
  lastEngagementAt: null,
  timezone: "Europe/Paris",
};

function campaign(id: string, given: Record<string, unknown> = {}): Campaign {
  const base = { id, name: id, status: "live", kind: "chat", variants: [{ key: "a", creative: {} }] };
  const kept = { version: 1, phase: 1, created_at: "", updated_at: "" };
  return Campaign.parse({ ...base, ...kept, ...given });
}

function published(campaigns: Campaign[], segments: Segment[] = [], pressure: Pressure = {}): PublishedSite {
  const settings = SiteSettings.parse({ key: "demo", name: "Demo", timezone: "Europe/Paris", pressure });
  return { site: "demo", version: 1, published_at: "", settings, campaigns, segments, funnels: [] };
}

const nobody: ExplainInput = {
  visitor: "ada",
  exposures: [],
  sessionId: "ses_now",
  openDecision: false,
  globalHoldout: false,
  pressure: {},
  freeSlots: 1,
  recorded: null,
};

const seen = {
  page: { path: "/panier", seconds: 0 },
  cart: { value: 289, items: 3 },
  signals: { hesitation: 0 },
  engagement: { accepted: 0 },
  event: { name: "Wake", properties: {} },
};
const cartHelp = {
  "page.path": { $regex: "^/panier" },
  "cart.items": { $gte: 3 },
  $or: [{ "page.seconds": { $gte: 45 } }, { "signals.hesitation": { $gte: 1 } }],
  "engagement.accepted": 0,
};

const PATHS = ["page.path", "page.seconds", "cart.items", "cart.value", "event.name", "geo.city"];
const OPERANDS: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>("/panier", "/", 0, 3, 45, true, false, null),
  fc.record({ $gte: fc.integer({ min: -1, max: 60 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $in: fc.array(fc.constantFrom<unknown>("/panier", 3, "Lyon"), { maxLength: 3 }) }),
  fc.record({ $not: fc.record({ $lt: fc.integer({ min: 0, max: 50 }) }) }),
);
type Condition = Record<string, unknown>;
const LEAVES = fc.dictionary(fc.constantFrom(...PATHS), OPERANDS, { maxKeys: 3 });

/** Leaves, and below `depth` levels of them groups of every sort. */
function conditions(depth: number): fc.Arbitrary<Condition> {
  if (depth === 0) return LEAVES;
  const inner = conditions(depth - 1);
  const lists = fc.dictionary(fc.constantFrom("$and", "$or", "$nor"), fc.array(inner, { maxLength: 3 }), {
    maxKeys: 2,
  });
  const not = fc.dictionary(fc.constant("$not"), inner, { maxKeys: 1 });
  return fc
    .tuple(LEAVES, lists, not)
    .map(([leaves, groups, negated]) => ({ ...leaves, ...groups, ...negated }));
}
const CONDITIONS = conditions(2);

const FACTS = fc.record({
  page: fc.record({ path: fc.constantFrom("/panier", "/", "/aide"), seconds: fc.constant(0) }),
  cart: fc.record({ items: fc.integer({ min: 0, max: 5 }), value: fc.integer({ min: 0, max: 300 }) }),
  geo: fc.record({ city: fc.constantFrom("Lyon", "Paris") }, { requiredKeys: [] }),
  event: fc.record({ name: fc.constantFrom("Wake", "/panier", "Cart Viewed"), properties: fc.constant({}) }),
});
const moments = fc.option(fc.integer({ min: 1, max: 40 }), { nil: null });
const EXPOSURES = fc.array(
  fc.record({
    id: fc.constantFrom("cmp_0", "cmp_1"),
    hoursAgo: fc.integer({ min: 1, max: 90 }),
    declined: moments,
  }),
  { maxLength: 4 },
);
const small = fc.option(fc.integer({ min: 1, max: 4 }), { nil: null });
const CAPS = fc.record({
  per_session: small,
  per_visitor: small,
  per_days: small,
  after_decline_days: small,
  cooldown_seconds: fc.option(fc.constantFrom(60, 7_200, 400_000), { nil: null }),
});
const PRESSURE = fc.record({
  per_session: small,
  per_visitor: small,
  per_days: small,
  cooldown_seconds: fc.option(fc.constantFrom(60, 7_200, 400_000), { nil: null }),
  after_decline_kind_days: small,
  after_decline_site_days: small,
});
const CAMPAIGN = fc.record({
  condition: CONDITIONS,
  caps: CAPS,
  priority: fc.integer({ min: 0, max: 2 }),
  requires_agent: fc.boolean(),
  holdout: fc.constantFrom(0, 0.5, 1),
  schedule: fc.constantFrom<object>({}, { to: "2026-11-20T00:00:00Z" }, { from: "2026-11-20T00:00:00Z" }),
  namespace: fc.constantFrom(null, { key: "n", from: 0, to: 0.5 }),
});

function exposed({ id, hoursAgo, declined }: { id: string; hoursAgo: number; declined: number | null }) {
  const eligibleAt = NOON - hoursAgo * HOUR_MS;
  return {
    id: `dec_${id}_${hoursAgo}`,
    campaign: id,
    phase: 1,
    variant: "a",
    kind: "chat" as const,
    arm: "treated" as const,
    probability: 1,
    eligibleAt,
    expiresAt: eligibleAt + 600_000,
    shownAt: null,
    openedAt: null,
    declinedAt: declined === null ? null : eligibleAt + declined * 1_000,
    ignoredAt: null,
    clickedAt: null,
    revision: 1,
    sessionId: hoursAgo < 10 ? "ses_now" : "ses_before",
  };
}

test("W1 W3: matched exactly where the judgement matches, stopped by the very gate that stops", () => {
  const world = fc.record({
    campaigns: fc.array(CAMPAIGN, { minLength: 1, maxLength: 3 }),
    rich: CONDITIONS,
    alone: fc.option(CONDITIONS, { nil: null }),
    facts: FACTS,
    exposures: EXPOSURES,
    pressure: PRESSURE,
    globalHoldout: fc.boolean(),
    openDecision: fc.boolean(),
    freeSlots: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(world, ({ campaigns, rich, alone, facts, exposures, pressure, freeSlots, ...state }) => {
      const segments = [
        Segment.parse({ key: "rich", name: "Rich", condition: withoutSegments(rich) }),
        ...(alone === null
          ? []
          : [
              Segment.parse({
                key: "alone",
                name: "Alone",
                condition: withoutSegments(alone),
                exclude: true,
              }),
            ]),
      ];
      const live = campaigns.map((given, index) => campaign(`cmp_${index}`, given));
      const site = compileSite(published(live, segments, pressure));
      const input = { ...nobody, ...state, pressure, freeSlots, exposures: exposures.map(exposed) };
      const told = explain(site, facts, clock, input);
      const judged = judge(site, facts, clock);

      expect(told.excludedBy).toBe(judged.excludedBy);
      expect(told.segments.toSorted()).toEqual(judged.segments.toSorted());
      expect(told.campaigns.filter(({ matched }) => matched).map((row) => row.campaign)).toEqual(
        judged.candidates.map((each) => each.campaign),
      );
      for (const row of told.campaigns) {
        const compiled = site.byId.get(row.campaign);
        if (compiled === undefined) throw new Error("a campaign is explained that is not live");
        expect(row.condition.held).toBe(row.matched);
        if (!row.matched) {
          expect(row.result).toBe("not_matched");
          continue;
        }
        const gateInput = { ...input, excluded: judged.excludedBy !== null, now: NOON };
        const checked = checkLocalGates(compiled.campaign, compiled.schedule, gateInput);
        const first = row.gates.find(({ answer }) => answer === "no")?.gate ?? null;
        const needed = compiled.campaign.requires_agent && freeSlots === 0 ? "capacity" : null;
        expect(first).toBe(checked.ok ? needed : checked.gate);
        expect(row.firstNo).toEqual(first === null ? null : expect.objectContaining({ gate: first }));
      }
      const passing = told.campaigns.filter(
        ({ matched, gates }) => matched && gates.every(({ answer }) => answer !== "no"),
      );
      expect(told.engaged).toBe(passing[0]?.campaign ?? null);
      expect(passing.slice(1).every(({ result }) => result === "outranked")).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

/** A segment's own condition may not ask about itself. */
function withoutSegments(condition: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(condition).replaceAll("segment.rich", "cart.items")) as Record<
    string,
    unknown
  >;
}

test("W2: each group is told as it is, each leaf with the fact's value, and the parts that held are counted", () => {
  const held = explainCondition(cartHelp, { ...seen, page: { path: "/panier", seconds: 45 } });
  expect(scoreOf(held)).toEqual({ held: 4, of: 4 });
  expect(held.parts.map(({ kind }) => kind)).toEqual(["leaf", "leaf", "any", "leaf"]);
  expect(leavesOf(held).map(({ path, value, held: yes }) => [path, value, yes])).toEqual([
    ["page.path", "/panier", true],
    ["cart.items", 3, true],
    ["page.seconds", 45, true],
    ["signals.hesitation", 0, false],
    ["engagement.accepted", 0, true],
  ]);
  const none = explainCondition({ $nor: [{ "cart.items": 3 }, { "geo.city": "Lyon" }] }, seen);
  expect(none.parts[0]).toMatchObject({ kind: "none", held: false });
  expect(leavesOf(none).map(({ value }) => value)).toEqual([3, null]);
  expect(scoreOf(explainCondition({}, seen))).toEqual({ held: 0, of: 0 });
});

test("W4: the first part that said no is named with its value, and so is the first gate", () => {
  const site = compileSite(
    published([
      campaign("cmp_first", {
        priority: 3,
        condition: { "page.path": "/panier", "cart.items": { $gte: 5 } },
      }),
      campaign("cmp_none", {
        priority: 2,
        condition: { $nor: [{ "geo.city": "Lyon" }, { "cart.items": 3 }] },
      }),
      campaign("cmp_capped", { priority: 1, condition: cartHelp, caps: { per_visitor: 2, per_days: 7 } }),
      campaign("cmp_agent", { requires_agent: true }),
    ]),
  );
  const exposures = [20, 30].map((hoursAgo) => exposed({ id: "cmp_capped", hoursAgo, declined: null }));
  const told = explain(site, seen, clock, { ...nobody, exposures, freeSlots: 0 });
  const by = new Map(told.campaigns.map((row) => [row.campaign, row]));
  expect(by.get("cmp_first")?.firstNo).toMatchObject({ kind: "condition", path: "cart.items", value: 3 });
  expect(by.get("cmp_first")?.score).toEqual({ held: 1, of: 2 });
  expect(by.get("cmp_none")?.firstNo).toMatchObject({ kind: "condition", path: "cart.items", value: 3 });
  expect(by.get("cmp_capped")?.firstNo).toEqual({ kind: "gate", gate: "per_visitor", needed: 2, seen: 2 });
  expect(by.get("cmp_agent")?.firstNo).toEqual({ kind: "gate", gate: "capacity", needed: 1, seen: 0 });
  const answers = by.get("cmp_capped")?.gates.map(({ gate, answer }) => [gate, answer]);
  expect(answers).toContainEqual(["per_session", "not_applicable"]);
  expect(answers).toContainEqual(["after_decline", "not_evaluated"]);
  expect(answers).toContainEqual(["open_decision", "yes"]);
});

test("W4: what was in fact decided is told, and what else would have passed stood behind it", () => {
  const site = compileSite(
    published([campaign("cmp_high", { priority: 2 }), campaign("cmp_low", { requires_agent: true })]),
  );
  const told = explain(site, seen, clock, nobody);
  expect(told.campaigns.map(({ result }) => result)).toEqual(["treated", "outranked"]);
  const recorded = {
    campaign: "cmp_low",
    id: "dec_1",
    arm: "holdout" as const,
    variant: "a",
    probability: 0.2,
  };
  const fact = explain(site, seen, clock, { ...nobody, freeSlots: 0, recorded });
  expect(fact.engaged).toBe("cmp_low");
  expect(fact.campaigns.map(({ result }) => result)).toEqual(["outranked", "holdout"]);
  expect(fact.campaigns[1]?.assignment).toEqual({ arm: "holdout", variant: "a", probability: 0.2 });
});
