/** A journey ended with an order where its person has one that counts, whoever told it, and whenever it was told. */
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RecordOf } from "../../domain/history/records.ts";
import { Journeys } from "../../domain/journeys/wire.ts";
import { tell } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-11-20T12:00:00Z");
/** An evening in Paris: what follows within hours is on another day. */
const EVENING = Date.parse("2026-11-16T21:00:00Z");
const PAGE = "/panier";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

type Site = { key: string; apiKey: string };

const visit = (visitor_id: string, at = EVENING): RecordOf<"sessions"> =>
  sessionRecord({
    id: `ses_${visitor_id}_${at}`,
    visitor_id,
    started_at: at,
    last_at: at + HOUR,
    ended_at: at + HOUR,
    path: [PAGE],
  });

const order = (
  id: string,
  visitor_id: string,
  more: Partial<RecordOf<"orders">> = {},
): RecordOf<"orders"> => ({
  table: "orders",
  id,
  revision: 1,
  visitor_id,
  user_id: null,
  session_id: null,
  at: EVENING + 20 * HOUR,
  received_at: EVENING + 20 * HOUR,
  total: 40,
  currency: "EUR",
  status: "confirmed",
  items: 1,
  covered: false,
  ...more,
});

const join = (user: string, visitor_id: string): RecordOf<"identities"> => ({
  table: "identities",
  id: user,
  revision: 1,
  visitor_id,
  at: EVENING,
});

const refund = (of: string, amount: number | null): RecordOf<"refunds"> => ({
  table: "refunds",
  id: `ref_${of}`,
  revision: 1,
  order_id: of,
  visitor_id: "x",
  at: NOW - HOUR,
  amount,
  status: "confirmed",
});

/** How many visits ended at the page, and how many of them without an order. */
async function endedAt({ key, apiKey }: Site): Promise<[ended: number, lost: number]> {
  // What was counted a moment ago is served again; here everything is later.
  await env.DB.prepare("UPDATE journey_days SET built_at = 0 WHERE site = ?1").bind(key).run();
  const answer = await exports.default.fetch(
    `http://localhost/api/sites/${key}/journeys?from=2026-11-16&to=2026-11-17`,
    { headers: { authorization: `Bearer ${apiKey}` } },
  );
  expect(answer.status).toBe(200);
  const { visits, abandoned } = Journeys.parse(await answer.json());
  return [visits, abandoned.find(({ page }) => page === PAGE)?.lost ?? 0];
}

const SITE = { timezone: "Europe/Paris", attribution_hours: 48 };

test("JRN22: an order that a server tells after the visit, or for its user alone, or that another device placed, ends the journey", async () => {
  const site = await makeSite(SITE);
  await tell(site.key, [
    visit("own"),
    order("o1", "own"),
    visit("by-user"),
    join("ada", "by-user"),
    join("ada", "u:ada"),
    order("o2", "u:ada"),
    visit("phone"),
    join("bob", "phone"),
    join("bob", "desk"),
    order("o3", "desk", { session_id: "ses_other" }),
    visit("foreign-money"),
    order("o4", "foreign-money", { currency: "USD" }),
    visit("nobody"),
  ]);
  expect(await endedAt(site)).toEqual([5, 1]);
});

test("JRN22: what was given back whole, lies beyond the window, or is only claimed where that does not count, is no order", async () => {
  const site = await makeSite({ ...SITE, orders: "confirmed" });
  await tell(site.key, [
    visit("whole"),
    order("o1", "whole"),
    refund("o1", null),
    visit("part"),
    order("o2", "part"),
    refund("o2", 10),
    visit("late"),
    order("o3", "late", { at: EVENING + HOUR + 48 * HOUR + 1 }),
    visit("before"),
    order("o4", "before", { at: EVENING - 1 }),
    visit("claimed"),
    order("o5", "claimed", { status: "claimed" }),
  ]);
  expect(await endedAt(site)).toEqual([5, 4]);
});

test("JRN22: what is told after the day was counted restates it: an order of the next day, who somebody is, a return", async () => {
  const site = await makeSite(SITE);
  await tell(site.key, [visit("ada"), visit("bob"), visit("eve")]);
  expect(await endedAt(site)).toEqual([3, 3]);
  await tell(site.key, [order("o1", "ada"), order("o2", "bob-at-work")]);
  expect(await endedAt(site)).toEqual([3, 2]);
  await tell(site.key, [join("bob", "bob"), join("bob", "bob-at-work")]);
  expect(await endedAt(site)).toEqual([3, 1]);
  await tell(site.key, [refund("o1", 40)]);
  expect(await endedAt(site)).toEqual([3, 2]);
  await env.DB.prepare(
    "UPDATE sites SET settings = json_set(settings, '$.attribution_hours', 4) WHERE key = ?1",
  )
    .bind(site.key)
    .run();
  expect(await endedAt(site)).toEqual([3, 3]);
  await tell(site.key, [visit("bob", EVENING + DAY)]);
  expect(await endedAt(site)).toEqual([3, 3]);
});
