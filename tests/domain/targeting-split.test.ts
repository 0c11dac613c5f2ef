/** Rule T76 of `docs/rules/targeting.md`: over a hundred thousand visitors and random rules, every split is what was drawn. */
import { expect, test, vi } from "vitest";
import { globalHoldoutSeed, inHoldout } from "../../domain/experiments/allocation.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { Campaign, PublishedSite } from "../../domain/targeting/campaign.ts";
import { compileSite, judge } from "../../domain/targeting/judge.ts";
import { delayOf, expose, gateOf } from "../../domain/visit/engage.ts";
import { type KnownExposure, newVisitor, type VisitorState } from "../../domain/visit/state.ts";
import { mulberry } from "../mulberry.ts";
import { NOON, pageView, visitorAfter } from "./visit-state.ts";

/** A simulation, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 240_000 });

const VISITORS = 100_000;
const MOMENTS = 3;
const CAMPAIGNS = 12;
const DAY_MS = 86_400_000;
const LEAST_P = 0.001;

const random = mulberry(20_261_123);
const below = (count: number) => Math.floor(random() * count);
const oneOf = <T>(list: readonly [T, ...T[]]): T => list[below(list.length)] ?? list[0];

const PATHS = ["/", "/cart", "/shop/shirt", "/help", "/checkout"] as const;
const DEVICES = ["desktop", "mobile", "tablet"] as const;

/** One thing that a random rule may ask for. */
const CLAUSES: (() => Campaign["condition"])[] = [
  () => ({ "cart.value": { $gte: below(200) } }),
  () => ({ "cart.items": { $in: [below(4), below(4)] } }),
  () => ({ "page.path": { $ne: oneOf(PATHS) } }),
  () => ({ "device.type": oneOf(DEVICES) }),
  () => ({ $or: [{ "session.pages": { $gt: below(6) } }, { "page.path": oneOf(PATHS) }] }),
  () => ({ $not: { "visitor.visits": { $gt: below(6) } } }),
  () => ({ "engagement.shown": { $lt: 1 + below(3) } }),
];

function randomCampaign(_: unknown, index: number): Campaign {
  const clauses = CLAUSES.filter(() => random() < 0.25).map((clause) => clause());
  return Campaign.parse({
    id: `cmp_${index}`,
    name: `${index}`,
    status: "live",
    kind: oneOf(["chat", "offer", "content"] as const),
    condition: { $and: clauses },
    priority: below(3),
    value: below(50),
    holdout: oneOf([0.05, 0.1, 0.2, 0.5] as const),
    requires_agent: random() < 0.3,
    caps: { per_visitor: 1 + below(2), after_decline_days: below(4) },
    variants: Array.from({ length: 1 + below(4) }, (_each, variant) => ({
      key: `v${variant}`,
      weight: oneOf([0.2, 0.5, 1] as const),
      creative: {},
    })),
    version: 1,
    phase: 1 + below(5),
    created_at: "2026-11-01T00:00:00Z",
    updated_at: "2026-11-01T00:00:00Z",
  });
}

const settings = SiteSettings.parse({
  key: "demo",
  name: "Demo",
  global_holdout: 0.05,
  pressure: { per_visitor: 4 },
});
const compiled = compileSite(
  PublishedSite.parse({
    site: "demo",
    version: 1,
    published_at: "2026-11-23T00:00:00Z",
    settings,
    campaigns: Array.from({ length: CAMPAIGNS }, randomCampaign),
  }),
);

/** Half of the ids as a counter gives them, half as browsers draw them. */
function nameOf(index: number): string {
  return index % 2 === 0
    ? `visitor-${index}`
    : Array.from({ length: 4 }, () => below(1e9).toString(36)).join("-");
}

function randomFacts(state: VisitorState): object {
  return {
    page: { path: oneOf(PATHS), seconds: 0 },
    session: { pages: 1 + below(8), seconds: 0 },
    cart: { value: below(250), items: below(4) },
    device: { type: oneOf(DEVICES) },
    visitor: { visits: 1 + below(8) },
    engagement: { shown: state.exposures.length, accepted: 0, declined: 0 },
    event: { name: "Page Viewed", properties: {} },
  };
}

const [page] = [pageView("/")];
const template = visitorAfter([page]).visit;

/** The visitor's way through the real steps: judged, gated, given a place or not, exposed. */
function live(visitor: string): KnownExposure[] {
  let state: VisitorState = newVisitor("demo", visitor, NOON);
  const globalHoldout = inHoldout(visitor, {
    seed: globalHoldoutSeed("demo"),
    share: settings.global_holdout,
  });
  for (let turn = 0; turn < MOMENTS; turn += 1) {
    const now = NOON + turn * DAY_MS;
    state = { ...state, visit: template && { ...template, id: `ses_${turn}`, globalHoldout } };
    const clock = { now, pageStartedAt: now, sessionStartedAt: now, lastEngagementAt: null };
    const { candidates } = judge(compiled, randomFacts(state), { ...clock, timezone: compiled.timezone });
    for (const { campaign: id } of candidates) {
      const campaign = compiled.byId.get(id)?.campaign;
      if (!campaign || !gateOf(state, campaign, { now, pressure: settings.pressure }).ok) continue;
      if (campaign.requires_agent && random() < 0.4) continue;
      const agent = campaign.requires_agent
        ? { name: "Léa", until: now + 60_000 + delayOf(state, campaign) }
        : null;
      const exposed = expose(state, campaign, `dec_${turn}`, agent, { now, languages: ["fr"] });
      state = answered(exposed.state, exposed.exposure, now);
      break;
    }
  }
  return state.exposures;
}

/** Those who saw something answer as people do, and what they do bears on what they are offered later. */
function answered(state: VisitorState, { id, arm }: KnownExposure, now: number): VisitorState {
  const mood = random();
  if (arm === "holdout" || mood < 0.4) return { ...state, open: null, outbox: [] };
  const answer = mood < 0.7 ? { declinedAt: now + 1_000 } : { openedAt: now + 1_000 };
  const exposures = state.exposures.map((known) => (known.id === id ? { ...known, ...answer } : known));
  return { ...state, exposures, open: null, outbox: [] };
}

/** The chance that a χ² with `degrees` is at least `value`. */
function chanceOf(value: number, degrees: number): number {
  const [a, x] = [degrees / 2, value / 2];
  let gamma = degrees % 2 === 0 ? 1 : Math.sqrt(Math.PI);
  for (let at = degrees % 2 === 0 ? 1 : 0.5; at < a; at += 1) gamma *= at;
  let term = (x ** a * Math.exp(-x)) / (gamma * a);
  let lower = 0;
  for (let at = a + 1; term > 1e-16 * (lower + 1e-300); at += 1) {
    lower += term;
    term *= x / at;
  }
  return Math.max(0, 1 - lower);
}

function chiSquare(cells: readonly { seen: number; expected: number }[]): number {
  return cells.reduce((sum, { seen, expected }) => sum + (seen - expected) ** 2 / expected, 0);
}

/** Two by two: the arms of one campaign against those of another, among who was eligible for both. */
function dependence(table: readonly [number, number, number, number]): number {
  const [a, b, c, d] = table;
  const n = a + b + c + d;
  const cells = [
    { seen: a, expected: ((a + b) * (a + c)) / n },
    { seen: b, expected: ((a + b) * (b + d)) / n },
    { seen: c, expected: ((c + d) * (a + c)) / n },
    { seen: d, expected: ((c + d) * (b + d)) / n },
  ];
  return chiSquare(cells);
}

test("T76: no sample-ratio mismatch, and no campaign's arm tells anything of another's", () => {
  const counts = new Map<string, Map<string, number>>();
  const pairs = new Map<string, [number, number, number, number]>();
  let engaged = 0;
  for (let index = 0; index < VISITORS; index += 1) {
    const firsts = new Map<string, KnownExposure>();
    for (const exposure of live(nameOf(index)))
      if (!firsts.has(exposure.campaign)) firsts.set(exposure.campaign, exposure);
    engaged += firsts.size;
    for (const [campaign, { arm, variant }] of firsts) {
      const cells = counts.get(campaign) ?? new Map<string, number>();
      cells.set(`${arm} ${variant}`, (cells.get(`${arm} ${variant}`) ?? 0) + 1);
      counts.set(campaign, cells);
      for (const [other, { arm: theirs }] of firsts) {
        if (other <= campaign) continue;
        const table = pairs.get(`${campaign} ${other}`) ?? [0, 0, 0, 0];
        const cell = (arm === "holdout" ? 2 : 0) + (theirs === "holdout" ? 1 : 0);
        table[cell] = (table[cell] ?? 0) + 1;
        pairs.set(`${campaign} ${other}`, table);
      }
    }
  }

  const splits = [...counts].map(([id, seen]) => {
    const { holdout = 0, variants = [] } = compiled.byId.get(id)?.campaign ?? {};
    const n = [...seen.values()].reduce((sum, count) => sum + count, 0);
    const weights = variants.reduce((sum, { weight }) => sum + weight, 0);
    const cells = variants.flatMap(({ key, weight }) =>
      (["treated", "holdout"] as const).map((arm) => ({
        seen: seen.get(`${arm} ${key}`) ?? 0,
        expected: (n * (arm === "holdout" ? holdout : 1 - holdout) * weight) / weights,
      })),
    );
    return { id, n, p: chanceOf(chiSquare(cells), cells.length - 1) };
  });
  const tables = [...pairs]
    .filter(([, table]) => table.every((cell) => cell >= 5))
    .map(([id, table]) => ({
      id,
      n: table.reduce((sum, cell) => sum + cell, 0),
      p: chanceOf(dependence(table), 1),
    }));
  const [worstSplit] = splits.toSorted((a, b) => a.p - b.p);
  const [worstPair] = tables.toSorted((a, b) => a.p - b.p);
  console.log(
    `${VISITORS} visitors, ${engaged} first exposures, ${splits.length} campaigns, ${tables.length} pairs;`,
    `least p of a split ${worstSplit?.p.toFixed(4)} (${worstSplit?.n} in ${worstSplit?.id}),`,
    `of a dependence ${worstPair?.p.toFixed(4)} (${worstPair?.n} in ${worstPair?.id})`,
  );
  expect(splits.length).toBeGreaterThan(8);
  expect(tables.length).toBeGreaterThan(20);
  for (const { id, p } of [...splits, ...tables]) expect(p, id).toBeGreaterThanOrEqual(LEAST_P);
});

test("T76: these figures would show a mismatch and a dependence", () => {
  expect(chanceOf(3.841_458_820_694_124, 1)).toBeCloseTo(0.05, 9);
  expect(chanceOf(18.466_826_952_903_17, 4)).toBeCloseTo(0.001, 9);
  expect(chanceOf(24.321_886_347_856_85, 7)).toBeCloseTo(0.001, 9);
  const skewed = [
    { seen: 8_800, expected: 9_000 },
    { seen: 1_200, expected: 1_000 },
  ];
  expect(chanceOf(chiSquare(skewed), 1)).toBeLessThan(LEAST_P);
  expect(chanceOf(dependence([4_600, 400, 4_400, 600]), 1)).toBeLessThan(LEAST_P);
});
