/** A conversation that no invitation led to is one all the same, in either arm of a campaign's result. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { RecordOf } from "../../domain/history/records.ts";
import { ResultWire } from "../../domain/results/wire.ts";
import { tell } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Math.floor(Date.now() / DAY) * DAY - 6 * DAY + DAY / 2;

function came(visitor: string, arm: "treated" | "holdout") {
  const session = sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    started_at: NOON - MINUTE,
    last_at: NOON,
    ended_at: NOON,
  });
  const exposure: RecordOf<"exposures"> = {
    table: "exposures",
    id: `dec_${visitor}`,
    revision: 1,
    visitor_id: visitor,
    session_id: session.id,
    campaign_id: "cmp_talk",
    phase: 1,
    variant: "a",
    kind: "chat",
    arm,
    probability: 0.5,
    eligible_at: NOON,
    shown_at: null,
    opened_at: null,
    declined_at: null,
    ignored_at: null,
    clicked_at: null,
  };
  return [session, exposure];
}

/** Opened by the button. */
function talk(visitor: string, at: number, isAnswered = true): RecordOf<"conversations"> {
  return {
    table: "conversations",
    id: `cnv_${visitor}_${at}`,
    revision: 1,
    visitor_id: visitor,
    user_id: null,
    decision_id: null,
    skill: null,
    locale: null,
    page: null,
    status: "closed",
    agent_id: "usr_lea",
    created_at: at,
    queued_at: at,
    assigned_at: at + MINUTE,
    first_visitor_message_at: at,
    first_agent_message_at: isAnswered ? at + 2 * MINUTE : null,
    last_message_at: at + 7 * MINUTE,
    closed_at: at + 22 * MINUTE,
    close_reason: "idle",
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
  };
}

test("RES30: who used the button in the window had a conversation, held out or not, and its write restates the result", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", economics: { agent_hour: 30 } });
  const body = { name: "Cart", kind: "chat", holdout: 0.5, variants: [{ key: "a", creative: {} }] };
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO campaigns (id, site, status, name, body, created_at, updated_at)
       VALUES ('cmp_talk', ?1, 'live', 'Cart', ?2, ?3, ?3)`,
    ).bind(key, JSON.stringify(body), NOON - DAY),
    env.DB.prepare(
      "INSERT INTO campaign_phases (site, campaign_id, phase, body, started_at) VALUES (?1, 'cmp_talk', 1, ?2, ?3)",
    ).bind(key, JSON.stringify(body), NOON - DAY),
  ]);
  const read = async () => {
    const answer = await exports.default.fetch(
      `http://localhost/api/sites/${key}/campaigns/cmp_talk/results`,
      { headers: { authorization: `Bearer ${apiKey}` } },
    );
    expect(answer.status).toBe(200);
    return ResultWire.parse(await answer.json());
  };
  const held = ["ada", "bob", "cleo", "dan"];
  await tell(
    key,
    [...held, "eve"].flatMap((name) => came(name, name === "eve" ? "treated" : "holdout")),
  );
  expect((await read()).arms.holdout).toMatchObject({ visitors: 4, reached: 0 });

  await tell(key, [
    talk("ada", NOON + HOUR),
    // Two days and more after the visit; before it; and one that nobody answered.
    talk("bob", NOON + 49 * HOUR),
    talk("cleo", NOON - HOUR),
    talk("dan", NOON + HOUR, false),
    talk("eve", NOON + HOUR),
    // Of somebody who never qualified.
    talk("fay", NOON + HOUR),
  ]);
  const { arms, agents } = await read();
  expect(arms.holdout).toMatchObject({ visitors: 4, reached: 1, accepted: 0 });
  expect(arms.treated).toMatchObject({ visitors: 1, reached: 1, accepted: 0 });
  // No invitation led there: none of the campaign's time.
  expect(agents).toMatchObject({ hours: 0, later_hours: 0, cost: 0 });
});
