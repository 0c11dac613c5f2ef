/** A request of the tracking API that is answered before the router, and the same through it (rule ING61). */
import { createExecutionContext, env } from "cloudflare:test";
import { expect, test } from "vitest";
import { app } from "../../workers/app.ts";
import worker from "../../workers/index.ts";
import { answerBeacon } from "../../workers/ingest/tracking.ts";
import { makeSite } from "./site.ts";

type Told = { path: string; headers?: Record<string, string>; body?: BodyInit; method?: string };
type Answered = { status: number; headers: [string, string][]; body: unknown };

const HOST = "http://localhost";
const SINGLE = ["track", "t", "page", "p", "identify", "i", "alias", "a", "group", "g", "screen", "s"];

test("ING61: each request is answered the same before the router and through it, down to the headers", async () => {
  const { key, apiKey } = await makeSite({ allowed_origins: ["https://shop.example"] });
  const message = (more: object = {}) => ({
    type: "track",
    event: "Product Viewed",
    anonymousId: "ada",
    messageId: "m-1",
    ...more,
  });
  const batch = (...messages: unknown[]) => JSON.stringify({ writeKey: key, batch: messages });
  const basic = (user: string) => ({ authorization: `Basic ${btoa(`${user}:`)}` });
  const told: Told[] = [
    ...["", "?decide=1"].flatMap((asks) => [
      { path: `/v1/batch${asks}`, body: batch(message()) },
      { path: `/v1/batch${asks}`, body: batch(message(), { type: "track" }, 7) },
      { path: `/v1/batch${asks}`, body: batch() },
      { path: `/v1/batch${asks}`, body: batch({ type: "page" }) },
      { path: `/v1/batch${asks}`, body: "not JSON" },
      { path: `/v1/batch${asks}` },
      { path: `/v1/batch${asks}`, body: batch(message()), headers: { origin: "https://shop.example" } },
      { path: `/v1/batch${asks}`, body: batch(message()), headers: { origin: "https://other.example" } },
      { path: `/v1/batch${asks}`, body: JSON.stringify({ writeKey: "nobody", batch: [message()] }) },
      { path: `/v1/batch${asks}`, body: "not JSON", headers: basic(key) },
      { path: `/v1/batch${asks}`, body: batch(message()), headers: basic("nobody") },
      { path: `/v1/batch${asks}`, body: batch(message()), headers: basic(apiKey) },
      { path: `/v1/batch${asks}`, body: batch(message()), headers: { "sec-gpc": "1" } },
      { path: `/v1/batch${asks}`, body: new Uint8Array([0x1f, 0x8b, 1, 2, 3]) },
      { path: `/v1/batch${asks}`, body: new Uint8Array([0x7b, 0xff, 0x7d]) },
      { path: `/v1/batch${asks}`, body: "x".repeat(512_001) },
    ]),
    ...SINGLE.map((name) => ({ path: `/v1/${name}`, body: JSON.stringify({ ...message(), writeKey: key }) })),
    { path: "/v1/track?decide=1", body: JSON.stringify({ writeKey: key, anonymousId: "ada" }) },
  ];
  for (const each of told) {
    const direct = await ask(each, "direct");
    expect(direct, JSON.stringify(each)).toEqual(await ask(each, "routed"));
    expect(direct.status).toBeLessThan(500);
  }
});

test("ING61: what is not plainly one of its requests is the router's", async () => {
  const { key } = await makeSite();
  const body = JSON.stringify({ writeKey: key, batch: [{ type: "page", anonymousId: "ada" }] });
  const paths = ["/v1/batch/", "/v1/unknown", "/v1/constructor", "/v1/messages", "/v2/batch", "/V1/batch"];
  const asking = ["decide=0", "x=1&decide=1", "", "decide=%31"].map((query) => `/v1/batch?${query}`);
  const foreign: Told[] = [...paths, "/v1/b%61tch", ...asking].map((path) => ({ path, body }));
  for (const each of [
    ...foreign,
    { path: "/v1/batch", method: "OPTIONS" },
    { path: "/v1/batch", method: "GET" },
  ]) {
    expect(answerBeacon(requestOf(each), env, createExecutionContext()), each.path).toBeNull();
    const whole = await answered(await worker.fetch(requestOf(each), env, createExecutionContext()));
    expect(whole).toEqual(await ask(each, "routed"));
  }
});

async function ask(told: Told, way: "direct" | "routed"): Promise<Answered> {
  const ctx = createExecutionContext();
  const direct = way === "direct" ? answerBeacon(requestOf(told), env, ctx) : null;
  if (way === "direct" && direct === null) throw new Error(`${told.path} was left to the router`);
  return answered(await (direct ?? app.fetch(requestOf(told), env, ctx)));
}

function requestOf({ path, headers = {}, body, method = "POST" }: Told): Request {
  return new Request(`${HOST}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const headers = [...response.headers].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { status: response.status, headers, body: text === "" ? "" : (JSON.parse(text) as unknown) };
}
