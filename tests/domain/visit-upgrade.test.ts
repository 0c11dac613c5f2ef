/** Rows that older releases wrote (rule F6). */
import { expect, test } from "vitest";
import { knownFacts } from "../../domain/visit/known.ts";
import { recordEvents } from "../../domain/visit/record.ts";
import { visitAt } from "../../domain/visit/replay.ts";
import { readRow } from "../../domain/visit/row.ts";
import { upgraded } from "../../domain/visit/upgrade.ts";
import { context, NOON, pageView, track, visitorAfter } from "./visit-state.ts";

/** A visitor's row as the first release wrote it. */
const STORED = `{"v":1,"site":"demo","visitor":"ada","idleMs":1800000,"visits":3,"firstAt":1,"lastAt":${NOON},
"userId":"user-1","traits":{"plan":"gold"},"orders":2,"lifetimeValue":158,"lastCallOutcome":null,
"visit":{"id":"ses_old","revision":2,"startedAt":${NOON - 60_000},"lastAt":${NOON},"pages":2,"events":5,
"arrival":{"path":"/","referrer":null,"channel":"Direct","utm":{},"searchTerms":null,"affiliate":null},
"views":[{"id":"v1","url":"https://shop.example/cart","path":"/cart","title":"Panier","referrer":null,"status":200,
"startedAt":${NOON - 5_000},"scroll":40}],
"trail":[{"at":${NOON - 5_000},"path":"/cart","url":"https://shop.example/cart","title":"Panier"}],
"cart":{"lines":{"rivoli":{"price":79,"quantity":2}},"views":1,"viewsSinceAdd":1,"currency":"EUR"},
"funnel":{"name":"checkout","step":"2","steps":1},"form":{"id":"address","startedAt":${NOON - 3_000},"field":"zip"},
"signals":{"rage_click":1},"device":{"type":"desktop","browser":"Firefox","os":"Linux","language":"fr"},
"place":{"country":"FR","region":null,"city":null},"globalHoldout":false,"covered":true,"eligible":true},
"exposures":[],"open":null,"recentOrders":[],"conversation":null,"waiting":{},"outbox":[]}`;

test("F6: a row of the first release is read by this one, and its visit goes on", () => {
  const state = readRow(STORED);
  expect(knownFacts(state, null, NOON)).toMatchObject({
    page: { path: "/cart", seconds: 5, scroll: 40 },
    session: { pages: 2, channel: "Direct" },
    cart: { value: 158, items: 2, views: 1, views_since_add: 1 },
    form: { id: "address", field: "zip", seconds: 3, refilled: 0, abandoned: false },
    signals: { rage_click: 1 },
    visitor: { visits: 3, orders: 2, lifetime_value: 158, identified: true },
  });
  expect(state.visit).toMatchObject({
    id: "ses_old",
    revision: 2,
    eligible: true,
    segments: [],
    outcomes: {},
  });
  const after = recordEvents(
    state,
    [pageView("/checkout"), track("Checkout Started")],
    context(NOON + 1),
  ).state;
  expect(after.visit).toMatchObject({ id: "ses_old", pages: 3, events: 7, funnel: "checkout" });
  expect(after.visit && visitAt(after.visit, 0)).toMatchObject({ pages: 3, events: 6, funnel: null });
  expect(after.visit && visitAt(after.visit, 0)?.cart.lines).toEqual({ rivoli: { price: 79, quantity: 2 } });
});

test("F6: a row of this release is taken as it is", () => {
  const state = visitorAfter([pageView("/")]);
  expect(upgraded(state)).toBe(state);
});
