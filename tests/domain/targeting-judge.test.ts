/** Rules T18 to T22 and T29 of `docs/rules/targeting.md`: the judgement of an event, and when to ask again. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Campaign } from "../../domain/targeting/campaign.ts";
import { compileSite, judge, wakeAfterGate } from "../../domain/targeting/judge.ts";
import type { Clock } from "../../domain/targeting/time-driven.ts";
import { campaign, NOON, PARIS, siteOf } from "./targeting-site.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const site = (...campaigns: Campaign[]) => siteOf(campaigns);

const clock: Clock = {
  now: NOON,
  pageStartedAt: NOON - 10_000,
  sessionStartedAt: NOON - 60_000,
  lastEngagementAt: null,
  timezone: PARIS,
};

const facts = {
  page: { path: "/shop/cart", seconds: 0 },
  session: { seconds: 0, pages: 4 },
  cart: { items: 3, value: 120 },
  event: { name: "Cart Viewed", properties: {} },
};
const cart = {
  "page.path": { $regex: "^/shop/cart" },
  "cart.items": { $gte: 3 },
  "page.seconds": { $gte: 30 },
};

test("T18: live campaigns that match, the higher priority first, then the lower id", () => {
  const compiled = compileSite(
    site(
      campaign("cmp_b", { priority: 5 }),
      campaign("cmp_low"),
      campaign("cmp_a", { priority: 5 }),
      campaign("cmp_draft", { status: "draft", priority: 9 }),
      campaign("cmp_paused", { status: "paused", priority: 9 }),
      campaign("cmp_elsewhere", { condition: { "page.path": "/" }, priority: 9 }),
    ),
  );
  const judgement = judge(compiled, facts, clock);
  expect(judgement.candidates.map((each) => each.campaign)).toEqual(["cmp_a", "cmp_b", "cmp_low"]);
  expect(judgement).toMatchObject({ wakeAfterMs: null, excludedBy: null, unreadable: [] });
});

test("T19: a campaign that cannot be read is left out whole and reported; the others are judged", () => {
  const compiled = compileSite(
    site(campaign("cmp_bad", { condition: { $not: { "cart.items": { $near: 1 } } } }), campaign("cmp_good")),
  );
  const judgement = judge(compiled, facts, clock);
  expect(judgement.candidates.map((each) => each.campaign)).toEqual(["cmp_good"]);
  expect(judgement.unreadable).toMatchObject([
    { campaign: "cmp_bad", problems: [{ path: "$not.cart.items.$near" }] },
  ]);
});

test("T20: the cart campaign of the demo wakes the page at its second, and a Wake then brings it", () => {
  const compiled = compileSite(site(campaign("cmp_cart", { condition: cart })));
  expect(judge(compiled, facts, clock)).toMatchObject({ candidates: [], wakeAfterMs: 20_000 });

  const wake = { ...facts, event: { name: "Wake", properties: {} } };
  expect(judge(compiled, wake, { ...clock, now: NOON + 19_999 })).toMatchObject({
    candidates: [],
    wakeAfterMs: 1,
  });
  const judgement = judge(compiled, wake, { ...clock, now: NOON + 20_000 });
  expect(judgement.wakeAfterMs).toBeNull();
  expect(judgement.candidates).toEqual([{ campaign: "cmp_cart", phase: 1, expectedValue: 0 }]);
});

test("T20: the least of all campaigns' moments counts, with the schedule's opening", () => {
  const hours = [{ dayOfWeek: ["Monday" as const], opens: "13:01", closes: "18:00" }];
  const compiled = compileSite(
    site(
      campaign("cmp_late", { condition: { "page.seconds": { $gte: 90 } } }),
      campaign("cmp_opens", { schedule: { hours } }),
      campaign("cmp_both", { schedule: { hours }, condition: { "page.seconds": { $gte: 30, $lt: 60 } } }),
    ),
  );
  expect(judge(compiled, facts, clock)).toMatchObject({
    candidates: [{ campaign: "cmp_opens" }],
    wakeAfterMs: 60_000,
  });
  // By the opening, 70 seconds of the page view have passed: that campaign will not come.
  expect(wakeAfterGate(compiled, "cmp_both", facts, clock, NOON)).toBeNull();
});

test("T21: an event condition is judged for a Wake at the later moment, so no wake is in vain", () => {
  const compiled = compileSite(
    site(campaign("cmp_added", { condition: { "event.name": "Cart Viewed", "page.seconds": { $gte: 30 } } })),
  );
  expect(judge(compiled, facts, clock).wakeAfterMs).toBeNull();
});

/** The same meaning, in a form that no drawer of the index takes. */
const hidden = (given: object) => ({ $or: [given] });

test("T22: leaving campaigns out by page and event changes no answer", () => {
  const paths = ["/", "/shop/cart", "/shop/cart/2", "/shop.cart", "/sho", "null"];
  const names = ["Cart Viewed", "Wake", "Page Viewed"];
  const part = fc.oneof(
    fc.constantFrom(...paths).map((path) => ({ "page.path": path })),
    fc.constantFrom(...paths).map((path) => ({ "page.path": { $eq: path } })),
    fc
      .constantFrom(
        "^/shop",
        "^/shop/cart",
        "^/shop\\/cart",
        "^/shop.cart",
        "^/shop*",
        "^/shop/cart$",
        "^/a|/cart",
        "cart",
        "^/shop?/?",
      )
      .map((source) => ({
        "page.path": { $regex: source },
      })),
    fc.constantFrom(...names).map((name) => ({ "event.name": name })),
    fc.uniqueArray(fc.constantFrom(...names)).map((list) => ({ "event.name": { $in: list } })),
    fc.constantFrom(5, 20, 40).map((n) => ({ "page.seconds": { $gte: n } })),
  );
  const condition = fc.oneof(
    fc.array(part, { maxLength: 3 }).map((parts) => Object.assign({}, ...parts) as object),
    fc.array(part, { maxLength: 3 }).map((parts) => ({ $and: parts })),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({ $or: parts })),
    part.map((each) => ({ $not: each })),
  );
  fc.assert(
    fc.property(
      fc.array(condition, { maxLength: 5 }),
      fc.option(fc.constantFrom(...paths)),
      fc.constantFrom(...names),
      (list, path, name) => {
        const of = (wrap: (given: object) => object) =>
          compileSite(
            site(
              ...list.map((each, index) =>
                campaign(`cmp_${index}`, { condition: wrap(each) as Campaign["condition"] }),
              ),
            ),
          );
        const given = { page: path === null ? {} : { path }, event: { name, properties: {} } };
        const indexed = judge(
          of((each) => each),
          given,
          clock,
        );
        const plain = judge(of(hidden), given, clock);
        expect(indexed.candidates.map((each) => each.campaign)).toEqual(
          plain.candidates.map((each) => each.campaign),
        );
        expect(indexed.wakeAfterMs).toBe(plain.wakeAfterMs);
      },
    ),
    { numRuns: 2_000 },
  );
}, 60_000);

test("T18: two hundred campaigns are judged in a few milliseconds", () => {
  const many = Array.from({ length: 200 }, (_, index) =>
    campaign(`cmp_${index}`, {
      condition: { ...cart, "page.path": { $regex: `^/shop/p${index}` }, "time.hour": { $gte: 9, $lt: 18 } },
    }),
  );
  const compiled = compileSite(site(...many));
  judge(compiled, facts, clock);
  const started = performance.now();
  for (let round = 0; round < 20; round += 1) judge(compiled, facts, clock);
  expect((performance.now() - started) / 20).toBeLessThan(20);
});

test("T29: the wake after a cool-down is the moment at which it and the condition both hold", () => {
  const compiled = compileSite(site(campaign("cmp_1", { condition: { "page.seconds": { $gte: 30 } } })));
  expect(wakeAfterGate(compiled, "cmp_1", facts, clock, NOON + 5_000)).toBe(20_000);
  expect(wakeAfterGate(compiled, "cmp_1", facts, clock, NOON + 50_000)).toBe(50_000);
  expect(wakeAfterGate(compiled, "cmp_gone", facts, clock, NOON + 50_000)).toBeNull();
});

test("T29: a cool-down delays the wake of a condition that is still to come, and what never passes asks for none", () => {
  const compiled = compileSite(
    site(campaign("cmp_1", { condition: { "page.seconds": { $gte: 30, $lt: 100 } } })),
  );
  const wake = (notBefore: number | null) => judge(compiled, facts, clock, () => notBefore).wakeAfterMs;
  expect(wake(NOON)).toBe(20_000);
  expect(wake(NOON + 50_000)).toBe(50_000);
  expect(wake(NOON + 95_000)).toBeNull();
  expect(wake(null)).toBeNull();
});
