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

const orderOf = (visitor: string, at: number) => ({
  table: "orders" as const,
  id: `o_${visitor}`,
  revision: 1,
  visitor_id: visitor,
  user_id: null,
  session_id: null,
  at,
  received_at: NOW,
  total: 30,
  currency: "EUR",
  status: "claimed" as const,
  items: 1,
  covered: true,
});

/** One visitor of the campaign and what became of them, some of it late, some told twice. */
function visitorRecords(site: string, index: number, random: () => number): HistoryRecord[] {
  const visitor = `v${index}`;
  // Long enough ago for every window to have passed: a result is of these.
  const eligible = NOW - 4 * DAY - Math.floor(random() * 12 * DAY);
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
    const at = eligible + Math.floor(random() * 3 * DAY) - HOUR;
    const discount = random() < 0.3 ? null : Math.floor(random() * 700) / 100;
    const order = { ...orderOf(visitor, at), total: 20 + Math.floor(random() * 80), discount };
    told.push(order, order);
    if (random() < 0.3) {
      const amount = random() < 0.5 ? null : 10;
      const refund = { table: "refunds" as const, id: `r_${visitor}`, revision: 1, order_id: order.id };
      told.push({ ...refund, visitor_id: visitor, at: NOW, amount, status: "claimed" });
    }
  }
  if (random() < 0.4 && index > 0) {
    const user = `user${index % 7}`;
    const known = { table: "identities" as const, id: user, revision: 1 };
    const at = () => NOW - Math.floor(random() * 20 * DAY);
    told.push({ ...known, visitor_id: visitor, at: at() });
    told.push({ ...known, visitor_id: `v${index - 1}`, at: at() });
    if (random() < 0.5) {
      const alone = `u:${user}`;
      told.push({ ...known, visitor_id: alone, at: at() });
      told.push({ ...orderOf(alone, eligible + Math.floor(random() * 2 * DAY)), id: `o_alone_${visitor}` });
    }
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
const RECOUNT = `WITH known AS (SELECT visitor_id AS v, user_id AS u, at FROM identities
    WHERE site = ?1 AND visitor_id NOT LIKE 'u:%'),
  seen AS (SELECT e.visitor_id AS v, e.arm, e.eligible_at, max(s.ended_at, e.eligible_at) + 172800000 AS until
    FROM exposures e JOIN sessions s ON s.site = e.site AND s.id = e.session_id WHERE e.site = ?1),
  unit AS (SELECT v, min(arm) AS arm, min(eligible_at) AS since FROM seen GROUP BY v HAVING count(DISTINCT arm) = 1),
  named AS (SELECT *, (SELECT u FROM known k WHERE k.v = unit.v AND k.at <= unit.since
      ORDER BY k.at DESC, k.u DESC LIMIT 1) AS who,
    (SELECT until FROM seen WHERE seen.v = unit.v AND seen.eligible_at = unit.since) AS until FROM unit),
  bought AS (SELECT o.visitor_id AS v, o.at, iif(o.visitor_id LIKE 'u:%', substr(o.visitor_id, 3), NULL) AS alone,
      round(coalesce(o.discount, 0) * 100 * (o.total - coalesce(b.amount, 0)) / o.total) AS off
    FROM orders o LEFT JOIN (SELECT order_id, sum(coalesce(amount, 1e9)) AS amount FROM refunds WHERE site = ?1
      GROUP BY order_id) b ON b.order_id = o.order_id
    WHERE o.site = ?1 AND o.total > coalesce(b.amount, 0)),
  placed AS (SELECT *, coalesce(
      (SELECT k.v FROM known k WHERE k.u = alone AND k.at <= bought.at ORDER BY k.at DESC, k.v DESC LIMIT 1),
      (SELECT k.v FROM known k WHERE k.u = alone ORDER BY k.at, k.v LIMIT 1)) AS bearer FROM bought)
  SELECT arm, count(*) AS n, sum(orders > 0) AS x, sum(off) / 100 AS off FROM (
    SELECT arm, count(b.at) AS orders, coalesce(sum(b.off), 0) AS off FROM named n LEFT JOIN placed b
      ON b.at BETWEEN n.since AND n.until AND (b.v = n.v OR b.alone = n.who OR b.bearer = n.v
        OR EXISTS (SELECT 1 FROM known k WHERE k.v = b.v AND k.u = n.who AND k.at <= n.since))
    GROUP BY n.v)
  GROUP BY arm ORDER BY arm`;

test("RES13 RES26 RES28: late, doubled, merged and refunded events leave what counting everything anew gives", async () => {
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

  const { results } = await env.DB.prepare(RECOUNT).bind(key).all<{
    arm: string;
    n: number;
    x: number;
    off: number;
  }>();
  const { holdout, treated } = followed.arms;
  const { discounts } = followed;
  expect(results).toEqual([
    { arm: "holdout", n: holdout.visitors, x: holdout.conversions, off: discounts.holdout },
    { arm: "treated", n: treated.visitors, x: treated.conversions, off: discounts.treated },
  ]);
  expect(discounts.treated).toBeGreaterThan(0);
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
