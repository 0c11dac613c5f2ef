/** A visit's moments told again (rules F2 to F5). */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../../domain/events/event.ts";
import { SIGNALS } from "../../domain/visit/facts.ts";
import { knownFacts } from "../../domain/visit/known.ts";
import { clipMoment, MAX_PROPERTIES_LENGTH, momentOf } from "../../domain/visit/moment.ts";
import { confirmRecords } from "../../domain/visit/outgoing.ts";
import { recordEvents } from "../../domain/visit/record.ts";
import { readRow, RowWriter } from "../../domain/visit/row.ts";
import { factsAt, momentsOf, readReplay, replayOf, visitAt } from "../../domain/visit/replay.ts";
import {
  MAX_RECENT,
  MAX_REPLAYS,
  MAX_TRAIL,
  newVisitor,
  type Visit,
  type VisitorState,
} from "../../domain/visit/state.ts";
import { trailOf } from "../../domain/visit/trail.ts";
import { context, event, NOON, pageView, track, visitorAfter } from "./visit-state.ts";

const product = fc.record({
  product_id: fc.constantFrom("rivoli", "encre", "belle-ile"),
  price: fc.constantFrom(10, 79.5, 120),
  quantity: fc.integer({ min: 0, max: 3 }),
  name: fc.constantFrom("Rivoli", "Encre"),
});
const told = fc.oneof(
  fc.constantFrom("/", "/shirts", "/shirts/rivoli", "/cart", "/help").map((path) => pageView(path)),
  fc
    .record({ name: fc.constantFrom("Product Added", "Product Removed"), product })
    .map(({ name, product: one }) => track(name, one)),
  fc.array(product, { maxLength: 2 }).map((products) => track("Cart Viewed", { products, currency: "EUR" })),
  fc.constantFrom(1, 2, 3, "delivery").map((step) => track("Checkout Step Viewed", { step })),
  fc
    .record({ id: fc.constantFrom("T1", "T2", "T3"), total: fc.integer({ min: 1, max: 300 }) })
    .map(({ id, total }) => track("Order Completed", { order_id: id, total, currency: "EUR" })),
  fc.constantFrom("T1", "T9").map((id) => track("Order Refunded", { order_id: id, total: 5 })),
  fc
    .constantFrom(...SIGNALS, "refilled", "none")
    .map((signal) => track("Signal Detected", { signal, field: "iban" })),
  fc
    .constantFrom("Form Started", "Form Submitted", "Form Abandoned")
    .map((name) => track(name, { form_id: "loan", field: "income", seconds: 12 })),
  fc.integer({ min: -5, max: 110 }).map((scroll) => track("Read", { scroll }, "view-/-1")),
  fc.constant(event("identify", "Identify", { traits: { plan: "gold" } })),
);
const steps = fc.array(fc.record({ event: told, pause: fc.integer({ min: 0, max: 20_000 }) }), {
  minLength: 1,
  maxLength: 3 * MAX_RECENT,
});
const funnels = [
  {
    key: "shirts",
    name: "Shirts",
    steps: [
      { key: "list", name: "List", event: null, path: "/shirts" },
      { key: "added", name: "Added", event: "Product Added", path: null },
    ],
  },
];

type Walk = { events: { event: Event; pause: number }[] };

/** The visitor after each of the events, and the last. */
function walked({ events }: Walk): { states: VisitorState[]; last: VisitorState } {
  let now = NOON;
  let state = newVisitor("demo", "ada", now);
  const states = events.map(({ event: one, pause }, index) => {
    now += pause;
    const served = context(now, { visitId: "ses_1", funnels, version: index, idleMs: 1e9 });
    state = recordEvents(state, [{ ...one, id: `m${index}` }], served).state;
    return state;
  });
  return { states, last: state };
}

function visitOf(state: VisitorState | undefined): Visit {
  if (!state?.visit) throw new Error("no visit");
  return state.visit;
}

/** What folding is answerable for. */
function foldedOf(visit: Visit) {
  const { lastAt, pages, events, views, cart, funnel, funnels: walkedFunnels, form, signals, sold } = visit;
  return { lastAt, pages, events, views, cart, funnel, funnels: walkedFunnels, form, signals, sold };
}

test("F2: whatever happened, the visit told again at a kept moment is the visit as it was then", () => {
  fc.assert(
    fc.property(steps, (events) => {
      const { states, last } = walked({ events });
      const visit = visitOf(last);
      expect(visit.recent).toHaveLength(Math.min(MAX_RECENT, events.length));
      const first = events.length - visit.recent.length;
      for (const index of visit.recent.keys()) {
        const then = visitOf(states[first + index]);
        const again = visitAt(visit, index);
        expect(again && foldedOf(again)).toEqual(foldedOf(then));
        expect(visit.recent[index]?.version).toBe(first + index);
        if (visit.pages <= MAX_TRAIL) expect(again && trailOf(again)).toEqual(trailOf(then));
      }
    }),
    { numRuns: 150 },
  );
});

test("F6: a visitor's row is read as it was written, beacon by beacon, and is the JSON of the state", () => {
  fc.assert(
    fc.property(steps, (events) => {
      const writer = new RowWriter();
      for (const state of walked({ events }).states) {
        const row = writer.write(state);
        expect(JSON.parse(row)).toEqual(state);
        expect(readRow(row)).toEqual(state);
      }
    }),
    { numRuns: 30 },
  );
  const quiet = newVisitor("demo", "ada", NOON);
  expect(readRow(new RowWriter().write(quiet))).toEqual(quiet);
});

test("F2: what is not kept is not told", () => {
  const visit = visitOf(visitorAfter([pageView("/"), track("Read")]));
  expect(visitAt(visit, 1)?.events).toBe(2);
  expect(visitAt(visit, 2)).toBeNull();
  expect(visitAt(visit, -1)).toBeNull();
});

test("F3: the facts of a kept moment are told again from what history keeps of the visit", () => {
  fc.assert(
    fc.property(steps, (events) => {
      const { states, last } = walked({ events });
      const replay = readReplay(JSON.stringify(replayOf(visitOf(last))));
      expect(replay).not.toBeNull();
      if (replay === null) return;
      const first = events.length - replay.moments.length;
      for (const [index, { moment, state }] of [...momentsOf(replay)].entries()) {
        const then = states[first + index];
        if (then === undefined) throw new Error("no such state");
        const facts = knownFacts(state, moment.viewId, moment.at);
        const known = knownFacts(then, moment.viewId, moment.at);
        const { lifetime_value: value, ...visitor } = known.visitor;
        expect(facts).toEqual({
          ...known,
          visitor: { ...visitor, lifetime_value: expect.closeTo(value), traits: {} },
        });
      }
      expect(factsAt(replay, 0)?.session.pages).toBe(visitOf(states[first]).pages);
      expect(factsAt(replay, replay.moments.length)).toBeNull();
    }),
    { numRuns: 60 },
  );
});

test("F3: an exposure is told as it was before the moment, not as it ended", () => {
  const visit = visitOf(visitorAfter([pageView("/"), pageView("/a"), pageView("/b"), pageView("/c")]));
  const at = (index: number) => visit.recent[index]?.at ?? 0;
  const exposure = {
    id: "dec_1",
    campaign: "cmp_1",
    phase: 1,
    variant: "a",
    kind: "chat" as const,
    arm: "treated" as const,
    probability: 1,
    eligibleAt: at(0),
    expiresAt: at(3),
    shownAt: at(1),
    openedAt: null,
    declinedAt: at(2),
    ignoredAt: null,
    clickedAt: null,
    revision: 3,
    sessionId: visit.id,
  };
  const replay = replayOf(visit);
  const engagement = visit.recent.map((_, index) => factsAt(replay, index, [exposure])?.engagement);
  expect(engagement).toMatchObject([
    { shown: 0, declined: 0 },
    { shown: 1, declined: 0 },
    { shown: 1, declined: 1 },
    { shown: 1, declined: 1 },
  ]);
});

test("F4: a visit that ends leaves its moments for history, its announcement none; D1's word removes them", () => {
  const during = visitorAfter([pageView("/"), track("Product Added", { product_id: "rivoli", price: 79 })]);
  expect(during.replays).toEqual({});
  const ended = recordEvents(during, [], context(NOON + 60 * 60_000)).state;
  const [replay] = Object.values(ended.replays);
  expect(ended.visit).toBeNull();
  expect(replay).toMatchObject({ v: 1, visit: `ses_${NOON}`, history: { visits: 1, orders: 0 } });
  expect(replay?.moments.map(({ name }) => name)).toEqual(["Page Viewed", "Product Added"]);
  const key = `sessions:ses_${NOON}`;
  expect(confirmRecords(ended, [{ key, revision: 1 }]).replays).toEqual(ended.replays);
  expect(confirmRecords(ended, [{ key, revision: 2 }]).replays).toEqual({});
});

test("F4: while D1 is away, the newest visits keep their moments", () => {
  const visits = Array.from({ length: MAX_REPLAYS + 2 }, (_, index) => NOON + index * 60 * 60_000);
  let state = newVisitor("demo", "ada", NOON);
  for (const now of visits) state = recordEvents(state, [pageView("/")], context(now)).state;
  expect(Object.keys(state.replays)).toEqual(visits.slice(1, -1).map((now) => `ses_${now}`));
  expect(Object.keys(state.waiting)).toHaveLength(visits.length);
});

const anything = fc.dictionary(fc.string({ maxLength: 30 }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 30 });

test("F5: a moment is small, whatever its event, and clipping it again changes nothing", () => {
  const text = fc.string({ maxLength: 3_000 });
  fc.assert(
    fc.property(anything, text, fc.constantFrom("page", "track", "identify"), (properties, long, type) => {
      const page = {
        url: long,
        path: long,
        title: long,
        referrer: long,
        status: 200,
        search: {},
        searchTerms: null,
      };
      const whole = momentOf(
        event(type, long, { properties: properties as Event["properties"], page, viewId: long }),
        { now: NOON, version: 1, freeSlots: 0 },
        {},
      );
      const clipped = clipMoment(whole);
      expect(JSON.stringify(clipped.properties).length).toBeLessThanOrEqual(MAX_PROPERTIES_LENGTH);
      expect(clipMoment(clipped)).toEqual(clipped);
    }),
  );
});

test("F5: a crowded event keeps what is folded before what only its owner knows", () => {
  const products = Array.from({ length: 40 }, (_, index) => ({
    product_id: `p${index}`,
    price: 10,
    quantity: 1,
    image: "x".repeat(500),
  }));
  const crowded = track("Cart Viewed", { note: "n".repeat(390), currency: "EUR", products });
  const { properties } = clipMoment(momentOf(crowded, { now: NOON, version: 1, freeSlots: 0 }, {}));
  expect(properties).toMatchObject({ currency: "EUR" });
  const kept = Array.isArray(properties.products) ? properties.products : [];
  expect(kept.length).toBeGreaterThan(5);
  expect(kept).toEqual(kept.map((_, index) => ({ product_id: `p${index}`, price: 10, quantity: 1 })));
  expect(properties.note).toBeUndefined();
});

test("F5: a page keeps what its owner says of it, but not twice what it is", () => {
  const view = {
    ...pageView("/shirts"),
    properties: { url: "https://shop.example/shirts", category: "men" },
  };
  expect(clipMoment(momentOf(view, { now: NOON, version: 1, freeSlots: 0 }, {}))).toMatchObject({
    page: { path: "/shirts" },
    properties: { category: "men" },
  });
});
