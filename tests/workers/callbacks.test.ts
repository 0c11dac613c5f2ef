/** Calls that visitors book, through the front door: slots, races, limits, and what agents do with them. */
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetCallAddresses } from "../../workers/callbacks/forget-addresses.ts";
import { HOST, type Login } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { makeSite, pageView, post, send } from "./site.ts";

/** A Monday, 2037-11-23, 10:00 in Paris. */
const MONDAY_10 = Date.parse("2037-11-23T09:00:00Z");
const OFFICE = [{ dayOfWeek: ["Monday" as const, "Tuesday" as const], opens: "09:00", closes: "12:00" }];
const calls = (more: Record<string, unknown> = {}) => ({
  enabled: true,
  slot_minutes: 30,
  capacity: 1,
  horizon_days: 7,
  lead_minutes: 30,
  hours: OFFICE,
  per_visitor: 2,
  per_address_hour: 1_000,
  ...more,
});
const AT_1030 = "2037-11-23T09:30:00.000Z";
const AT_1130 = "2037-11-23T10:30:00.000Z";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: MONDAY_10 }));
afterEach(() => void vi.useRealTimers());

type Booking = {
  callback: { id: string; reference: string; slot: string; ends_at: string; status: string; phone: string };
  token: string;
  timezone: string;
  ics: string;
};

const book = (key: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  post(
    "/v1/callbacks",
    null,
    {
      writeKey: key,
      anonymousId: "ada",
      request_id: crypto.randomUUID(),
      phone: "06 12 34 56 47",
      slot: AT_1030,
      ...more,
    },
    headers,
  );

async function booked(key: string, more: Record<string, unknown> = {}): Promise<Booking> {
  const response = await book(key, more);
  expect(response.status).toBe(201);
  return response.json();
}

async function slotsOf(key: string): Promise<string[]> {
  const response = await exports.default.fetch(`http://localhost/v1/callbacks/slots?key=${key}`);
  expect(response.status).toBe(200);
  return (await response.json<{ slots: { at: string }[] }>()).slots.map(({ at }) => at);
}

/** `method` on the API as `login`. */
function api(login: Login, path: string, method = "GET", body?: unknown): Promise<Response> {
  return exports.default.fetch(`${HOST}/api/sites/${path}`, {
    method,
    headers: { cookie: login.cookie, origin: HOST, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

type Item = { id: string; status: string; phone: string; agent: { id: string; name: string } | null };
const items = async (response: Promise<Response>) =>
  (await (await response).json<{ items: Item[]; next_cursor: string | null }>()).items;

test("R-A16: a booked call answers its time, a reference, a token and a calendar entry; the slot is gone", async () => {
  const { key } = await makeSite({ name: "Atelier", callbacks: calls() });
  expect((await slotsOf(key)).slice(0, 4)).toEqual([
    AT_1030,
    "2037-11-23T10:00:00.000Z",
    AT_1130,
    "2037-11-24T08:00:00.000Z",
  ]);
  const { callback, token, timezone, ics } = await booked(key, { name: "Ada", topic: "Une taille;\nvite" });
  expect(callback).toMatchObject({ slot: AT_1030, status: "booked", phone: "+33 6 12 34 56 47" });
  expect(callback.reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(timezone).toBe("Europe/Paris");
  expect(ics).toContain("DTSTART:20371123T093000Z\r\n");
  expect(await slotsOf(key)).not.toContain(AT_1030);
});

test("R-A17: the same request of the same visitor is the same call, also when the slot is full since", async () => {
  const { key } = await makeSite({ callbacks: calls() });
  const request = { request_id: crypto.randomUUID() };
  const first = await booked(key, request);
  const again = await book(key, request);
  expect(again.status).toBe(200);
  expect(await again.json()).toMatchObject({ callback: first.callback, token: first.token });
  const together = { request_id: crypto.randomUUID(), slot: AT_1130 };
  const answers = await Promise.all(Array.from({ length: 20 }, () => book(key, together)));
  expect(answers.filter(({ status }) => status === 201).length).toBe(1);
  expect(answers.filter(({ status }) => status === 200).length).toBe(19);
  const other = await book(key, { ...request, anonymousId: "eve" });
  expect(other.status).toBe(409);
});

test("R-A18: of two hundred who want the last three places of a slot, three get one", async () => {
  const { key } = await makeSite({ callbacks: calls({ capacity: 3 }) });
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, each) => book(key, { anonymousId: `visitor-${each}` })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201).length).toBe(3);
  expect(statuses.filter((status) => status === 409).length).toBe(197);
  expect(await answers.find(({ status }) => status === 409)?.json()).toMatchObject({
    error: { code: "conflict", path: "slot" },
  });
  const held = await env.DB.prepare("SELECT count(*) AS n FROM callbacks WHERE site = ?1")
    .bind(key)
    .first<{ n: number }>();
  expect(held?.n).toBe(3);
}, 90_000);

test("R-A19: moves race for the last place like bookings, and who loses keeps the old time", async () => {
  const { key } = await makeSite({ callbacks: calls({ capacity: 4 }) });
  const made = await Promise.all(
    Array.from({ length: 4 }, (_, each) => booked(key, { anonymousId: `visitor-${each}` })),
  );
  await Promise.all(
    Array.from({ length: 3 }, (_, each) => booked(key, { anonymousId: `other-${each}`, slot: AT_1130 })),
  );
  const moved = await Promise.all(
    made.map(({ callback, token }) =>
      post(`/v1/callbacks/${callback.id}/move`, null, { writeKey: key, token, slot: AT_1130 }),
    ),
  );
  expect(moved.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  const rows = await env.DB.prepare(
    "SELECT slot_at, count(*) AS n FROM callbacks WHERE site = ?1 GROUP BY slot_at ORDER BY slot_at",
  )
    .bind(key)
    .all<{ slot_at: number; n: number }>();
  expect(rows.results.map(({ n }) => n)).toEqual([3, 4]);
});

test("R-A20: only its token moves or cancels a call; a cancelled one frees its place and stays cancelled", async () => {
  const { key } = await makeSite({ callbacks: calls() });
  const other = await makeSite({ callbacks: calls() });
  const { callback, token } = await booked(key);
  const change = (what: string, body: Record<string, unknown>) =>
    post(`/v1/callbacks/${callback.id}/${what}`, null, { writeKey: key, ...body });
  expect((await change("cancel", {})).status).toBe(401);
  expect((await change("cancel", { token: "x".repeat(43) })).status).toBe(401);
  expect((await change("cancel", { token, writeKey: other.key })).status).toBe(401);
  expect((await change("move", { token, slot: "2037-11-23T09:31:00Z" })).status).toBe(400);
  expect(await (await change("move", { token, slot: AT_1130 })).json()).toMatchObject({
    callback: { slot: AT_1130 },
  });
  expect(await slotsOf(key)).toContain(AT_1030);
  expect(await (await change("cancel", { token })).json()).toMatchObject({
    callback: { status: "cancelled" },
  });
  expect((await change("cancel", { token })).status).toBe(200);
  expect((await change("move", { token, slot: AT_1030 })).status).toBe(409);
  expect(await slotsOf(key)).toContain(AT_1130);
});

test("R-A21: a number that nobody can call, a time that is no slot and a bad body are refused at their place", async () => {
  const { key } = await makeSite({ callbacks: calls() });
  const refused = async (more: Record<string, unknown>) => {
    const response = await book(key, more);
    const { error } = await response.json<{ error: { path?: string } }>();
    return [response.status, error.path];
  };
  for (const phone of ["112", "3615", "abc", "0899 70 01 23", "+33 6 12 34", ""]) {
    expect(await refused({ phone })).toEqual([400, "phone"]);
  }
  for (const slot of ["2037-11-23T09:35:00Z", "2037-11-23T08:00:00Z", "2037-11-28T09:00:00Z", "soon"]) {
    expect(await refused({ slot })).toEqual([400, "slot"]);
  }
  expect(await refused({ request_id: "1" })).toEqual([400, "request_id"]);
  expect(await refused({ name: "x".repeat(121) })).toEqual([400, "name"]);
  expect((await book("nobody-here")).status).toBe(401);
  expect((await book(key, { phone: "+44 20 7946 0958" })).status).toBe(201);
  const none = await makeSite({ callbacks: calls({ enabled: false }) });
  expect(await slotsOf(none.key)).toEqual([]);
  expect((await book(none.key)).status).toBe(400);
});

test("R-A22: a visitor has only so many calls coming, and an address books only so many an hour", async () => {
  const { key } = await makeSite({ callbacks: calls({ capacity: 50, per_address_hour: 4 }) });
  const from = (address: string) => ({ "cf-connecting-ip": address });
  const one = await booked(key);
  await booked(key, { slot: AT_1130 });
  const third = await book(key, { slot: "2037-11-24T08:00:00Z" });
  expect(third.status).toBe(429);
  expect(third.headers.get("retry-after")).not.toBeNull();
  await post(`/v1/callbacks/${one.callback.id}/cancel`, null, { writeKey: key, token: one.token });
  await booked(key, { slot: "2037-11-24T08:00:00Z" });
  for (const each of [1, 2, 3, 4]) {
    expect((await book(key, { anonymousId: `b-${each}` }, from("192.0.2.7"))).status).toBe(201);
  }
  expect((await book(key, { anonymousId: "b-5" }, from("192.0.2.7"))).status).toBe(429);
  expect((await book(key, { anonymousId: "b-5" }, from("192.0.2.8"))).status).toBe(201);
  const addresses = async () =>
    (
      await env.DB.prepare("SELECT count(address) AS n FROM callbacks WHERE site = ?1")
        .bind(key)
        .first<{ n: number }>()
    )?.n;
  await forgetCallAddresses(env, MONDAY_10 + 3_600_000);
  expect(await addresses()).toBeGreaterThan(0);
  await forgetCallAddresses(env, MONDAY_10 + 3_600_001);
  expect(await addresses()).toBe(0);
  vi.setSystemTime(MONDAY_10 + 3_601_000);
  expect(
    (await book(key, { anonymousId: "b-6", slot: "2037-11-24T08:00:00Z" }, from("192.0.2.7"))).status,
  ).toBe(201);
});

test("R-A23: agents see the calls in the order in which they are due, page by page, and of their site alone", async () => {
  const { key } = await makeSite({ callbacks: calls({ capacity: 9 }) });
  const other = await makeSite({ callbacks: calls() });
  const late = await booked(key, { slot: AT_1130 });
  const early = await booked(key);
  const elsewhere = await booked(other.key);
  const lea = await signIn("Léa", [key]);
  const [first] = await items(api(lea, `${key}/callbacks?limit=1`));
  expect(first).toMatchObject({ id: early.callback.id, phone: "+33612345647", agent: null });
  const page = await (await api(lea, `${key}/callbacks?limit=1`)).json<{ next_cursor: string }>();
  const rest = await items(api(lea, `${key}/callbacks?limit=1&cursor=${page.next_cursor}`));
  expect(rest.map(({ id }) => id)).toEqual([late.callback.id]);
  expect((await api(lea, `${other.key}/callbacks`)).status).toBe(404);
  expect((await api(lea, `${key}/callbacks/${elsewhere.callback.id}`)).status).toBe(404);
  expect((await api(lea, `${key}/callbacks/${elsewhere.callback.id}/claim`, "POST")).status).toBe(404);
  const file = await api(lea, `${key}/callbacks/${early.callback.id}/calendar.ics`);
  expect(file.headers.get("content-type")).toContain("text/calendar");
  expect(await file.text()).toContain("SUMMARY:Appeler +33 6 12 34 56 47");
});

test("R-A24: one agent has a call; another can neither take nor conclude it, and what is done stays done", async () => {
  const { key } = await makeSite({ callbacks: calls() });
  const { callback } = await booked(key);
  const [lea, hugo, boss] = [
    await signIn("Léa", [key]),
    await signIn("Hugo", [key]),
    await signIn("Ada", [key], "admin"),
  ];
  const at = `${key}/callbacks/${callback.id}`;
  const taken = await Promise.all([api(lea, `${at}/claim`, "POST"), api(hugo, `${at}/claim`, "POST")]);
  expect(taken.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  const [owner, loser] = taken[0]?.status === 200 ? [lea, hugo] : [hugo, lea];
  const done = { outcome: "reached", note: "Prend du M" };
  expect((await api(loser, `${at}/conclude`, "POST", done)).status).toBe(409);
  expect((await api(owner, `${at}/release`, "POST")).status).toBe(200);
  expect((await api(loser, `${at}/claim`, "POST")).status).toBe(200);
  expect((await api(boss, `${at}/conclude`, "POST", { outcome: "maybe" })).status).toBe(400);
  const concluded = await api(loser, `${at}/conclude`, "POST", done);
  expect(await concluded.json()).toMatchObject({
    status: "done",
    outcome: "reached",
    agent: { id: loser.id },
  });
  expect((await api(loser, `${at}/conclude`, "POST", done)).status).toBe(200);
  expect((await api(boss, `${at}/conclude`, "POST", { outcome: "voicemail" })).status).toBe(409);
  expect((await api(owner, `${at}/claim`, "POST")).status).toBe(409);
  expect(await items(api(lea, `${key}/callbacks`))).toEqual([]);
  expect(await items(api(lea, `${key}/callbacks?status=done`))).toMatchObject([{ id: callback.id }]);
  const csv = await (await api(boss, `${key}/exports/callbacks.csv`)).text();
  expect(csv).toContain(`${callback.id},ada,`);
  expect(csv).toContain("reached");
});

test("R-A25: what became of the call is a fact of its visitor, and of nobody who is not known", async () => {
  const { key } = await makeSite({
    callbacks: calls({ capacity: 9 }),
    campaigns: [{ id: "cmp_again", condition: { "visitor.last_call_outcome": "not_reached" } }],
  });
  const lea = await signIn("Léa", [key]);
  expect((await send(key, [pageView("ada", "/")])).decisions).toEqual([]);
  for (const anonymousId of ["ada", "nobody"]) {
    const { callback } = await booked(key, { anonymousId });
    const answer = await api(lea, `${key}/callbacks/${callback.id}/conclude`, "POST", {
      outcome: "not_reached",
    });
    expect(answer.status).toBe(200);
  }
  expect((await send(key, [pageView("ada", "/cart")])).decisions).toMatchObject([{ campaign: "cmp_again" }]);
  expect((await send(key, [pageView("nobody", "/cart")])).decisions).toEqual([]);
});
