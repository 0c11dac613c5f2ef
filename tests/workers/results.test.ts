/** A campaign's result over the API follows history, however its events arrive. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { HistoryMessage, HistoryRecord } from "../../domain/history/records.ts";
import { ResultWire } from "../../domain/results/wire.ts";
import { consumeHistory } from "../../workers/history/consumer.ts";
import { mulberry } from "../mulberry.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.now();

/** Through the queue's consumer, as history comes. */
async function write(site: string, records: readonly HistoryRecord[]): Promise<void> {
  const owner = { kind: "visitor" as const, name: `${site}:nobody` };
  const refused: string[] = [];
  const messages = records.map((record, index) => ({
    id: `m${index}`,
    timestamp: new Date(),
    attempts: 1,
    body: { v: 1, site, owner, records: [record] } satisfies HistoryMessage,
    ack: () => undefined,
    retry: () => refused.push(record.id),
  }));
  const batch = { queue: "aparte-history", messages, ackAll: () => undefined, retryAll: () => undefined };
  await consumeHistory(batch as unknown as MessageBatch, env);
  expect(refused).toEqual([]);
}

async function result(site: string, apiKey: string): Promise<ResultWire> {
  const answer = await exports.default.fetch(
    `http://localhost/api/sites/${site}/campaigns/${campaignOf(site)}/results`,
    { headers: { authorization: `Bearer ${apiKey}` } },
  );
  expect(answer.status).toBe(200);
  return ResultWire.parse(await answer.json());
}

const campaignOf = (site: string) => `cmp_${site}`;

/** One visitor of the campaign and what became of them, some of it late, some told twice. */
function visitorRecords(site: string, index: number, random: () => number): HistoryRecord[] {
  const visitor = `v${index}`;
  const eligible = NOW - Math.floor(random() * 12 * DAY) - HOUR;
  const held = random() < 0.3;
  const told: HistoryRecord[] = [];
  const session = sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    started_at: eligible - HOUR / 2,
    last_at: eligible,
    device_type: "mobile",
    browser: "Safari",
  });
  const exposure = {
    table: "exposures" as const,
    id: `dec_${visitor}`,
    revision: 1,
    visitor_id: visitor,
    session_id: session.id,
    campaign_id: campaignOf(site),
    phase: 1,
    variant: "a",
    kind: "content",
    arm: held ? ("holdout" as const) : ("treated" as const),
    probability: 0.7,
    eligible_at: eligible,
    shown_at: null,
    opened_at: null,
    declined_at: null,
    ignored_at: null,
    clicked_at: null,
  };
  told.push(session, { ...session, revision: 2, ended_at: eligible + 40 * 60_000 }, exposure);
  if (!held) told.push({ ...exposure, revision: 2, shown_at: eligible + 1 });
  if (random() < 0.1) {
    const again = { ...exposure, id: `dec_again_${visitor}`, eligible_at: eligible + 5 * HOUR };
    told.push(random() < 0.5 ? again : { ...again, arm: held ? "treated" : "holdout" });
  }
  if (random() < 0.5) {
    const order = {
      table: "orders" as const,
      id: `o_${visitor}`,
      revision: 1,
      visitor_id: visitor,
      user_id: null,
      session_id: session.id,
      at: eligible + Math.floor(random() * 3 * DAY) - HOUR,
      received_at: NOW,
      total: 20 + Math.floor(random() * 80),
      currency: "EUR",
      status: "claimed" as const,
      items: 1,
      covered: true,
    };
    told.push(order, order);
    if (random() < 0.3) {
      const amount = random() < 0.5 ? null : 10;
      const refund = { table: "refunds" as const, id: `r_${visitor}`, revision: 1, order_id: order.id };
      told.push({ ...refund, visitor_id: visitor, at: NOW, amount, status: "claimed" });
    }
  }
  if (random() < 0.1 && index > 0) {
    const user = { table: "identities" as const, id: `user${index}`, revision: 1, at: NOW };
    told.push({ ...user, visitor_id: visitor }, { ...user, visitor_id: `v${index - 1}` });
  }
  return told;
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** Who bought within the window, counted by one query that shares nothing with the product's. */
const RECOUNT = `WITH person AS (
    SELECT e.visitor_id, coalesce((SELECT max(i.user_id) FROM identities i
      WHERE i.site = e.site AND i.visitor_id = e.visitor_id), e.visitor_id) AS who FROM exposures e WHERE e.site = ?1),
  seen AS (SELECT DISTINCT e.id, p.who, e.arm, e.eligible_at, s.ended_at FROM exposures e
    JOIN person p ON p.visitor_id = e.visitor_id JOIN sessions s ON s.site = e.site AND s.id = e.session_id
    WHERE e.site = ?1),
  unit AS (SELECT who, min(arm) AS arm, min(eligible_at) AS since FROM seen GROUP BY who HAVING count(DISTINCT arm) = 1),
  bought AS (SELECT coalesce((SELECT max(i.user_id) FROM identities i
      WHERE i.site = o.site AND i.visitor_id = o.visitor_id), o.visitor_id) AS who, o.at,
    o.total - coalesce((SELECT sum(coalesce(r.amount, 1e9)) FROM refunds r
      WHERE r.site = o.site AND r.order_id = o.order_id), 0) AS net FROM orders o WHERE o.site = ?1)
  SELECT u.arm, count(*) AS n, sum(EXISTS (SELECT 1 FROM bought b JOIN seen f ON f.who = u.who AND f.eligible_at = u.since
    WHERE b.who = u.who AND b.net > 0 AND b.at BETWEEN u.since AND max(f.ended_at, u.since) + 172800000)) AS x
  FROM unit u GROUP BY u.arm ORDER BY u.arm`;

test("RES13: late, doubled, merged and refunded events leave what counting everything anew gives", async () => {
  const { key, apiKey } = await makeSite();
  await makeCampaign(key);
  const random = mulberry(5);
  const people = Array.from({ length: 60 }, (_, index) => visitorRecords(key, index, random));
  const stream = shuffled(people.flat(), random);
  for (let from = 0; from < stream.length; from += 40) {
    await write(key, stream.slice(from, from + 40));
    await result(key, apiKey);
  }
  const followed = await result(key, apiKey);
  await env.DB.batch([
    env.DB.prepare("DELETE FROM rollup_marks WHERE site = ?").bind(key),
    env.DB.prepare("DELETE FROM campaign_sums WHERE site = ?").bind(key),
  ]);
  expect(await result(key, apiKey)).toEqual(followed);

  const { results } = await env.DB.prepare(RECOUNT).bind(key).all<{ arm: string; n: number; x: number }>();
  const { holdout, treated } = followed.arms;
  expect(results).toEqual([
    { arm: "holdout", n: holdout.visitors, x: holdout.conversions },
    { arm: "treated", n: treated.visitors, x: treated.conversions },
  ]);
  expect(holdout.conversions).toBeGreaterThan(0);
  expect(followed.guards.multiple_exposures.visitors).toBeGreaterThan(0);
});

async function makeCampaign(site: string): Promise<void> {
  const body = {
    name: "Essai",
    kind: "content",
    status: "live",
    holdout: 0.3,
    variants: [{ key: "a", creative: {} }],
  };
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO campaigns (id, site, status, name, body, created_at, updated_at) VALUES (?1, ?2, 'live', 'Essai', ?3, ?4, ?4)`,
    ).bind(campaignOf(site), site, JSON.stringify(body), NOW - 20 * DAY),
    env.DB.prepare(
      "INSERT INTO campaign_phases (site, campaign_id, phase, body, started_at) VALUES (?1, ?2, 1, ?3, ?4)",
    ).bind(site, campaignOf(site), JSON.stringify(body), NOW - 20 * DAY),
  ]);
}

test("RES13: a builder that is overtaken leaves the later figures alone", async () => {
  const { key, apiKey } = await makeSite();
  await makeCampaign(key);
  await write(key, visitorRecords(key, 0, mulberry(1)));
  await Promise.all(Array.from({ length: 8 }, () => result(key, apiKey)));
  await write(key, visitorRecords(key, 1, mulberry(2)));
  const all = await Promise.all(Array.from({ length: 8 }, () => result(key, apiKey)));
  for (const { arms } of all) expect(arms.treated.visitors + arms.holdout.visitors).toBeGreaterThan(0);
  const { arms, guards } = await result(key, apiKey);
  expect(arms.treated.visitors + arms.holdout.visitors + guards.multiple_exposures.visitors).toBe(2);
});
