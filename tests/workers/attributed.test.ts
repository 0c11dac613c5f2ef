/** What a campaign's chats are credited with is one figure: in its result, and in the KPIs by campaign. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { HistoryRecord } from "../../domain/history/records.ts";
import { ResultWire } from "../../domain/results/wire.ts";
import { mulberry } from "../mulberry.ts";
import { tell } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const CAMPAIGNS = ["cmp_one", "cmp_two"];

/** A visitor of one campaign, with chats that came of it and of nothing, and with orders about these. */
function lifeOf(index: number, random: () => number): HistoryRecord[] {
  const visitor = `v${index}`;
  const campaign = CAMPAIGNS[index % 2] ?? "";
  const eligible = TODAY - 20 * DAY + Math.floor(random() * 15 * DAY);
  const near = (hours: number) => eligible + Math.floor((random() - 0.3) * hours * HOUR);
  const session = sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    started_at: eligible - HOUR,
    last_at: eligible + HOUR,
    ended_at: eligible + HOUR,
  });
  const exposure = {
    table: "exposures" as const,
    id: `dec_${visitor}`,
    revision: 1,
    visitor_id: visitor,
    session_id: session.id,
    campaign_id: campaign,
    phase: 1,
    variant: "a",
    kind: "chat",
    arm: "treated" as const,
    probability: 0.9,
    eligible_at: eligible,
    shown_at: eligible,
    opened_at: null,
    declined_at: null,
    ignored_at: null,
    clicked_at: null,
  };
  const chat = (name: string, decision: string | null, at: number) => ({
    table: "conversations" as const,
    id: `cnv_${name}`,
    revision: 1,
    visitor_id: visitor,
    user_id: null,
    decision_id: decision,
    skill: null,
    locale: null,
    page: null,
    status: "closed" as const,
    agent_id: "usr_lea",
    created_at: at,
    queued_at: at,
    assigned_at: at + MINUTE,
    first_visitor_message_at: at,
    first_agent_message_at: random() < 0.8 ? at + MINUTE : null,
    last_message_at: at + 5 * MINUTE,
    closed_at: at + 6 * MINUTE,
    close_reason: null,
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
  });
  const order = (name: string, at: number) => ({
    table: "orders" as const,
    id: `o_${name}`,
    revision: 1,
    visitor_id: random() < 0.2 ? `u:user${index % 9}` : visitor,
    user_id: null,
    session_id: null,
    at,
    received_at: at,
    total: 10 + Math.floor(random() * 90),
    currency: random() < 0.1 ? "CHF" : "EUR",
    status: "claimed" as const,
    items: 1,
    covered: true,
  });
  const told: HistoryRecord[] = [session, exposure];
  if (random() < 0.8) told.push(chat(visitor, exposure.id, eligible + MINUTE));
  if (random() < 0.4) told.push(chat(`own_${visitor}`, null, near(60)));
  if (random() < 0.8) told.push(order(`a_${visitor}`, near(80)), order(`b_${visitor}`, near(120)));
  if (random() < 0.3) {
    const refund = { table: "refunds" as const, id: `r_${visitor}`, revision: 1, order_id: `o_a_${visitor}` };
    told.push({
      ...refund,
      visitor_id: visitor,
      at: eligible,
      amount: random() < 0.5 ? null : 5,
      status: "claimed",
    });
  }
  if (random() < 0.5) {
    const known = { table: "identities" as const, id: `user${index % 9}`, revision: 1, at: near(200) };
    told.push({ ...known, visitor_id: visitor }, { ...known, visitor_id: `u:user${index % 9}` });
  }
  return told;
}

test("RES4: the result and the KPIs credit a campaign's chats with the same orders, joins and unasked chats included", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", attribution_hours: 30 });
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await exports.default.fetch(`http://localhost/api/sites/${key}/${path}`, { headers });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const body = { name: "A", kind: "chat", holdout: 0.1, variants: [{ key: "a", creative: {} }] };
  for (const id of CAMPAIGNS) {
    await env.DB.batch([
      env.DB.prepare(
        "INSERT INTO campaigns (id, site, status, name, body, created_at, updated_at) VALUES (?1, ?2, 'live', 'A', ?3, 0, 0)",
      ).bind(id, key, JSON.stringify(body)),
      env.DB.prepare(
        "INSERT INTO campaign_phases (site, campaign_id, phase, body, started_at) VALUES (?1, ?2, 1, ?3, ?4)",
      ).bind(key, id, JSON.stringify(body), TODAY - 30 * DAY),
    ]);
  }
  const random = mulberry(24);
  const told = Array.from({ length: 60 }, (_, index) => lifeOf(index, random)).flat();
  for (let from = 0; from < told.length; from += 50) await tell(key, told.slice(from, from + 50));

  const iso = (at: number) => new Date(at).toISOString();
  const span = `from=${iso(TODAY - 30 * DAY)}&to=${iso(TODAY)}&group_by=campaign`;
  const { rows } = (await ask(`kpis?${span}`)) as {
    rows: { group: string; attributed_revenue: { value: number }; assisted_orders: { value: number } }[];
  };
  for (const id of CAMPAIGNS) {
    const { attributed } = ResultWire.parse(await ask(`campaigns/${id}/results`));
    const kpi = rows.find(({ group }) => group === id);
    expect(attributed.orders).toBeGreaterThan(3);
    expect(attributed).toEqual({
      orders: kpi?.assisted_orders.value,
      revenue: kpi?.attributed_revenue.value,
    });
  }
});
