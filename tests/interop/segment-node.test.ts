/** @segment/analytics-node as it is released: what a server reports arrives, once, and confirmed where its key says so. */
import { Analytics } from "@segment/analytics-node";
import { expect, test } from "vitest";
import { DEMO_API_KEY } from "../system/demo-api.ts";
import { arrivedOf } from "./arrived.ts";
import { url } from "../system/own-server.ts";

test("IN1: pages, events and an order told with the write key arrive once, also when they are sent twice", async () => {
  const visitor = `segment-node-${crypto.randomUUID()}`;
  const rejected: unknown[] = [];
  for (let time = 0; time < 2; time += 1) {
    const analytics = new Analytics({ writeKey: "demo", host: url, maxRetries: 2 });
    analytics.on("error", (error) => rejected.push(error));
    tellAVisit(analytics, visitor);
    await analytics.closeAndFlush();
  }
  expect(rejected).toEqual([]);
  expect(await arrivedOf(url, visitor, 2, 1)).toEqual({
    visits: 1,
    pages: 2,
    orders: [{ order_id: `${visitor}-order`, total: 89.5, currency: "EUR", status: "claimed" }],
  });
});

test("IN1: an API key as write key confirms what it tells", async () => {
  const visitor = `segment-node-${crypto.randomUUID()}`;
  const analytics = new Analytics({ writeKey: DEMO_API_KEY, host: url, maxRetries: 2 });
  const rejected: unknown[] = [];
  analytics.on("error", (error) => rejected.push(error));
  tellAVisit(analytics, visitor);
  await analytics.closeAndFlush();
  expect(rejected).toEqual([]);
  const { orders } = await arrivedOf(url, visitor, 2, 1);
  expect(orders).toMatchObject([{ order_id: `${visitor}-order`, status: "confirmed" }]);
});

test("IN2: a server that reports events asks for no decision and gets none; asked with ?decide=1, the answer is the contract's", async () => {
  const answers: { decisions: unknown[]; wake_after_ms: number | null; rejected: unknown[] }[] = [];
  for (const path of ["/v1/batch", "/v1/batch?decide=1"]) {
    const analytics = new Analytics({
      writeKey: "demo",
      host: url,
      path,
      httpClient: async (address, request) => {
        const answer = await fetch(address, request);
        answers.push((await answer.clone().json()) as (typeof answers)[number]);
        return answer;
      },
    });
    analytics.page({
      anonymousId: `decide-${crypto.randomUUID()}`,
      properties: { path: "/shop/", url: `${url}/shop/` },
    });
    await analytics.closeAndFlush();
  }
  expect(answers[0]).toMatchObject({ success: true, decisions: [], wake_after_ms: null, rejected: [] });
  expect(answers[1]).toMatchObject({ success: true, rejected: [] });
  expect(Array.isArray(answers[1]?.decisions)).toBe(true);
});

/** Two pages, an identity, a product and an order, each with a `messageId` of its own that never changes. */
function tellAVisit(analytics: Analytics, anonymousId: string): void {
  const named = (what: string) => ({ anonymousId, messageId: `${anonymousId}-${what}` });
  const shop = `${url}/shop/`;
  analytics.identify({ ...named("identify"), traits: { country: "France" } });
  analytics.page({ ...named("page-1"), properties: { url: shop, path: "/shop/" } });
  analytics.page({
    ...named("page-2"),
    properties: { url: `${shop}product/oxford`, path: "/shop/product/oxford" },
  });
  analytics.track({
    ...named("viewed"),
    event: "Product Viewed",
    properties: { product_id: "oxford", price: 89.5, currency: "EUR" },
  });
  analytics.track({
    ...named("order"),
    event: "Order Completed",
    properties: {
      order_id: `${anonymousId}-order`,
      total: 89.5,
      currency: "EUR",
      products: [{ product_id: "oxford", price: 89.5, quantity: 1 }],
    },
  });
}
