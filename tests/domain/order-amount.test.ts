import fc from "fast-check";
import { expect, test } from "vitest";
import type { OrderAmount } from "../../domain/site/order-amount.ts";
import { orderTotal, refundAmount } from "../../domain/visit/commerce.ts";
import { visitorAfter, track } from "./visit-state.ts";

const NET: OrderAmount = { tax: "left_out", shipping: "left_out" };
const part = fc.constantFrom("included" as const, "left_out" as const);
const cents = fc.integer({ min: 0, max: 1_000_000 });

test("KPI42: an order's amount is its total less the tax and the shipping that its site leaves out, where they are told", () => {
  const told = { total: 120.3, tax: 20.05, shipping: "4.90", discount: 10 };
  expect(orderTotal(told)).toBe(120.3);
  expect(orderTotal(told, NET)).toBe(95.35);
  expect(orderTotal(told, { ...NET, shipping: "included" })).toBe(100.25);
  expect(orderTotal(told, { ...NET, tax: "included" })).toBe(115.4);
  expect(orderTotal({ total: 120 }, NET)).toBe(120);
  expect(orderTotal({ total: 120, tax: null, shipping: "Colissimo" }, NET)).toBe(120);
  expect(orderTotal({ total: 10, tax: 20 }, NET)).toBe(0);
});

test("KPI42: revenue, a value of GA4 and a sum of products are taken as told", () => {
  const parts = { tax: 20, shipping: 5 };
  expect(orderTotal({ revenue: 95, ...parts }, NET)).toBe(95);
  expect(orderTotal({ value: 95, ...parts }, NET)).toBe(95);
  // A GA4 purchase arrives with its value as its total, too.
  expect(orderTotal({ total: 95, value: 95, ...parts }, NET)).toBe(95);
  expect(orderTotal({ total: 120, revenue: 95, ...parts }, NET)).toBe(95);
  expect(orderTotal({ products: [{ product_id: "p", price: 40, quantity: 2 }], ...parts }, NET)).toBe(80);
});

test("KPI42: whatever is told, an amount has whole cents, is never below nothing and never above the total", () => {
  const event = fc.record({ total: cents, tax: cents, shipping: cents });
  fc.assert(
    fc.property(event, fc.record({ tax: part, shipping: part }), (told, counted) => {
      const off =
        (counted.tax === "left_out" ? told.tax : 0) + (counted.shipping === "left_out" ? told.shipping : 0);
      const money = Object.fromEntries(Object.entries(told).map(([key, value]) => [key, value / 100]));
      expect(orderTotal(money, counted)).toBe(Math.max(0, told.total - off) / 100);
    }),
  );
});

test("KPI42: what goes back is read as its order was, so that an order that went back whole leaves nothing", () => {
  expect(refundAmount({ total: 60, tax: 10 }, NET)).toBe(50);
  expect(refundAmount({ total: -60, tax: -10 }, NET)).toBe(50);
  expect(refundAmount({ value: 60, tax: 10 }, NET)).toBe(60);
  expect(refundAmount({ total: "nothing" }, NET)).toBeNull();
  const amounts = { order_id: "T1", total: 120, tax: 20 };
  const state = visitorAfter(
    [
      track("Order Completed", amounts),
      track("Order Completed", { ...amounts, order_id: "T2" }),
      track("Order Refunded", amounts),
    ],
    { orderAmount: NET },
  );
  expect(state.recentOrders.map(({ total }) => total)).toEqual([100, 100]);
  expect(state.lifetimeValue).toBe(100);
});
