/** What a site counts of an order's amount, from its settings over what its pages and servers tell to its figures. */
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { STALE_AFTER_MS } from "../../workers/site/site-config.ts";
import { eventually } from "./eventually.ts";
import { makeSite, send, track } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const TOLD = { total: 126, tax: 21, shipping: 5, currency: "EUR" };

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

const Revenue = z.object({ rows: z.tuple([z.looseObject({ revenue: z.object({ value: z.number() }) })]) });

type Site = { key: string; apiKey: string };

function ask({ key, apiKey }: Site, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
  return exports.default.fetch(`http://localhost/api/sites/${key}${path}`, { ...init, headers });
}

async function revenueOf(site: Site): Promise<number> {
  const answer = await ask(site, "/kpis?kpis=revenue&from=2037-11-23&to=2037-11-24");
  return Revenue.parse(await answer.json()).rows[0].revenue.value;
}

async function exportedOf(site: Site): Promise<string[]> {
  const lines = (await (await ask(site, "/exports/orders.csv")).text()).trim().split("\r\n");
  const column = lines[0]?.split(",").indexOf("total") ?? -1;
  return lines.slice(1).map((line) => line.split(",")[column] ?? "");
}

test("KPI42: orders count as the site's setting says from when it says so; what is stored stays as it was told", async () => {
  const site = await makeSite();
  await send(site.key, [track("ada", "Order Completed", { ...TOLD, order_id: "before" })]);
  await eventually(
    () => exportedOf(site),
    (totals) => totals.join() === "126",
  );

  const body = JSON.stringify({ order_amount: { tax: "left_out", shipping: "left_out" } });
  const headers = { "if-match": '"1"', "content-type": "application/json" };
  const saved = await ask(site, "", { method: "PATCH", headers, body });
  expect(await saved.json()).toMatchObject({ order_amount: { tax: "left_out", shipping: "left_out" } });
  vi.setSystemTime(NOON + STALE_AFTER_MS);

  await send(site.key, [track("bob", "Order Completed", { ...TOLD, order_id: "after" })]);
  await send(site.apiKey, [
    track("eve", "Order Completed", { ...TOLD, total: null, revenue: 100, order_id: "net" }),
  ]);
  const back = { order_id: "after", total: 25.2, tax: 4.2 };
  await send(site.key, [track("bob", "Order Refunded", back)]);
  const totals = await eventually(
    () => exportedOf(site),
    (list) => list.length === 3,
  );
  expect(totals.toSorted()).toEqual(["100", "100", "126"]);
  const revenue = await eventually(
    () => revenueOf(site),
    (value) => value < 126 + 100 + 100,
  );
  expect(revenue).toBe(126 + 100 - 21 + 100);
});

test("KPI42: what is no way of counting is refused at its place", async () => {
  const site = await makeSite();
  const answer = await ask(site, "", {
    method: "PATCH",
    headers: { "if-match": '"1"', "content-type": "application/json" },
    body: JSON.stringify({ order_amount: { tax: "some" } }),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { path: "order_amount.tax" } });
});
