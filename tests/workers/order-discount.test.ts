/** The discount of an order, from what a page or a server tells to the row that results are counted from. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { makeSite, send, track } from "./site.ts";

const rowsOf = async (site: string) => {
  const { results } = await env.DB.prepare(
    "SELECT order_id, total, discount, status FROM orders WHERE site = ? ORDER BY order_id",
  )
    .bind(site)
    .all();
  return results;
};

test("RES28: an order keeps the discount that it is told with, also where a server confirms it without", async () => {
  const { key, apiKey } = await makeSite();
  const order = (id: string, more: object) =>
    track("ada", "Order Completed", { order_id: id, total: 90, ...more });
  await send(key, [order("a", { discount: 10 }), order("b", {}), order("c", { discount: "much" })]);
  await eventually(
    () => rowsOf(key),
    (rows) => rows.length === 3,
  );
  await send(apiKey, [order("a", { total: 95 }), order("b", { discount: 4 })]);
  const rows = await eventually(
    () => rowsOf(key),
    (all) => all.filter(({ status }) => status === "confirmed").length === 2,
  );
  expect(rows).toEqual([
    { order_id: "a", total: 95, discount: 10, status: "confirmed" },
    { order_id: "b", total: 90, discount: 4, status: "confirmed" },
    { order_id: "c", total: 90, discount: null, status: "claimed" },
  ]);
  const file = await exports.default.fetch(`http://localhost/api/sites/${key}/exports/orders.csv`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const [names, ...lines] = (await file.text()).trim().split("\r\n");
  const column = names?.split(",").indexOf("discount") ?? -1;
  expect(lines.map((line) => line.split(",")[column]).toSorted()).toEqual(["", "10", "4"]);
});
