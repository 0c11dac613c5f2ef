/** What a visit's events fold to (rules F12 to F16). */
import { expect, test } from "vitest";
import type { Event } from "../../domain/events/event.ts";
import { fromGa4 } from "../../domain/events/ga4.ts";
import { Funnel } from "../../domain/site/resources.ts";
import { SIGNALS } from "../../domain/visit/facts.ts";
import { U_TURN_MS } from "../../domain/visit/fold.ts";
import { type KnownFacts, knownFacts } from "../../domain/visit/known.ts";
import { recordEvents } from "../../domain/visit/record.ts";
import { newVisitor } from "../../domain/visit/state.ts";
import { context, NOON, pageView, track, visitorAfter } from "./visit-state.ts";

type More = Parameters<typeof visitorAfter>[1];

function factsAfter(events: Event[], more: More = {}): KnownFacts {
  const state = visitorAfter(events, more);
  return knownFacts(state, null, state.lastAt);
}

/** The facts after events at these moments, in seconds since noon. */
function factsOf(timed: [seconds: number, event: Event][], at = timed.at(-1)?.[0] ?? 0): KnownFacts {
  let state = newVisitor("demo", "ada", NOON);
  for (const [seconds, event] of timed) {
    state = recordEvents(state, [event], context(NOON + seconds * 1_000, { visitId: "ses_1" })).state;
  }
  return knownFacts(state, null, NOON + at * 1_000);
}

const funnels = [
  Funnel.parse({
    key: "loan",
    name: "Loan",
    steps: [
      { key: "simulate", name: "Simulation", path: "/loan" },
      { key: "details", name: "Details", event: "Form Started" },
      { key: "sent", name: "Sent", event: "Lead Submitted" },
    ],
  }),
];

test("F12: a funnel tells its furthest step and how many distinct steps were reached, by event or page", () => {
  const walk = [pageView("/"), pageView("/loan/simulator"), pageView("/loans"), track("Form Started")];
  expect(factsAfter(walk.slice(0, 1), { funnels }).funnel).toEqual({});
  expect(factsAfter(walk.slice(0, 2), { funnels }).funnel).toEqual({
    name: "loan",
    step: "simulate",
    steps: 1,
  });
  expect(factsAfter(walk, { funnels }).funnel).toEqual({ name: "loan", step: "details", steps: 2 });
  const back = [...walk, pageView("/loan"), track("Form Started")];
  expect(factsAfter(back, { funnels }).funnel).toEqual({ name: "loan", step: "details", steps: 2 });
  const skipped = [track("Lead Submitted"), pageView("/loan")];
  expect(factsAfter(skipped, { funnels }).funnel).toEqual({ name: "loan", step: "sent", steps: 2 });
});

test("F12: every shop has a checkout, in Segment's and in GA4's words", () => {
  const ga4 = (name: string) => {
    const told = fromGa4(name, { items: [] });
    return track(told.name, told.properties);
  };
  const segment = [
    track("Cart Viewed"),
    track("Checkout Started"),
    track("Checkout Step Viewed", { step: 2 }),
    track("Checkout Step Completed", { step: 3 }),
    track("Order Completed", { order_id: "T1", total: 1 }),
  ];
  const tagged = ["view_cart", "begin_checkout", "add_shipping_info", "add_payment_info"].map(ga4);
  const steps = ["cart", "checkout", "delivery", "payment", "order"];
  for (const walk of [segment, tagged]) {
    walk.forEach((_, index) => {
      const { funnel } = factsAfter(walk.slice(0, index + 1));
      expect(funnel).toEqual({ name: "checkout", step: steps[index], steps: index + 1 });
    });
  }
  expect(factsAfter([track("Checkout Step Viewed", { step: "Paiement" })]).funnel.step).toBe("payment");
});

test("F12: a checkout that the site defines takes the place of the built-in one; the last to advance is told", () => {
  const own = Funnel.parse({
    key: "checkout",
    name: "Checkout",
    steps: [{ key: "basket", name: "Basket", event: "Cart Viewed" }],
  });
  const walk = [pageView("/loan"), track("Cart Viewed"), track("Checkout Started")];
  expect(factsAfter(walk, { funnels: [...funnels, own] }).funnel).toEqual({
    name: "checkout",
    step: "basket",
    steps: 1,
  });
  expect(factsAfter([...walk, track("Form Started")], { funnels: [...funnels, own] }).funnel.name).toBe(
    "loan",
  );
});

test("F13: the cart counts views since the last addition, and follows what is removed", () => {
  const added = track("Product Added", { product_id: "rivoli", price: 79, quantity: 2, currency: "EUR" });
  const removed = track("Product Removed", { product_id: "rivoli", quantity: 1 });
  const seen = track("Cart Viewed");
  expect(factsAfter([seen, added, seen, seen]).cart).toEqual({
    value: 158,
    items: 2,
    views: 3,
    views_since_add: 2,
    currency: "EUR",
  });
  expect(factsAfter([added, seen, added, removed]).cart).toMatchObject({
    value: 237,
    items: 3,
    views_since_add: 0,
  });
  expect(factsAfter([added, removed, removed, removed]).cart).toMatchObject({ value: 0, items: 0 });
  const pushed = fromGa4("view_cart", {
    currency: "EUR",
    items: [{ item_id: "encre", price: 10, quantity: 3 }],
  });
  expect(factsAfter([added, track(pushed.name, pushed.properties)]).cart).toMatchObject({
    value: 30,
    items: 3,
  });
});

test("F14: a form is told while it is filled in, once it is left, and no more once it is sent", () => {
  const started = track("Form Started", { form_id: "loan", field: "income" });
  const left = track("Form Abandoned", { form_id: "loan", field: "phone", seconds: 42, refilled: 2 });
  expect(factsOf([[0, started]], 12).form).toEqual({
    id: "loan",
    field: "income",
    seconds: 12,
    refilled: 0,
    abandoned: false,
  });
  const abandoned = { id: "loan", field: "phone", seconds: 42, refilled: 2, abandoned: true };
  expect(
    factsOf(
      [
        [0, started],
        [60, left],
      ],
      600,
    ).form,
  ).toEqual(abandoned);
  expect(factsOf([[0, left]], 600).form).toEqual(abandoned);
  expect(
    factsOf(
      [
        [0, started],
        [60, track("Form Abandoned")],
      ],
      600,
    ).form,
  ).toMatchObject({ seconds: 60 });
  for (const end of ["Form Submitted", "Lead Submitted"]) {
    expect(
      factsOf([
        [0, started],
        [9, track(end, { form_id: "loan" })],
      ]).form,
    ).toEqual({});
  }
  const other = track("Form Started", { form_id: "address", field: "zip" });
  expect(
    factsOf([
      [0, left],
      [9, other],
    ]).form,
  ).toMatchObject({ id: "address", refilled: 0, abandoned: false });
});

test("F14: fields that are filled in again count with the form; hesitation names its field", () => {
  const refilled = track("Signal Detected", { signal: "refilled", form_id: "loan", field: "iban" });
  const waited = track("Signal Detected", { signal: "hesitation", form_id: "loan", field: "income" });
  const facts = factsAfter([track("Form Started", { form_id: "loan" }), refilled, refilled, waited]);
  expect(facts.form).toMatchObject({ id: "loan", field: "income", refilled: 2 });
  expect(facts.signals).toEqual({ hesitation: 1 });
  expect(factsAfter([refilled]).form).toMatchObject({ id: "loan", field: "iban", refilled: 1 });
  expect(
    factsAfter([track("Form Abandoned", { form_id: "x", seconds: -3, refilled: 1e9 })]).form,
  ).toMatchObject({
    seconds: 0,
    refilled: 1_000,
  });
});

test("F15: each known signal is counted, an unknown one is not", () => {
  const signals = [...SIGNALS, "rage_click", "constructor", "refilled", ""];
  const facts = factsAfter(signals.map((signal) => track("Signal Detected", { signal })));
  expect(facts.signals).toEqual({ ...Object.fromEntries(SIGNALS.map((name) => [name, 1])), rage_click: 2 });
});

test("F15: back within ten seconds on the page seen before is a u-turn, counted once whoever saw it", () => {
  const turn = (seconds: number, ...more: [number, Event][]) =>
    factsOf([[0, pageView("/a")], [30, pageView("/b")], [30 + seconds, pageView("/a")], ...more]).signals;
  const limit = U_TURN_MS / 1_000;
  expect(turn(limit)).toEqual({ u_turn: 1 });
  expect(turn(limit + 1)).toEqual({});
  expect(turn(0)).toEqual({});
  expect(turn(5, [36, track("Signal Detected", { signal: "u_turn" })])).toEqual({ u_turn: 1 });
  expect(turn(limit + 1, [60, track("Signal Detected", { signal: "u_turn" })])).toEqual({ u_turn: 1 });
  expect(
    factsOf([
      [0, pageView("/a")],
      [3, pageView("/a")],
      [6, pageView("/a")],
    ]).signals,
  ).toEqual({});
  expect(
    factsOf([
      [0, pageView("/a")],
      [3, pageView("/b")],
      [6, pageView("/c")],
    ]).signals,
  ).toEqual({});
});

test("F16: what a visitor was worth is less what was given back, and never more than the order brought", () => {
  const order = (id: string, total: number) => track("Order Completed", { order_id: id, total });
  const refund = (id: string, total?: number) =>
    track("Order Refunded", { order_id: id, ...(total === undefined ? {} : { total }) });
  const worth = (events: Event[], more: More = {}) => factsAfter(events, more).visitor.lifetime_value;
  const bought = [order("T1", 100), order("T2", 50)];
  expect(worth(bought)).toBe(150);
  expect(worth([...bought, refund("T1", 30)])).toBe(120);
  expect(worth([...bought, refund("T1")])).toBe(50);
  expect(worth([...bought, refund("T1", 30), refund("T1"), refund("T1", 500)])).toBe(50);
  expect(worth([...bought, refund("T9", 30)])).toBe(150);
  expect(factsAfter([...bought, refund("T1")]).visitor.orders).toBe(2);
});

test("F16: a claim gives nothing back of what was confirmed", () => {
  let state = visitorAfter([track("Order Completed", { order_id: "T1", total: 100 })], { trusted: true });
  const back = track("Order Refunded", { order_id: "T1" });
  state = recordEvents(state, [back], context(NOON + 2_000)).state;
  expect(state.lifetimeValue).toBe(100);
  state = recordEvents(state, [back], context(NOON + 3_000, { trusted: true })).state;
  expect(state.lifetimeValue).toBe(0);
});

test("F16: an amount that is confirmed after a refund, and is lower than it, leaves nothing, never less than nothing", () => {
  const order = (total: number) => track("Order Completed", { order_id: "T1", total });
  const back = (total: number | undefined) =>
    track("Order Refunded", { order_id: "T1", ...(total === undefined ? {} : { total }) });
  const worthAfter = (returned: number | undefined, confirmed: number) => {
    const claimed = visitorAfter([
      track("Order Completed", { order_id: "T2", total: 20 }),
      order(100),
      back(returned),
    ]);
    return recordEvents(claimed, [order(confirmed)], context(NOON + 2_000, { trusted: true })).state;
  };
  expect(worthAfter(80, 100).lifetimeValue).toBe(40);
  expect(worthAfter(80, 90).lifetimeValue).toBe(30);
  expect(worthAfter(80, 50).lifetimeValue).toBe(20);
  expect(worthAfter(undefined, 120).lifetimeValue).toBe(20);

  const corrected = recordEvents(
    worthAfter(80, 50),
    [order(95)],
    context(NOON + 3_000, { trusted: true }),
  ).state;
  expect(corrected.lifetimeValue).toBe(35);
});
