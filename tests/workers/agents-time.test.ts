/** What agents' time costs a campaign in its result, by the front door. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { RecordOf } from "../../domain/history/records.ts";
import { ResultWire } from "../../domain/results/wire.ts";
import { tell } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const NOON = TODAY - 3 * DAY + DAY / 2;

function visit(visitor: string): [RecordOf<"sessions">, RecordOf<"exposures">] {
  const session = sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    started_at: NOON - MINUTE,
    last_at: NOON,
    ended_at: NOON,
  });
  const exposure = {
    table: "exposures" as const,
    id: `dec_${visitor}`,
    revision: 1,
    visitor_id: visitor,
    session_id: session.id,
    campaign_id: "cmp_time",
    phase: 1,
    variant: "a",
    kind: "chat",
    arm: "treated" as const,
    probability: 0.5,
    eligible_at: NOON,
    shown_at: NOON,
    opened_at: null,
    declined_at: null,
    ignored_at: null,
    clicked_at: null,
  };
  return [session, exposure];
}

/** Asked at noon, taken a minute later unless nobody came, its last message at minute seven. */
function chat(visitor: string, more: Partial<RecordOf<"conversations">>): RecordOf<"conversations"> {
  return {
    table: "conversations",
    id: `cnv_${visitor}`,
    revision: 1,
    visitor_id: visitor,
    user_id: null,
    decision_id: `dec_${visitor}`,
    skill: null,
    locale: null,
    page: null,
    status: "closed",
    agent_id: "usr_lea",
    created_at: NOON,
    queued_at: NOON,
    assigned_at: NOON + MINUTE,
    first_visitor_message_at: NOON,
    first_agent_message_at: NOON + 2 * MINUTE,
    last_message_at: NOON + 7 * MINUTE,
    closed_at: NOON + 22 * MINUTE,
    close_reason: "idle",
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
    ...more,
  };
}

async function agents(site: string, apiKey: string) {
  const answer = await exports.default.fetch(
    `http://localhost/api/sites/${site}/campaigns/cmp_time/results`,
    { headers: { authorization: `Bearer ${apiKey}` } },
  );
  expect(answer.status).toBe(200);
  return ResultWire.parse(await answer.json()).agents;
}

test("RES27: an agent's hour is shared by what went on in it, of this campaign or not, and nobody pays for silence", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", economics: { agent_hour: 30 } });
  const body = { name: "Cart", kind: "chat", holdout: 0.1, variants: [{ key: "a", creative: {} }] };
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO campaigns (id, site, status, name, body, created_at, updated_at)
       VALUES ('cmp_time', ?1, 'live', 'Cart', ?2, ?3, ?3)`,
    ).bind(key, JSON.stringify(body), NOON - DAY),
    env.DB.prepare(
      "INSERT INTO campaign_phases (site, campaign_id, phase, body, started_at) VALUES (?1, 'cmp_time', 1, ?2, ?3)",
    ).bind(key, JSON.stringify(body), NOON - DAY),
  ]);
  const alone = { assigned_at: null, first_agent_message_at: null, agent_id: null, close_reason: "left" };
  await tell(key, [...visit("ada"), ...visit("bob"), chat("ada", {}), chat("bob", alone)]);
  const once = await agents(key, apiKey);
  expect(once).toEqual({ hours: 0.1, later_hours: 0, concurrency: 1, cost: 3 });

  // The same agent had another conversation meanwhile, that no campaign asked for.
  await tell(key, [chat("eve", { decision_id: null })]);
  // Some time later: what was counted a moment ago is told as it was.
  await env.DB.prepare("UPDATE rollup_marks SET built_at = built_at - 60000 WHERE site = ?").bind(key).run();
  expect(await agents(key, apiKey)).toEqual({ hours: 0.05, later_hours: 0, concurrency: 2, cost: 1.5 });
});
