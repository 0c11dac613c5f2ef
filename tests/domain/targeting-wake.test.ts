/** Rules T51 to T55 of `docs/rules/targeting.md`: what is left out of a judgement, and what it says of later moments. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Segment } from "../../domain/site/resources.ts";
import type { Campaign } from "../../domain/targeting/campaign.ts";
import {
  type CompiledSite,
  compileSite,
  judge,
  type NotBefore,
  wakeAfterGate,
} from "../../domain/targeting/judge.ts";
import {
  campaign,
  clock,
  type Condition,
  HOUR_MS,
  NOON,
  SECOND_MS,
  segment,
  siteOf,
  wake,
} from "./targeting-site.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const groups = (leaf: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
  fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 2 },
      { weight: 3, arbitrary: leaf },
      { weight: 2, arbitrary: fc.array(leaf, { maxLength: 3 }).map((parts) => Object.assign({}, ...parts)) },
      fc
        .tuple(fc.constantFrom("$and", "$or", "$nor"), fc.array(tie("node"), { maxLength: 3 }))
        .map(([name, parts]) => ({ [name]: parts })),
      tie("node").map((part) => ({ $not: part })),
    ),
  })).node;

const paths = ["/", "/shop/cart", "/shop/cart/2", "/sho", "null"];
const names = ["Cart Viewed", "Wake", "Page Viewed"];
/** Any JSON a fact could be, the odd ones too. */
const anyValue = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>("/shop/cart", "FR", "mobile", "Wake", "", "0", "404", "true"),
  },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(0, 1, 404, true, false, null) },
  fc.constantFrom<unknown>([], ["FR"], ["/shop/cart"], {}, { a: 1 }),
);
const equality = fc.oneof(
  anyValue,
  anyValue.map((value) => ({ $eq: value })),
  fc.array(anyValue, { maxLength: 3 }).map((list) => ({ $in: list })),
  fc
    .constantFrom("^/shop", "^/shop/cart$", "^/shop*", "^nu", "^F", "^/a|/cart")
    .map((source) => ({ $regex: source })),
  fc.constantFrom<Condition>({ $ne: "FR" }, { $exists: true }, { $gte: 1 }, { $nin: ["FR"] }),
);
const anyFact = fc.constantFrom(
  "page.path",
  "event.name",
  "event.properties.kind",
  "geo.country",
  "device.type",
  "page.status",
  "visitor.identified",
  "visitor.traits.plan.name",
  "session.utm.source",
);
const seconds = fc.constantFrom("page.seconds", "session.seconds");
const comparison = fc.oneof(
  fc
    .tuple(fc.constantFrom("$gt", "$gte", "$lt", "$lte", "$eq", "$ne"), fc.integer({ min: 0, max: 90 }))
    .map(([name, n]) => ({ [name]: n })),
  fc
    .tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 90 }))
    .map(([a, b]) => ({ $gte: a, $lt: b })),
  fc.constantFrom({ $regex: "7$" }, { $vgte: "20" }, { $in: [12, 61, 75] }),
);
const timed = fc.tuple(seconds, comparison).map(([path, operand]) => ({ [path]: operand }));
const hourly = fc.oneof(
  fc.tuple(fc.nat(23), fc.nat(23)).map(([a, b]) => ({ "time.hour": { $gte: a, $lt: b } })),
  fc.constantFrom<Condition>({ "time.weekday": { $in: [6, 7] } }, { "time.weekday": { $gte: 3 } }),
);
const ofDesk = fc.oneof(
  fc.boolean().map((covered) => ({ "desk.covered": covered })),
  fc
    .tuple(fc.constantFrom("$gte", "$lt", "$eq"), fc.nat(3))
    .map(([name, n]) => ({ "desk.free_slots": { [name]: n } })),
  fc.tuple(fc.constantFrom("$gte", "$lte"), fc.constantFrom(0, 20, 40)).map(([name, n]) => ({
    "desk.wait_seconds": { [name]: n },
  })),
  fc.nat(2).map((n) => ({ "desk.skills.shirts": { $gte: n } })),
);
const KEYS = ["still", "timed", "desk", "both"];
const ofSegment = fc
  .tuple(
    fc.constantFrom(...KEYS),
    fc.constantFrom<unknown>(true, false, { $ne: true }, { $exists: true }, { $in: [true] }),
  )
  .map(([key, operand]) => ({ [`segment.${key}`]: operand }));
const plain = fc.oneof(
  fc.tuple(anyFact, equality).map(([path, operand]) => ({ [path]: operand })),
  fc.constantFrom(...paths).map((path) => ({ "page.path": path })),
  fc.constantFrom(...names).map((name) => ({ "event.name": name })),
);

/** Four segments, one for each way in which one may move; the last asks about two others. */
const anySegments = fc
  .record({
    still: groups(plain),
    timed: groups(fc.oneof(timed, hourly)),
    desk: groups(ofDesk),
    excluding: fc.option(fc.constantFrom(...KEYS)),
  })
  .map(({ still, timed: moved, desk, excluding }): Segment[] =>
    Object.entries({
      both: { $or: [{ "segment.timed": true }, { "segment.still": true }] },
      still,
      timed: moved,
      desk,
    }).map(([key, condition]) => segment(key, condition, { exclude: key === excluding })),
  );

const HOURS: Campaign["schedule"][] = [
  {},
  {},
  { hours: [{ dayOfWeek: ["Monday", "Tuesday"], opens: "09:00", closes: "13:01" }] },
  { hours: [{ dayOfWeek: ["Monday"], opens: "15:00", closes: "18:00" }] },
  { from: "2026-11-23T12:00:20Z", to: "2026-11-23T12:01:00Z" },
];
const campaignsAbout = (leaf: fc.Arbitrary<Condition>) =>
  fc
    .array(fc.record({ condition: groups(leaf), schedule: fc.constantFrom(...HOURS) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((list) => list.map((given, index) => campaign(`cmp_${index}`, given)));
const anyCampaigns = campaignsAbout(
  fc.oneof({ weight: 3, arbitrary: plain }, { weight: 2, arbitrary: timed }, hourly, ofDesk, {
    weight: 2,
    arbitrary: ofSegment,
  }),
);
const timedCampaigns = campaignsAbout(
  fc.oneof(plain, { weight: 4, arbitrary: timed }, { weight: 2, arbitrary: hourly }, ofSegment),
);
const deskCampaigns = campaignsAbout(fc.oneof(plain, { weight: 4, arbitrary: ofDesk }, timed, ofSegment));

const anyFacts = fc
  .record({
    values: fc.array(fc.tuple(anyFact, anyValue), { maxLength: 6 }),
    name: fc.constantFrom(...names),
    desk: fc.record(
      {
        covered: fc.boolean(),
        free_slots: fc.nat(2),
        wait_seconds: fc.constantFrom(0, 15, 60),
        skills: fc.record({ shirts: fc.nat(2) }),
      },
      { requiredKeys: ["covered", "free_slots", "skills"] },
    ),
  })
  .map(({ values, name, desk }) => {
    const facts: Record<string, Record<string, unknown>> = { event: { name, properties: {} }, desk };
    for (const [path, value] of values) {
      const [group = "", ...rest] = path.split(".");
      if (group !== "event") facts[group] = { ...facts[group], ...nested(rest, value) };
    }
    return facts;
  });

function nested([first = "", ...rest]: string[], value: unknown): Record<string, unknown> {
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

const idsOf = (list: readonly { campaign: string }[]) => list.map((each) => each.campaign);

test("T22 T51: leaving campaigns out by page, event or any other equality changes no answer", () => {
  let left = 0;
  fc.assert(
    fc.property(anyCampaigns, anySegments, anyFacts, (list, segments, facts) => {
      const indexed = compileSite(siteOf(list, segments));
      // The same meaning, in a form that no drawer takes.
      const hidden = list.map((each) => ({ ...each, condition: { $not: { $not: each.condition } } }));
      const all = compileSite(siteOf(hidden, segments));
      const given = judge(indexed, facts, clock);
      const plainly = judge(all, facts, clock);
      expect(idsOf(given.candidates)).toEqual(idsOf(plainly.candidates));
      expect(given).toMatchObject({ ...plainly, candidates: given.candidates });
      left += list.length - indexed.asked(indexed.rows.now(facts, clock)).length;
    }),
    { numRuns: 3_000 },
  );
  expect(left).toBeGreaterThan(500);
});

/** Which campaigns could be offered at `at` if nothing happened but time. */
function offeredAt(site: CompiledSite, facts: object, at: number, notBefore: NotBefore): Set<string> {
  const { candidates, excludedBy } = judge(site, { ...facts, event: wake }, { ...clock, now: at });
  if (excludedBy !== null) return new Set();
  const offered = idsOf(candidates).filter((id) => {
    const each = site.byId.get(id);
    const from = each === undefined ? null : notBefore(each.campaign);
    return each?.schedule.isOpen(at) === true && from !== null && from <= at;
  });
  return new Set(offered);
}

/** Every moment at which an answer can change: each second of the first minutes, then each hour of a week and a day. */
function* momentsUntil(end: number): Iterable<number> {
  const last = Math.min(end, NOON + 8 * 24 * HOUR_MS);
  for (let at = NOON + SECOND_MS; at < Math.min(end, NOON + 100 * SECOND_MS); at += SECOND_MS) yield at;
  // The schedules open on the hour and close a minute after it.
  for (let at = NOON + HOUR_MS; at < last; at += HOUR_MS) {
    yield at;
    yield at + HOUR_MS / 60;
  }
}

const anyGate = fc.constantFrom<number | null>(NOON, NOON, NOON + 25 * SECOND_MS, NOON + 5 * HOUR_MS, null);

test("T10 T52: nothing can be offered before the wake, and something that was not can be at it: segments, schedules and gates too", () => {
  let woken = 0;
  let never = 0;
  fc.assert(
    fc.property(
      timedCampaigns,
      anySegments,
      anyFacts,
      fc.array(anyGate, { minLength: 4, maxLength: 4 }),
      (list, segments, facts, gates) => {
        const site = compileSite(siteOf(list, segments));
        const notBefore: NotBefore = ({ id }) => gates[Number(id.slice(-1))] ?? null;
        const open: NotBefore = () => NOON;
        const now = idsOf(judge(site, { ...facts, event: wake }, clock).candidates);
        const offered = offeredAt(site, facts, NOON, open);
        const { wakeAfterMs } = judge(site, { ...facts, event: wake }, clock, notBefore);
        if (wakeAfterMs === null) never += 1;
        else {
          woken += 1;
          expect(wakeAfterMs).toBeGreaterThan(0);
          const then = offeredAt(site, facts, NOON + wakeAfterMs, notBefore);
          expect([...then].some((id) => !offered.has(id))).toBe(true);
        }
        for (const at of momentsUntil(wakeAfterMs === null ? Number.POSITIVE_INFINITY : NOON + wakeAfterMs)) {
          // What could be offered now but for its gate is the caller's to ask for (`wakeAfterGate`).
          const fresh = [...offeredAt(site, facts, at, notBefore)].filter((id) => !offered.has(id));
          expect({ at: at - NOON, now, fresh }).toEqual({ at: at - NOON, now, fresh: [] });
        }
      },
    ),
    { numRuns: 120 },
  );
  expect(woken).toBeGreaterThan(20);
  expect(never).toBeGreaterThan(20);
});

test("T52: an event that is judged now is a `Wake` by then, so no wake is asked for in vain", () => {
  let woken = 0;
  fc.assert(
    fc.property(anyCampaigns, anySegments, anyFacts, (list, segments, facts) => {
      const site = compileSite(siteOf(list, segments));
      const { wakeAfterMs } = judge(site, facts, clock);
      if (wakeAfterMs === null) return;
      woken += 1;
      expect(offeredAt(site, facts, NOON + wakeAfterMs, () => NOON).size).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
  expect(woken).toBeGreaterThan(200);
});

test("T52: after a gate the wake is the first moment from its opening on, and none of a campaign that stays shut", () => {
  fc.assert(
    fc.property(
      anyCampaigns,
      anySegments,
      anyFacts,
      fc.integer({ min: 1, max: 100 }),
      (list, segments, facts, after) => {
        const site = compileSite(siteOf(list.slice(0, 1), segments));
        const from = NOON + after * SECOND_MS;
        const wait = wakeAfterGate(site, "cmp_0", facts, clock, from);
        const gate: NotBefore = () => from;
        const end = wait === null ? Number.POSITIVE_INFINITY : NOON + wait;
        if (wait !== null) expect(offeredAt(site, facts, end, gate).size).toBe(1);
        for (const at of momentsUntil(Math.min(end, NOON + 26 * HOUR_MS)))
          expect(offeredAt(site, facts, at, gate).size).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

test("T52: whoever is left alone by time is told when that ends", () => {
  const calm = segment("calm", { "session.seconds": { $lt: 120 } }, { exclude: true });
  const compiled = compileSite(siteOf([campaign("cmp_1")], [calm]));
  expect(judge(compiled, { event: wake }, clock)).toMatchObject({ excludedBy: "calm", wakeAfterMs: 60_000 });
  const always = compileSite(
    siteOf(
      [campaign("cmp_1", { condition: { "page.seconds": { $gte: 30 } } })],
      [segment("all", {}, { exclude: true })],
    ),
  );
  expect(judge(always, { event: wake }, clock).wakeAfterMs).toBeNull();
});

/** Desks that are at least as free as `desk`: every number that `ofDesk` compares with, and one on either side of it. */
function freerDesks({ free_slots, wait_seconds, skills }: Record<string, unknown>): object[] {
  const from = (least: unknown) => [1, 2, 3, 4].filter((n) => n >= Number(least ?? 0));
  const waits = [undefined, 0, 10, 20, 30, 40, 50, 60].filter(
    (wait) => wait === undefined || wait <= Number(wait_seconds ?? 0),
  );
  const shirts = typeof skills === "object" && skills !== null && "shirts" in skills ? skills.shirts : 0;
  return from(free_slots).flatMap((slots) =>
    waits.flatMap((wait) =>
      from(shirts).map((count) => ({
        covered: true,
        free_slots: slots,
        skills: { shirts: count },
        ...(wait === undefined ? {} : { wait_seconds: wait }),
      })),
    ),
  );
}

test("T53: only a free agent is missing exactly where one could be offered with a freer desk, and not with this one", () => {
  let missing = 0;
  let present = 0;
  const gate = fc.constantFrom<number | null>(NOON, NOON, NOON + SECOND_MS, null);
  fc.assert(
    fc.property(deskCampaigns, anySegments, anyFacts, gate, (list, segments, facts, from) => {
      const still = { ...facts, event: wake };
      const site = compileSite(siteOf(list, segments));
      const notBefore: NotBefore = () => from;
      const offered = offeredAt(site, still, NOON, notBefore);
      const couldBe = freerDesks(facts["desk"] ?? {}).some((desk) =>
        [...offeredAt(site, { ...still, desk }, NOON, notBefore)].some((id) => !offered.has(id)),
      );
      expect(judge(site, still, clock, notBefore).deskMissing).toBe(couldBe);
      missing += Number(couldBe);
      present += Number(!couldBe);
    }),
    { numRuns: 1_500 },
  );
  expect(missing).toBeGreaterThan(75);
  expect(present).toBeGreaterThan(200);
});

test.each([
  [{ "desk.free_slots": { $gte: 1 } }, {}, true],
  [{ "desk.covered": true, "cart.items": { $gte: 5 } }, {}, false],
  [{ "desk.covered": false }, { covered: true }, false],
  [{ "event.name": "Cart Viewed", "desk.covered": true }, {}, false],
  [{ $or: [{ "desk.skills.shirts": { $gte: 1 } }, { "cart.items": 9 }] }, {}, true],
  [{ "page.seconds": { $gte: 30 }, "desk.covered": true }, {}, false],
])("T53: %j with the desk %j: missing is %s", (condition, desk, expected) => {
  const site = compileSite(siteOf([campaign("cmp_1", { condition })]));
  const facts = {
    cart: { items: 3 },
    desk: { covered: false, free_slots: 0, skills: {}, ...desk },
    event: { name: "Cart Viewed", properties: {} },
  };
  expect(judge(site, facts, clock).deskMissing).toBe(expected);
});

test("T55: what is asked grows with what could match, not with what exists", () => {
  const about = (index: number): Condition[] => [
    { "page.path": `/shop/p${index}`, "page.seconds": { $gte: 5 } },
    { "page.path": { $regex: `^/shop/c${index}/` }, "cart.items": { $gte: 1 } },
    { "event.name": `Event ${index}` },
    { "session.utm.campaign": { $in: [`a${index}`, `b${index}`] } },
    { $or: [{ "page.path": `/x${index}` }, { "geo.city": `City ${index}` }] },
    { "segment.still": true, "visitor.traits.plan": `plan ${index}` },
  ];
  const many = Array.from({ length: 500 }, (_, index) => about(index)).flat();
  const live = many.map((condition, index) => campaign(`cmp_${index}`, { condition }));
  const site = compileSite(siteOf(live, [segment("still", { "cart.items": 3 })]));
  const facts = {
    page: { path: "/shop/p7" },
    event: { name: "Event 8" },
    geo: { city: "City 9" },
    cart: { items: 3 },
  };
  const asked = site.asked(site.rows.now(facts, clock)).map((each) => each.campaign.id);
  expect(asked.toSorted()).toEqual(["cmp_42", "cmp_50", "cmp_58"]);
});
