/** History told to the product as it is in life: in steps, some of it late, some of it twice, in no order. */
import { expect } from "vitest";
import { diceOf } from "../../../bench/dice.ts";
import { generateHistory, type HistoryPlan } from "../../../bench/history-generator.ts";
import type { HistoryMessage, HistoryRecord } from "../../../domain/history/records.ts";
import type { RunningServer } from "../../../scripts/server.ts";
import type { Site } from "./sites.ts";

/** Messages that a queue takes together. */
const AT_ONCE = 6;
const GIVE_UP_MS = 240_000;

/** Tell all that happened on `site`; somebody looks at it half-way. */
export async function tell(
  server: RunningServer,
  { site, seed }: { site: Site; seed: number },
  look: () => Promise<unknown>,
): Promise<void> {
  const plan: HistoryPlan = {
    seed,
    scale: 0.05,
    until: Date.parse("2025-11-14T00:00:00Z"),
    days: 34,
    prefix: `${site.key}-`,
    currency: site.currency,
    midnight: site.midnight,
  };
  const dice = diceOf(seed);
  const told = [...generateHistory(plan)].flatMap((record, nth) =>
    revisionsOf(record.table === "orders" && nth % 9 === 0 ? { ...record, currency: "CHF" } : record),
  );
  const all = [...told, ...told.filter(() => dice.chance(0.05))];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = dice.below(last + 1);
    [all[last], all[other]] = [all[other] as HistoryRecord, all[last] as HistoryRecord];
  }
  const queue = await server.miniflare.getQueueProducer<HistoryMessage>("HISTORY");
  const messages: HistoryMessage[] = [];
  for (let at = 0; at < all.length; at += 60) {
    const owner = { kind: "exempt" as const, name: `${site.key}:0` };
    messages.push({ v: 1, site: site.key, owner, records: all.slice(at, at + 60) });
  }
  const half = Math.ceil(messages.length / 2);
  for (let at = 0; at < messages.length; at += AT_ONCE) {
    await queue.sendBatch(messages.slice(at, at + AT_ONCE).map((body) => ({ body })));
    // What is kept now must not stay.
    if (at <= half && half < at + AT_ONCE) await look();
  }
  await arrived(server, site, told);
}

/** What the owner told before `record`: the same row, known less well. */
function revisionsOf(record: HistoryRecord): HistoryRecord[] {
  switch (record.table) {
    case "sessions":
      return [{ ...record, revision: 1, last_at: record.started_at, ended_at: null, covered: false }, record];
    case "exposures":
      return [
        {
          ...record,
          revision: 1,
          shown_at: null,
          opened_at: null,
          declined_at: null,
          ignored_at: null,
          clicked_at: null,
        },
        record,
      ];
    case "conversations":
      return [
        {
          ...record,
          revision: 1,
          first_visitor_message_at: null,
          first_agent_message_at: null,
          closed_at: null,
        },
        {
          ...record,
          revision: 2,
          first_agent_message_at: null,
          assigned_at: null,
          agent_id: null,
          closed_at: null,
          left_at: undefined,
          answered_by: undefined,
          handovers: record.handovers?.slice(1),
          canned: record.canned?.slice(1),
        },
        record,
      ];
    case "orders":
      return [{ ...record, revision: 1, status: "claimed", total: record.total + 7 }, record];
    case "agent_states":
      return [{ ...record, revision: 1, ended_at: null }, record];
    default:
      return [record];
  }
}

/** Wait until D1 holds every record at its last revision. */
async function arrived(server: RunningServer, site: Site, told: readonly HistoryRecord[]): Promise<void> {
  const d1 = await server.miniflare.getD1Database("DB");
  const wanted = new Set(told.filter(({ table }) => table === "sessions").map(({ id }) => id)).size;
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    const row = await d1
      .prepare(
        `SELECT (SELECT count(*) FROM sessions WHERE site = ?1 AND revision = 3) AS visits,
           (SELECT count(*) FROM conversations WHERE site = ?1 AND revision < 4)
           + (SELECT count(*) FROM exposures WHERE site = ?1 AND revision < 2)
           + (SELECT count(*) FROM agent_states WHERE site = ?1 AND revision < 2) AS early`,
      )
      .bind(site.key)
      .first<{ visits: number; early: number }>();
    const health = (await (await fetch(`${server.url}/healthz`)).json()) as { dead_letters: number };
    expect(health.dead_letters).toBe(0);
    if (row?.visits === wanted && row.early === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`history did not arrive: ${JSON.stringify(row)} of ${wanted}`);
    await new Promise((done) => setTimeout(done, 300));
  }
}
