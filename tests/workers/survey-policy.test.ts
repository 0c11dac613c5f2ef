/** Rules R-C41 to R-C45 and R-C47 from the front door: who is asked what they thought, and what history knows of it. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { SurveyPolicy } from "../../domain/site/survey-policy.ts";
import { USUAL_QUESTIONS } from "../../domain/site/survey-questions.ts";
import { Agreement } from "../../domain/roi/agreement.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { goalEvidence } from "../../workers/returns/goal-evidence.ts";
import {
  type Conversation,
  type DeskClient,
  HOST,
  joinRoom,
  joinRoomAs,
  type Login,
  openConversation,
  postJson,
  request,
  type RoomClient,
} from "./chat-client.ts";
import { accept, arrive, goOnline } from "./desk-people.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const siteWith = (surveys: object) => makeSite({ surveys: SurveyPolicy.parse(surveys) });
const roomOf = ({ id }: Conversation) => env.CHAT_ROOM.getByName(id);

const asked = (id: string) =>
  eventually(
    () =>
      env.DB.prepare("select status, survey_asked from conversations where id = ?")
        .bind(id)
        .first<{ status: string; survey_asked: number | null }>(),
    (row) => row?.status === "closed",
  );

/** The questions that the visitor's own end of the conversation names. */
const named = async (visitor: RoomClient) =>
  (await visitor.next("event", ({ name }) => name === "closed"))["survey"];

/** A conversation of `visitor` that the agent has answered; null where no agent is there. */
async function answered(site: string, lea: Login | null, more: Record<string, unknown> = {}) {
  const conversation = await openConversation(site, more);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  if (lea !== null) await (await joinRoomAs(lea, conversation)).post("oui ?");
  return { conversation, visitor };
}

async function ended(site: string, lea: Login | null, more: Record<string, unknown> = {}) {
  const { conversation, visitor } = await answered(site, lea, more);
  visitor.send({ type: "close" });
  return { conversation, survey: await named(visitor) };
}

const settled = (id: string) =>
  eventually(
    () => env.CHAT_ROOM.getByName(id).owed(),
    (owed) => owed.length === 0,
  );

/** As it was stored before there was a policy. */
async function makeOld(chat: Conversation): Promise<void> {
  await runInDurableObject(roomOf(chat), (_room, { storage: { sql } }) => {
    sql.exec("update room set body = json_remove(body, '$.surveyPlan', '$.surveyAsked') where id = 1");
  });
  await evictDurableObject(roomOf(chat));
}

const readCsv = (text: string) => Papa.parse<Record<string, string>>(text.trim(), { header: true }).data;

/** Until the visitor's object has heard of the end: the next room must be opened after that. */
const heardOf = (id: string) =>
  eventually(
    async () => (await env.CHAT_ROOM.getByName(id).owed()).includes("visitor"),
    (owes) => !owes,
  );

test("R-C41 R-C45: an answered conversation asks the usual things, one that nobody answered asks nothing, and history knows", async () => {
  const { key, apiKey } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const first = await ended(key, lea);
  expect(first.survey).toEqual(USUAL_QUESTIONS);
  expect(await asked(first.conversation.id)).toMatchObject({ survey_asked: 1 });
  const silent = await ended(key, null);
  expect(silent.survey).toEqual([]);
  expect(await asked(silent.conversation.id)).toMatchObject({ survey_asked: 0 });

  const { conversation: open } = await answered(key, lea);
  const headers = { authorization: `Bearer ${apiKey}` };
  const told = async (path: string) => await request(`/api/sites/${key}/${path}`, { headers });
  await eventually(
    async () => (await told(`conversations/${open.id}`)).status,
    (status) => status === 200,
  );
  const list = await (
    await told("conversations")
  ).json<{ items: { id: string; survey_asked: boolean | null }[] }>();
  const known = Object.fromEntries(list.items.map(({ id, survey_asked }) => [id, survey_asked]));
  expect([known[first.conversation.id], known[silent.conversation.id], known[open.id]]).toEqual([
    true,
    false,
    null,
  ]);
  const rows = readCsv(await (await told("exports/conversations.csv")).text());
  const cells = Object.fromEntries(rows.map((row) => [row["id"], row["survey_asked"]]));
  expect([cells[first.conversation.id], cells[silent.conversation.id], cells[open.id]]).toEqual([
    "1",
    "0",
    "",
  ]);
});

test("R-C41: no share asks nobody, and the rate is of those who were asked", async () => {
  const { key } = await siteWith({ share: 0 });
  const lea = await signIn("Léa", [key]);
  const { conversation, survey } = await ended(key, lea);
  expect(survey).toEqual([]);
  expect(await asked(conversation.id)).toMatchObject({ survey_asked: 0 });
  const now = Date.now();
  const [row] = await reportKpis(env, key, { from: now - 3_600_000, to: now + 1, groupBy: null, now });
  expect(row?.chats_closed.value).toBe(1);
  expect(row?.survey_response_rate).toMatchObject({ value: null, denominator: 0 });
});

test("R-C41: a room put out of memory decides by the policy of its opening, and tells a late reader the same", async () => {
  const { key, apiKey } = await siteWith({ questions: ["nps", "resolved"] });
  const lea = await signIn("Léa", [key]);
  const { conversation, visitor } = await answered(key, lea);
  const change = await request(`/api/sites/${key}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${apiKey}`, "if-match": '"1"', "content-type": "application/json" },
    body: JSON.stringify({ surveys: { when: "never" } }),
  });
  expect(change.status).toBe(200);
  await evictDurableObject(roomOf(conversation));
  visitor.send({ type: "close" });
  expect(await named(visitor)).toEqual(["nps", "resolved"]);
  const { token, id } = conversation;
  const read = await request(`/v1/conversations/${id}/messages`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { events } = await read.json<{ events: { name?: string; survey?: string[] }[] }>();
  expect(events.findLast(({ name }) => name === "closed")?.survey).toEqual(["nps", "resolved"]);
});

test("R-C41: a room stored before there was a policy asks as it did, and one that had ended tells history nothing of it", async () => {
  const { key } = await siteWith({ when: "never" });
  const lea = await signIn("Léa", [key]);
  const { conversation, visitor } = await answered(key, lea);
  // Whoever answers has it: after that nothing is written until the end.
  await visitor.next("event", ({ name }) => name === "assigned");
  await settled(conversation.id);
  await makeOld(conversation);
  visitor.send({ type: "close" });
  expect(await named(visitor)).toEqual(USUAL_QUESTIONS);
  expect(await asked(conversation.id)).toMatchObject({ survey_asked: 1 });

  const over = await ended(key, lea);
  await settled(over.conversation.id);
  await makeOld(over.conversation);
  const { token, id } = over.conversation;
  expect((await postJson(`/v1/conversations/${id}/survey`, { token, csat: 4 })).status).toBe(201);
  await roomOf(over.conversation).renew(Date.now());
  await eventually(
    () =>
      env.DB.prepare("select survey_asked from conversations where id = ?").bind(id).first("survey_asked"),
    (told) => told === null,
  );
});

test("R-C42: a visitor with two conversations is asked in the first, left alone in the second, another is asked", async () => {
  const { key } = await siteWith({ contact_days: 30 });
  const lea = await signIn("Léa", [key]);
  const first = await ended(key, lea, { anonymousId: "ada" });
  expect(first.survey).toEqual(USUAL_QUESTIONS);
  await heardOf(first.conversation.id);
  const session = env.VISITOR_SESSION.getByName(`${key}:ada`);
  await evictDurableObject(session);
  const second = await ended(key, lea, { anonymousId: "ada" });
  expect(second.survey).toEqual([]);
  expect(await asked(second.conversation.id)).toMatchObject({ survey_asked: 0 });
  expect((await ended(key, lea, { anonymousId: "bob" })).survey).toEqual(USUAL_QUESTIONS);
  // Told once more of an end that is long past, the rest stands.
  const moment = Date.now() - 31 * 86_400_000;
  await heardOf(second.conversation.id);
  await session.conversationClosed({ conversation: first.conversation.id, surveyedAt: moment });
  expect((await ended(key, lea, { anonymousId: "ada" })).survey).toEqual([]);
});

test("R-C42: without a rest each new conversation of a visitor asks again", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  for (let count = 0; count < 2; count += 1) {
    const { conversation, survey } = await ended(key, lea, { anonymousId: "ada" });
    expect(survey).toEqual(USUAL_QUESTIONS);
    await heardOf(conversation.id);
  }
});

test("R-C43: where agents ask, the one who concludes says whether the visitor is asked", async () => {
  const { key } = await siteWith({ when: "agent", questions: ["csat"] });
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const concluded = async (ask: Record<string, unknown>) => {
    const { conversation, visitor } = await taken(desk, key, lea);
    desk.send({ type: "wrap_up", conversation: conversation.id, outcome: "resolved", ...ask });
    const survey = await named(visitor);
    return [survey, (await asked(conversation.id))?.survey_asked];
  };
  expect(await concluded({ ask: true })).toEqual([["csat"], 1]);
  expect(await concluded({})).toEqual([[], 0]);
  expect((await ended(key, lea)).survey).toEqual([]);
  const codes = await request(`/api/sites/${key}/wrap-up-codes`, {
    headers: { cookie: lea.cookie, origin: HOST },
  });
  expect(await codes.json()).toEqual({ items: [], surveys: { when: "agent", contact_days: null } });
});

async function taken(desk: DeskClient, site: string, lea: Login) {
  const { conversation, visitor } = await arrive(site);
  await accept(desk, conversation);
  await (await joinRoomAs(lea, conversation)).post("oui ?");
  return { conversation, visitor };
}

test("R-C44: a site that never asks gets answers over the API all the same, each in its figure", async () => {
  const { key } = await siteWith({ when: "never" });
  const lea = await signIn("Léa", [key]);
  const [first, second] = [await ended(key, lea), await ended(key, lea)];
  expect([first.survey, second.survey]).toEqual([[], []]);
  const { id, token } = first.conversation;
  expect((await postJson(`/v1/conversations/${id}/survey`, { token, nps: 0, csat: 4 })).status).toBe(201);
  await asked(second.conversation.id);
  await eventually(
    () => env.DB.prepare("select nps from surveys where conversation_id = ?").bind(id).first("nps"),
    (nps) => nps === 0,
  );
  await asked(id);
  const now = Date.now();
  const [row] = await reportKpis(env, key, { from: now - 3_600_000, to: now + 1, groupBy: null, now });
  expect(row?.nps).toMatchObject({ value: -100, n: 1 });
  expect(row?.survey_response_rate).toMatchObject({ numerator: 1, denominator: 1 });
});

test("R-C47 KPI83 KPI85: history, the API and the exports know what each conversation asked; rates and goals are of those asked it", async () => {
  const { key, apiKey } = await siteWith({ questions: ["csat", "resolved"] });
  const lea = await signIn("Léa", [key]);
  const { conversation: first, visitor } = await answered(key, lea);
  await evictDurableObject(roomOf(first));
  visitor.send({ type: "close" });
  expect(await named(visitor)).toEqual(["csat", "resolved"]);
  const second = (await ended(key, lea)).conversation;
  const silent = (await ended(key, null)).conversation;
  const { conversation: open } = await answered(key, lea);
  const say = async ({ id, token }: Conversation, answers: object) =>
    (await postJson(`/v1/conversations/${id}/survey`, { token, ...answers })).status;
  // Whom nobody asked says it over the API all the same.
  expect([await say(second, { csat: 5 }), await say(silent, { nps: 3 })]).toEqual([201, 201]);
  for (const one of [first, second, silent]) await asked(one.id);
  await eventually(
    () => env.DB.prepare("select count(*) as n from surveys where site = ?").bind(key).first<number>("n"),
    (count) => count === 2,
  );
  const headers = { authorization: `Bearer ${apiKey}` };
  const told = async (path: string) => await request(`/api/sites/${key}/${path}`, { headers });
  await eventually(
    async () => (await told(`conversations/${open.id}`)).status,
    (status) => status === 200,
  );

  type Known = Record<string, unknown>;
  const byId = (all: readonly Known[]) =>
    Object.fromEntries(all.map(({ id, survey_questions }) => [String(id), survey_questions]));
  const list = await (await told("conversations")).json<{ items: Known[] }>();
  expect(byId(list.items)).toEqual({
    [first.id]: ["csat", "resolved"],
    [second.id]: ["csat", "resolved"],
    [silent.id]: [],
    [open.id]: null,
  });
  const whole = await (await told(`conversations/${second.id}`)).json();
  expect(whole).toMatchObject({ survey_questions: ["csat", "resolved"], survey: { csat: 5 } });
  const rows = readCsv(await (await told("exports/conversations.csv")).text());
  expect(byId(rows)).toEqual({
    [first.id]: '["csat","resolved"]',
    [second.id]: '["csat","resolved"]',
    [silent.id]: "[]",
    [open.id]: "",
  });
  const page = await (await told("exports/conversations.json")).json<{ items: Known[] }>();
  expect(byId(page.items)).toMatchObject({ [second.id]: '["csat","resolved"]', [open.id]: null });

  const now = Date.now();
  const span = { from: now - 3_600_000, to: now + 1 };
  const [row] = await reportKpis(env, key, { ...span, groupBy: null, now });
  expect(row?.csat_response_rate).toMatchObject({ numerator: 1, denominator: 2 });
  expect(row?.nps_response_rate).toMatchObject({ numerator: 1, denominator: 1 });
  expect(row?.ces_response_rate).toMatchObject({ value: null, denominator: 0 });
  expect(row?.survey_response_rate).toMatchObject({ numerator: 2, denominator: 3 });
  const goal = { kpi: "csat_response_rate", bound: "at_least", value: 0.5 } as const;
  const terms = { name: "A", kpi: "satisfaction", rate: 1, from_month: "2026-01", goals: [goal] };
  const settings = await readSettings(env, key);
  const { lines: events } = await goalEvidence(env, settings, Agreement.parse(terms), span, now);
  expect(events.toSorted()).toEqual(
    [
      ["goal_unit", "csat_response_rate", first.id, 0],
      ["goal_unit", "csat_response_rate", second.id, 1],
    ].toSorted(),
  );
});

test("R-C47: a room that ended before it decided itself tells history no questions", async () => {
  const { key } = await siteWith({ questions: ["nps"] });
  const lea = await signIn("Léa", [key]);
  const { conversation } = await ended(key, lea);
  const { id, token } = conversation;
  await settled(id);
  await makeOld(conversation);
  expect((await postJson(`/v1/conversations/${id}/survey`, { token, nps: 4 })).status).toBe(201);
  await roomOf(conversation).renew(Date.now());
  const kept = () =>
    env.DB.prepare("select survey_asked, survey_questions from conversations where id = ?").bind(id).first();
  expect(await eventually(kept, (row) => row?.["survey_asked"] === null)).toEqual({
    survey_asked: null,
    survey_questions: null,
  });
});

test("R-C41: a policy that cannot be is refused with its place", async () => {
  const { key, apiKey } = await makeSite();
  const answer = await request(`/api/sites/${key}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${apiKey}`, "if-match": '"1"', "content-type": "application/json" },
    body: JSON.stringify({ surveys: { questions: [] } }),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: "invalid", path: "surveys.questions" } });
});
