/** Rules W11 to W14 of `docs/rules/why.md`: a draft played against visits that were, and what that costs in agents. */
import { expect, test, vi } from "vitest";
import { inHoldout } from "../../domain/experiments/allocation.ts";
import { Segment } from "../../domain/site/resources.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { Campaign, PublishedSite } from "../../domain/targeting/campaign.ts";
import {
  type DryRun,
  dryRunVisitor,
  prepareDryRun,
  type ReplayedVisit,
} from "../../domain/targeting/dry-run.ts";
import { chatsOf, DryRunTally } from "../../domain/targeting/dry-run-report.ts";
import { visitOfReplay, visitsOfEvents } from "../../domain/targeting/dry-run-visits.ts";
import { replayOf } from "../../domain/visit/replay.ts";
import { pageView, track, visitorAfter } from "./visit-state.ts";

vi.setConfig({ testTimeout: 120_000 });

const NOON = Date.UTC(2026, 10, 23, 11);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function draft(given: Record<string, unknown> = {}): Campaign {
  const base = { id: "cmp_draft", name: "Draft", kind: "chat", variants: [{ key: "a", creative: {} }] };
  return Campaign.parse({ ...base, version: 1, phase: 1, created_at: "", updated_at: "", ...given });
}

function live(given: Partial<Omit<PublishedSite, "settings">> & { settings?: object } = {}): PublishedSite {
  const settings = SiteSettings.parse({
    key: "demo",
    name: "Demo",
    timezone: "Europe/Paris",
    ...given.settings,
  });
  return PublishedSite.parse({
    site: "demo",
    version: 1,
    published_at: "",
    campaigns: [],
    ...given,
    settings,
  });
}

function ready(campaign: Campaign, site: PublishedSite = live()): DryRun {
  const run = prepareDryRun(site, campaign);
  if (run === null) throw new Error("the draft cannot be read");
  return run;
}

/** A visit that looks at two pages and the cart, an event every `stepMs`. */
function visit(start: number, { covered = true, stepMs = 20_000 } = {}): ReplayedVisit {
  const events = [
    pageView("/shop"),
    pageView("/panier"),
    track("Product Added", { product_id: "shirt", price: 89, quantity: 1 }),
    track("Cart Viewed"),
  ];
  const state = visitorAfter(events, { visitId: `ses_${start}` }, start);
  if (state.visit === null) throw new Error("no visit");
  const replay = replayOf(state.visit);
  const moments = replay.moments.map((moment, index) => ({
    ...moment,
    at: start + index * stepMs,
    freeSlots: covered ? 1 : 0,
  }));
  return visitOfReplay("ada", { ...replay, startedAt: start, moments });
}

test("W11: the condition is judged at each event and at the moments between them that time alone brings", () => {
  const onCart = { "page.path": "/panier", "page.seconds": { $gte: 12 } };
  const one = dryRunVisitor(ready(draft({ condition: onCart })), "ada", [visit(NOON)]);
  // The page opens 20 s after the visit's start; 12 s later nothing happens but time.
  expect(one.exposures).toEqual([{ at: NOON + 32_000, arm: "treated", variant: "a" }]);
  const later = { "page.path": "/panier", "page.seconds": { $gte: 3_600 } };
  expect(dryRunVisitor(ready(draft({ condition: later })), "ada", [visit(NOON)]).exposures).toEqual([]);
  const cart = { "cart.items": 1, "event.name": "Cart Viewed" };
  const two = dryRunVisitor(ready(draft({ condition: cart })), "ada", [visit(NOON)]);
  expect(two.exposures.map(({ at }) => at)).toEqual([NOON + 60_000]);
});

test("W12: caps count what the replay itself showed, over all visits of the visitor", () => {
  const visits = () => [0, 2, 30, 60].map((hours) => visit(NOON + hours * HOUR_MS));
  const of = (caps: object) => dryRunVisitor(ready(draft({ caps })), "ada", visits());
  // Without a cap one offer stands ten minutes: once a visit.
  expect(of({}).exposures).toHaveLength(4);
  expect(of({ per_visitor: 2 }).exposures.map(({ at }) => (at - NOON) / HOUR_MS)).toEqual([0, 2]);
  expect(of({ per_visitor: 1, per_days: 1 }).exposures.map(({ at }) => (at - NOON) / HOUR_MS)).toEqual([
    0, 30, 60,
  ]);
  expect(of({ cooldown_seconds: 3 * 3_600 }).exposures.map(({ at }) => (at - NOON) / HOUR_MS)).toEqual([
    0, 30, 60,
  ]);
  expect(of({ per_visitor: 2 }).codes).toEqual(["treated", "open_decision", "per_visitor"]);
});

test("W12: a gate that opens by itself between two events lets the visitor pass then", () => {
  const schedule = { from: new Date(NOON + 45_000).toISOString() };
  const run = dryRunVisitor(ready(draft({ schedule })), "ada", [visit(NOON)]);
  expect(run.codes[0]).toBe("schedule");
  expect(run.exposures.map(({ at }) => at)).toEqual([NOON + 45_000]);
});

test("W13: segments, pressure and the site-wide hold-out are those of the site; places are the visit's own flag", () => {
  const segments = [
    Segment.parse({ key: "rich", name: "Rich", condition: { "cart.value": { $gte: 50 } } }),
    Segment.parse({ key: "calm", name: "Calm", condition: { "session.pages": { $gte: 2 } }, exclude: true }),
  ];
  const rich = draft({ condition: { "segment.rich": true } });
  const inside = live({ segments: segments.slice(0, 1) });
  expect(dryRunVisitor(ready(rich, inside), "ada", [visit(NOON)]).exposures).toHaveLength(1);
  expect(dryRunVisitor(ready(rich, live({ segments })), "ada", [visit(NOON)]).codes).toEqual(["excluded"]);

  const pressed = live({ settings: { pressure: { per_visitor: 1 } } });
  const twice = [visit(NOON), visit(NOON + DAY_MS)];
  expect(dryRunVisitor(ready(draft(), pressed), "ada", twice).exposures).toHaveLength(1);
  const halves = live({ settings: { global_holdout: 0.5 } });
  const held = Array.from({ length: 40 }, (_, index) => `visitor-${index}`).filter(
    (visitor) => dryRunVisitor(ready(draft(), halves), visitor, [visit(NOON)]).codes[0] === "global_holdout",
  );
  expect(held.length).toBeGreaterThan(10);
  expect(held.length).toBeLessThan(30);

  const agent = draft({ requires_agent: true, caps: { per_session: 1 } });
  expect(dryRunVisitor(ready(agent), "ada", [visit(NOON, { covered: false })]).codes).toEqual(["capacity"]);
  expect(dryRunVisitor(ready(agent), "ada", [visit(NOON)]).exposures).toHaveLength(1);
});

test("W14: the arms are those of the campaign's own hash, and every visitor counts once", () => {
  const run = ready(draft({ holdout: 0.3, condition: { "cart.items": 1 }, caps: { per_session: 1 } }));
  const tally = new DryRunTally();
  const treated: string[] = [];
  for (let index = 0; index < 400; index += 1) {
    const visitor = `visitor-${index}`;
    const visits = [visit(NOON + index * 60_000), visit(NOON + index * 60_000 + DAY_MS)];
    const told = dryRunVisitor(run, visitor, visits);
    if (told.exposures.every(({ arm }) => arm === "treated")) treated.push(visitor);
    tally.add(told);
  }
  tally.add(dryRunVisitor(run, "looker", []));
  const report = tally.report();
  const seed = { seed: "cmp_draft:1:holdout", share: 0.3 };
  expect(treated.every((visitor) => !inHoldout(visitor, seed))).toBe(true);
  expect(report).toMatchObject({ visits: 800, visitors: 401, matched: 400, eligible: 400, stopped: [] });
  expect(report.shown).toBe(treated.length);
  expect(report.shown + report.heldOut).toBe(report.eligible);
  const moments = report.hours.map(({ shown, heldOut }) => shown + heldOut);
  expect(moments.reduce((sum, one) => sum + one, 0)).toBe(800);
});

test("W15: chats an hour are the shown moments over all hours of the span, times the acceptance", () => {
  const tally = new DryRunTally();
  const run = ready(draft());
  for (const hours of [0, 0, 0, 9]) {
    tally.add(dryRunVisitor(run, `visitor-${hours}`, [visit(NOON + hours * HOUR_MS)]));
  }
  const report = tally.report();
  expect(report.hours.map(({ shown }) => shown)).toEqual([3, 1]);
  expect(chatsOf(report, 0.5)).toEqual({ perHour: (4 / 10) * 0.5, busiestHour: 1.5 });
  expect(chatsOf(new DryRunTally().report(), 0.5)).toBeNull();
});

test("W16: a file's messages are cut into visits by the site's idle time and judged like any others", () => {
  const at = (seconds: number) => ({ at: NOON + seconds * 1_000 });
  const events = [
    { ...pageView("/shop"), ...at(0) },
    { ...pageView("/panier"), ...at(30) },
    { ...pageView("/shop"), ...at(3_600) },
  ];
  const device = { type: null, browser: null, os: null, language: null };
  const place = { country: null, region: null, city: null };
  const visits = visitsOfEvents(
    "ada",
    events.map((event) => ({ event, device, place })),
    { site: "demo", idleMs: 30 * 60_000, currency: "EUR", funnels: [] },
  );
  expect(visits.map(({ moments }) => [...moments].length)).toEqual([2, 1]);
  const run = ready(draft({ condition: { "page.path": "/panier" }, requires_agent: true }));
  expect(dryRunVisitor(run, "ada", visits).exposures.map(({ at: moment }) => moment)).toEqual([
    NOON + 30_000,
  ]);
});
