/** What the API says of agents beside the period before: by the one query layer, to admins of the site alone. */
import { beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { RecordOf } from "../../domain/history/records.ts";
import { AgentChangesWire } from "../../domain/kpi/agent-changes.ts";
import { request } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { tell } from "./rollup-world.ts";
import { makeSite } from "./site.ts";

const NOW = Date.parse("2026-11-05T09:40:00Z");
const MINUTE_MS = 60_000;
/** Monday of this week and of the one before, in Paris. */
const MONDAY = Date.parse("2026-11-01T23:00:00Z");
const MONDAY_BEFORE = Date.parse("2026-10-25T23:00:00Z");

let site: string;
let apiKey: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  ({ key: site, apiKey } = await makeSite());
});

/** So many conversations of `agent` from `from` on, answered after so many seconds. */
function talks(agent: string, from: number, many: number, replySeconds: number) {
  return Array.from({ length: many }, (_, nth): RecordOf<"conversations"> => {
    const at = from + nth * MINUTE_MS;
    return {
      table: "conversations",
      id: `cnv_${agent}_${from}_${nth}`,
      revision: 1,
      visitor_id: `v_${agent}_${from}_${nth}`,
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
      first_agent_message_at: at + (replySeconds + (nth % 7)) * 1_000,
      last_message_at: at + 2 * MINUTE_MS,
      closed_at: at + 3 * MINUTE_MS,
      close_reason: "agent",
      outcome: null,
      visitor_messages: 1,
      agent_messages: 1,
      handovers: [],
      canned: [],
      text: null,
    };
  });
}

const SPAN = "from=2026-11-02&to=2026-11-09";
const ask = (query = SPAN, headers: Record<string, string> = { authorization: `Bearer ${apiKey}` }) =>
  request(`/api/sites/${site}/agent-changes?${query}`, { headers });

const Answer = AgentChangesWire.extend({
  version: z.int(),
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  business_hours: z.boolean(),
});

test("OVW15 OVW30: a week that goes on is held against as much of the one before, each figure as the KPIs have it", async () => {
  await tell(site, [
    ...talks("usr_lea", MONDAY + 600 * MINUTE_MS, 60, 20),
    ...talks("usr_new", MONDAY + 600 * MINUTE_MS, 40, 20),
    ...talks("usr_lea", MONDAY_BEFORE + 600 * MINUTE_MS, 50, 50),
    // After the same hour of that week: not compared with what is not over.
    ...talks("usr_lea", MONDAY_BEFORE + (3 * 1_440 + 660) * MINUTE_MS, 30, 90),
  ]);
  const response = await ask();
  expect(response.status).toBe(200);
  const { before, rows } = Answer.parse(await response.json());
  expect(before).toEqual({ from: "2026-10-25T23:00:00.000Z", to: "2026-10-29T09:00:00.000Z" });
  const of = (agent: string | null, kpi: string) =>
    rows.find((row) => row.agent === agent)?.figures.find((one) => one.kpi === kpi);
  expect(of("usr_lea", "chats_handled")).toMatchObject({
    before: { figure: { value: 50 } },
    change: { value: 10, low: null },
  });
  expect(of("usr_new", "chats_handled")).toMatchObject({
    before: { figure: { value: 0 } },
    change: { value: 40 },
  });
  expect(of(null, "chats_handled")).toMatchObject({
    before: { figure: { value: 50 } },
    change: { value: 50 },
  });
  const kpis = await request(
    `/api/sites/${site}/kpis?from=${before.from}&to=${before.to}&kpis=first_reply_median&group_by=agent`,
    { headers: { authorization: `Bearer ${apiKey}` } },
  );
  const Rows = z.object({
    rows: z.array(z.object({ group: z.string(), first_reply_median: z.object({ value: z.number() }) })),
  });
  const [lea] = Rows.parse(await kpis.json()).rows;
  const reply = of("usr_lea", "first_reply_median");
  expect(reply?.before.figure.value).toBe(lea?.first_reply_median.value);
  expect(reply?.change?.value).toBeLessThan(-20);
  expect(reply?.change?.p).toBeLessThan(0.05);
  expect(of("usr_new", "first_reply_median")).toMatchObject({
    before: { few: { basis: "chats", n: 0 } },
    change: null,
  });
});

test("OVW24 OVW30: the first reply of both periods is counted inside business hours where that is asked", async () => {
  expect(Answer.parse(await (await ask(`${SPAN}&business_hours=true`)).json())).toMatchObject({
    business_hours: true,
  });
  const refused = await ask(`${SPAN}&business_hours=maybe`);
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { path: "business_hours" } }]);
});

test("OVW7 OVW30: it is its own site's admins' alone, and a malformed span is refused at its place", async () => {
  const other = await makeSite();
  expect((await ask(SPAN, { authorization: `Bearer ${other.apiKey}` })).status).toBe(404);
  const agent = await signIn("Léa", [site]);
  expect((await ask(SPAN, { cookie: agent.cookie })).status).toBe(403);
  const malformed = await ask("from=nonsense");
  expect([malformed.status, await malformed.json()]).toMatchObject([400, { error: { path: "from" } }]);
});
