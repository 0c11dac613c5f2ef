import { env, exports } from "cloudflare:workers";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { makeSite } from "./site.ts";

const FROM = Date.parse("2026-03-01T00:00:00Z");
const ORDERS = 12_345;
const MOST_IN_GROUP = 6_000;

async function ask(site: { key: string; apiKey: string }, file: string): Promise<Response> {
  const span = "from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";
  const address = `http://localhost/api/sites/${site.key}/exports/${file}${file.includes("?") ? "&" : "?"}${span}`;
  return exports.default.fetch(address, { headers: { authorization: `Bearer ${site.apiKey}` } });
}

/** `count` orders and some of the other tables, with texts that are hard to write. */
async function fill(site: string, count: number): Promise<void> {
  const numbers = JSON.stringify(Array.from({ length: count }, (_, index) => index));
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO orders (site, order_id, revision, visitor_id, user_id, session_id, at, received_at, total, currency,
         status, items, covered)
       SELECT ?1, printf('o%06d', value), 1, CASE WHEN value % 3 = 0 THEN '=cmd|é' ELSE 'v' || value END,
         CASE WHEN value % 2 = 0 THEN NULL ELSE 'u"1",' || char(10) END, NULL, ?3 + value * 1000, ?3 + value * 1000,
         value / 7.0, 'EUR', 'claimed', value % 5, value % 2 FROM json_each(?2)`,
    ).bind(site, numbers, FROM),
    env.DB.prepare(
      `INSERT INTO surveys (site, conversation_id, revision, visitor_id, at, csat, resolved, comment)
       SELECT ?1, 'c' || value, 1, 'v', ?3 + value, 1 + value % 5, value % 2, 'très bien' FROM json_each(?2) LIMIT 10`,
    ).bind(site, numbers, FROM),
  ]);
}

test("ROL8: Parquet holds what CSV holds, in row groups of bounded size, streamed; a table without rows is a file too", async () => {
  const site = await makeSite();
  await fill(site.key, ORDERS);
  const csv = await (await ask(site, "orders.csv")).text();
  const lines = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
  const response = await ask(site, "orders.parquet");
  expect(response.headers.get("content-type")).toBe("application/vnd.apache.parquet");
  const parts: Uint8Array[] = [];
  for await (const part of response.body ?? []) parts.push(part);
  const file = await new Blob(parts.map((part) => part.slice())).arrayBuffer();
  const { row_groups } = parquetMetadata(file);
  expect(row_groups.length).toBeGreaterThan(1);
  expect(row_groups.every(({ num_rows }) => Number(num_rows) <= MOST_IN_GROUP)).toBe(true);
  const rows = await parquetReadObjects({ file });
  expect(rows).toHaveLength(ORDERS);
  const text = (value: unknown) => {
    if (value === null || value === undefined) return "";
    if (value instanceof Date) return value.toISOString();
    return typeof value === "boolean" ? String(Number(value)) : String(value);
  };
  const written = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, text(value)])),
  );
  // What a spreadsheet would take for a formula is marked in CSV alone.
  expect(written).toEqual(
    lines.map((line) => ({ ...line, visitor_id: line["visitor_id"]?.replace(/^'/, "") })),
  );

  const surveys = await parquetReadObjects({
    file: await (await ask(site, "surveys.parquet")).arrayBuffer(),
  });
  expect(surveys[1]).toMatchObject({ csat: 2, resolved: true, nps: null, comment: "très bien" });
  const none = await parquetReadObjects({
    file: await (await ask(site, "conversations.parquet")).arrayBuffer(),
  });
  expect(none).toEqual([]);
  for (const table of ["sessions", "exposures", "messages"]) {
    const empty = await (await ask(site, `${table}.parquet`)).arrayBuffer();
    expect(await parquetReadObjects({ file: empty })).toEqual([]);
  }
}, 120_000);

test("ROL9: the pages of an export hold every row once, in order; a foreign cursor is refused", async () => {
  const site = await makeSite();
  await fill(site.key, 2_500);
  const seen: unknown[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: { items: { order_id: string; at: string }[]; next_cursor: string | null } = await (
      await ask(site, `orders.json?limit=700${after}`)
    ).json();
    seen.push(...page.items.map(({ order_id }) => order_id));
    cursor = page.next_cursor;
  }
  expect(seen).toEqual(Array.from({ length: 2_500 }, (_, index) => `o${String(index).padStart(6, "0")}`));
  const refused = async (file: string) => {
    const response = await ask(site, file);
    const body = await response.json<{ error: { path?: string } }>();
    return [response.status, body.error.path];
  };
  expect(await refused("orders.json?cursor=nonsense")).toEqual([400, "cursor"]);
  expect(await refused("orders.json?limit=0")).toEqual([400, "limit"]);
  expect((await ask(site, "user.parquet")).status).toBe(404);
  expect((await ask(site, "messages.json")).status).toBe(404);
});
