/** @rudderstack/rudder-sdk-node as it is released: it gzips, and calls its JSON a form. */
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { expect, test } from "vitest";
import { arrivedOf } from "./arrived.ts";
import { url } from "../system/own-server.ts";

for (const gzip of [true, false]) {
  test(`IN3: RudderStack's Node client arrives once, ${gzip ? "gzipped" : "plain"}`, async () => {
    const visitor = `rudder-node-${crypto.randomUUID()}`;
    const errors: unknown[] = [];
    const client = new RudderAnalytics("demo", {
      dataPlaneUrl: url,
      gzip,
      flushInterval: 100,
      errorHandler: (error: unknown) => errors.push(error),
    });
    const shop = `${url}/shop/`;
    client.identify({ anonymousId: visitor, traits: { country: "France" } });
    client.page({ anonymousId: visitor, name: "list", properties: { url: shop, path: "/shop/" } });
    client.page({
      anonymousId: visitor,
      name: "cart",
      properties: { url: `${shop}cart`, path: "/shop/cart" },
    });
    client.track({
      anonymousId: visitor,
      event: "Product Viewed",
      properties: { product_id: "oxford", price: 89.5 },
    });
    client.track({
      anonymousId: visitor,
      event: "Order Completed",
      properties: { order_id: `${visitor}-order`, total: 120, currency: "EUR" },
    });
    await new Promise<void>((done, fail) => {
      client.flush((error) => (error === undefined || error === null ? done() : fail(error)));
    });
    expect(await arrivedOf(url, visitor, 2, 1)).toEqual({
      visits: 1,
      pages: 2,
      orders: [{ order_id: `${visitor}-order`, total: 120, currency: "EUR", status: "claimed" }],
    });
    expect(errors).toEqual([]);
  });
}
