/** What the API says of an agent beside the best: from history, by the one query layer, to admins of the site alone. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { RecordOf } from "../../domain/history/records.ts";
import { ComparisonWire } from "../../domain/kpi/agent-comparison.ts";
import { request } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { tell } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const NOW = Date.parse("2026-11-02T09:30:00Z");
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FROM = NOW - 20 * DAY_MS;

let site: string;
let apiKey: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  ({ key: site, apiKey } = await makeSite());
});

/** So many conversations of `agent`, all with one answer; `good` of them ended well. */
function talks(agent: string, many: number, good: number, more: Partial<RecordOf<"conversations">> = {}) {
  return Array.from({ length: many }, (_, nth) => {
    const at = FROM + nth * MINUTE_MS;
    const id = `cnv_${agent}_${nth}`;
    const talk: RecordOf<"conversations"> = {
      table: "conversations",
      id,
      revision: 1,
      visitor_id: `v_${agent}_${nth}`,
      user_id: null,
      decision_id: null,
      skill: null,
      locale: null,
      page: null,
      status: "closed",
      agent_id: agent,
      created_at: at,
      queued_at: at,
      assigned_at: at,
      first_visitor_message_at: at,
      first_agent_message_at: at + 20_000,
      last_message_at: at + MINUTE_MS,
      closed_at: at + 2 * MINUTE_MS,
      close_reason: "agent",
      outcome: null,
      visitor_messages: 1,
      agent_messages: 1,
      handovers: [],
      canned: [{ at, agent, canned: "can_1", edited: nth % 4 === 0 }],
      text: null,
      ...more,
    };
    const survey: RecordOf<"surveys"> = {
      table: "surveys",
      id,
      revision: 1,
      visitor_id: talk.visitor_id,
      at: at + 3 * MINUTE_MS,
      welcome: null,
      wait: null,
      answer: null,
      csat: nth < good ? 5 : 1,
      nps: null,
      ces: null,
      resolved: nth < good,
      comment: null,
    };
    return [talk, survey];
  }).flat();
}

async function told(agent: string, query = "", headers = { authorization: `Bearer ${apiKey}` }) {
  const span = `from=${new Date(FROM - DAY_MS).toISOString()}&to=${new Date(NOW).toISOString()}`;
  return request(`/api/sites/${site}/agent-comparison?agent=${agent}&${span}${query}`, { headers });
}

const Answer = ComparisonWire.extend({
  version: z.int(),
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  business_hours: z.boolean(),
});
async function compared(agent: string) {
  const response = await told(agent);
  expect(response.status).toBe(200);
  return Answer.parse(await response.json());
}

test("OVW10 OVW20: the gaps of outcomes and of canned answers are those of the figures, with their verdicts", async () => {
  const gone = talks("usr_few", 5, 5);
  await tell(site, [...talks("usr_best", 120, 110), ...talks("usr_own", 120, 60), ...gone]);
  await env.DB.prepare("UPDATE resources SET body = ? WHERE id = ?")
    .bind(JSON.stringify({ shortcut: "retours", title: "Retours" }), `${site}_can_1`)
    .run();
  const own = await compared("usr_own");
  const csat = own.outcomes.find(({ kpi }) => kpi === "csat");
  expect(csat).toMatchObject({
    own: { figure: { numerator: 60, denominator: 120 }, few: null },
    gap: { best: { id: "usr_best" }, others: 1, verdict: "beyond_chance" },
  });
  expect(own.outcomes.find(({ kpi }) => kpi === "sales_per_agent_hour")).toMatchObject({
    own: { few: { basis: "hours", n: 0 } },
    gap: { verdict: "unknown" },
  });
  expect(own.canned).toHaveLength(1);
  const [answer] = own.canned;
  expect(answer).toMatchObject({
    canned: `${site}_can_1`,
    shortcut: "retours",
    title: "Retours",
    uses: 120,
    conversations: 120,
    senders: 3,
    edited: { figure: { numerator: 30, denominator: 120 } },
  });
  expect(answer?.outcomes.map(({ kpi, gap }) => [kpi, gap.verdict])).toEqual([
    ["fcr", "beyond_chance"],
    ["csat", "beyond_chance"],
    // Nobody bought anything, whoever wrote to them.
    ["conversion_after_chat", "chance"],
  ]);
  expect((await compared("usr_best")).outcomes.find(({ kpi }) => kpi === "csat")?.gap.verdict).toBe("best");
  const few = await compared("usr_few");
  expect(few.canned[0]).toMatchObject({ edited: { few: { basis: "uses", n: 5 } } });
  expect(few.canned[0]?.outcomes.every(({ own: shown }) => shown.figure.value === null)).toBe(true);
  // An answer that is deleted was sent all the same.
  await env.DB.prepare("DELETE FROM resources WHERE id = ?").bind(`${site}_can_1`).run();
  expect((await compared("usr_own")).canned[0]).toMatchObject({ shortcut: null, title: null, uses: 120 });
});

test("OVW24: the first reply is compared by the clock or inside business hours, as is asked, and the answer says which", async () => {
  const dayOfWeek = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
  const hours = [{ dayOfWeek: [...dayOfWeek], opens: "09:00", closes: "18:00" }];
  ({ key: site, apiKey } = await makeSite({ timezone: "UTC", business_hours: hours }));
  const midnight = FROM - (FROM % DAY_MS);
  // Both answer as fast; half of what Léa answers was asked in the night before.
  const asked = (agent: string, atNight: boolean) =>
    talks(agent, 80, 60).map((row, index): RecordOf<"conversations"> | RecordOf<"surveys"> => {
      if (row.table !== "conversations") return row;
      const isNight = atNight && index % 4 === 0;
      const opens = midnight + DAY_MS + 9 * 60 * MINUTE_MS;
      const at = isNight ? opens - (120 + index) * MINUTE_MS : opens + index * MINUTE_MS;
      const first_agent_message_at = (isNight ? opens : at) + (15 + ((index / 2) % 10)) * 1_000;
      const closed_at = first_agent_message_at + MINUTE_MS;
      return {
        ...row,
        created_at: at,
        queued_at: at,
        assigned_at: at,
        first_visitor_message_at: at,
        first_agent_message_at,
        last_message_at: closed_at,
        closed_at,
        canned: [],
      };
    });
  await tell(site, [...asked("usr_lea", true), ...asked("usr_karim", false)]);
  const read = async (query: string) => {
    const answer = await told("usr_lea", query);
    expect(answer.status).toBe(200);
    const said = Answer.parse(await answer.json());
    const reply = said.outcomes.find(({ kpi }) => kpi === "first_reply_p90");
    return { said: said.business_hours, value: reply?.own.figure.value ?? 0, verdict: reply?.gap.verdict };
  };
  const clock = await read("");
  expect(clock).toMatchObject({ said: false, verdict: "beyond_chance" });
  expect(clock.value).toBeGreaterThan(7_000);
  const inside = await read("&business_hours=true");
  expect(inside).toMatchObject({ said: true, value: 23 });
  expect(inside.verdict).not.toBe("beyond_chance");
  expect(await read("&business_hours=false")).toEqual(clock);
  const refused = await told("usr_lea", "&business_hours=maybe");
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { path: "business_hours" } });
});

test("OVW7 OVW10: it is told to admins of the site, of people of the site, and what is malformed is refused at its place", async () => {
  await tell(site, talks("usr_own", 3, 3));
  expect((await told("usr_nobody")).status).toBe(404);
  const other = await makeSite();
  expect((await told("usr_own", "", { authorization: `Bearer ${other.apiKey}` })).status).toBe(404);
  expect((await told("usr_own", "&from=nonsense")).status).toBe(400);
  const agent = await signIn("Léa", [site]);
  const asAgent = await request(`/api/sites/${site}/agent-comparison?agent=${agent.id}`, {
    headers: { cookie: agent.cookie },
  });
  expect(asAgent.status).toBe(403);
  const missing = await request(`/api/sites/${site}/agent-comparison`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  expect(missing.status).toBe(400);
  expect(await missing.json()).toMatchObject({ error: { path: "agent" } });
  // Somebody who has only just come is compared with nobody.
  const fresh = await compared(agent.id);
  expect(fresh.canned).toEqual([]);
  expect(fresh.outcomes.every(({ gap }) => gap.verdict === "unknown")).toBe(true);
});
