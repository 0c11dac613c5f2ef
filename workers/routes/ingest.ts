/**
 * /v1 — Segment's HTTP tracking API, with decisions for the pages that ask (`?decide=1`).
 *
 * The Worker proves whose messages these are and that they are well formed; the visitor's object records them.
 */
import { Hono } from "hono";
import { MAX_BODY_BYTES, type MessageType } from "../../domain/events/message.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { mayPass } from "../ingest/address-limit.ts";
import { acceptBatch, acceptOne } from "../ingest/accept.ts";
import { askedSignals } from "../ingest/asked-signals.ts";
import { parseJson, readBody } from "../ingest/body.ts";
import { credentialOf, keyOf } from "../ingest/credentials.ts";
import { keepLeftMessage } from "../ingest/left-message.ts";
import { type Received, recordMessages } from "../ingest/record.ts";
import { assertAllowedOrigin } from "../site/allowed-origin.ts";
import { type LiveSite, loadSite } from "../site/site-config.ts";
import type { Context } from "hono";

const SINGLE: Record<string, MessageType> = {
  track: "track",
  t: "track",
  page: "page",
  p: "page",
  identify: "identify",
  i: "identify",
  alias: "alias",
  a: "alias",
  group: "group",
  g: "group",
  screen: "screen",
  s: "screen",
};

export const ingest = new Hono<AppEnv>();

/** Any page may send, and read what is answered. Said before the answer is made, which so is made once. */
ingest.use(async (c, next) => {
  c.header("Access-Control-Allow-Origin", "*");
  c.header("Access-Control-Expose-Headers", "Retry-After,Aparte-Consent,Aparte-Signals");
  if (c.req.method !== "OPTIONS") return next();
  c.header("Access-Control-Max-Age", "86400");
  c.header("Access-Control-Allow-Methods", "GET,POST,OPTIONS");
  const asked = c.req.header("access-control-request-headers");
  if (asked !== undefined) c.header("Access-Control-Allow-Headers", asked);
  c.header("Vary", "Access-Control-Request-Headers");
  return c.body(null, 204);
});

ingest.post("/batch", async (c) => {
  const { body, bytes, live, trusted } = await admit(c);
  return c.json(
    await recordMessages(c.env, c.executionCtx, { ...received(c), live, trusted }, acceptBatch(body, bytes)),
  );
});

for (const [path, type] of Object.entries(SINGLE)) {
  ingest.post(`/${path}`, async (c) => {
    const { body, live, trusted } = await admit(c);
    return c.json(
      await recordMessages(c.env, c.executionCtx, { ...received(c), live, trusted }, acceptOne(body, type)),
    );
  });
}

ingest.post("/messages", async (c) => {
  const { body, live } = await admit(c);
  return c.json(await keepLeftMessage(c.env, live, body, c.var.now), 201);
});

/** What Segment's browser client asks before it sends. */
ingest.get("/projects/:key/settings", async (c) => {
  const key = c.req.param("key");
  const live = await loadSite(c.env, c.executionCtx, key, c.var.now);
  if (live === null) throw new ApiError("unknown_key", "no site has this write key");
  const { host, protocol } = new URL(c.req.url);
  return c.json({
    integrations: {
      "Segment.io": {
        apiKey: key,
        apiHost: `${host}/v1`,
        protocol: protocol.replace(":", ""),
        unbundledIntegrations: [],
      },
    },
    plan: { track: { __default: { enabled: true } }, identify: { __default: { enabled: true } } },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
  });
});

/** `bytes` is how long the body is, unzipped. */
type Admitted = { body: unknown; bytes: number; live: LiveSite; trusted: boolean };

/** Credentials first: what is foreign is refused before its body is judged. */
async function admit(c: Context<AppEnv>): Promise<Admitted> {
  const basic = keyOf(c.req.raw, null);
  const early = basic === null ? null : await open(c, basic);
  const read = await readBody(c.req.raw, MAX_BODY_BYTES);
  const body = parseJson(read);
  const bytes = read.byteLength;
  if (early !== null) return { body, bytes, ...early };
  const key = keyOf(c.req.raw, body);
  if (key === null)
    throw new ApiError("unknown_key", "name the site's write key: Basic user name, or writeKey in the body");
  return { body, bytes, ...(await open(c, key)) };
}

async function open(c: Context<AppEnv>, key: string): Promise<Omit<Admitted, "body" | "bytes">> {
  const {
    env,
    executionCtx,
    var: { now },
  } = c;
  const credential = await credentialOf(env, key, now);
  const live = credential === null ? null : await loadSite(env, executionCtx, credential.site, now);
  if (credential === null || live === null) throw new ApiError("unknown_key", "no site has this write key");
  const address = c.req.header("cf-connecting-ip") ?? "local";
  if (!(await mayPass(env, credential.site, address)))
    throw new ApiError("rate_limited", "too many requests from this address", {
      headers: { "Retry-After": "10" },
    });
  // An API key is a secret that no page has.
  if (!credential.trusted) assertAllowedOrigin(c.req.header("origin"), live.config.settings.allowed_origins);
  // Where nobody said anything in the page, this tells the beacon whether it may keep the visitor's id.
  c.header("Aparte-Consent", live.config.settings.default_consent);
  // What it tells at once; other signals wait for its next batch.
  if (c.req.query("decide") === "1") c.header("Aparte-Signals", askedSignals(live.config));
  return { live, trusted: credential.trusted };
}

function received(c: Context<AppEnv>): Omit<Received, "live" | "trusted"> {
  return { request: c.req.raw, decide: c.req.query("decide") === "1", now: c.var.now, verified: new Map() };
}
