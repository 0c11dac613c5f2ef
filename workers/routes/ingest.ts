/**
 * /v1 — Segment's HTTP tracking API, with decisions for the pages that ask (`?decide=1`).
 *
 * The Worker proves whose messages these are and that they are well formed; the visitor's object records them.
 */
import { type Context, Hono } from "hono";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { keepLeftMessage } from "../ingest/left-message.ts";
import { admit, answerTracking, type Asked, CROSS_ORIGIN, SINGLE, toldTo } from "../ingest/tracking.ts";
import { loadSite } from "../site/site-config.ts";

export const ingest = new Hono<AppEnv>();

/** Any page may send, and read what is answered. Said before the answer is made, which so is made once. */
ingest.use(async (c, next) => {
  for (const [name, value] of Object.entries(CROSS_ORIGIN)) c.header(name, value);
  if (c.req.method !== "OPTIONS") return next();
  c.header("Access-Control-Max-Age", "86400");
  c.header("Access-Control-Allow-Methods", "GET,POST,OPTIONS");
  const asked = c.req.header("access-control-request-headers");
  if (asked !== undefined) c.header("Access-Control-Allow-Headers", asked);
  c.header("Vary", "Access-Control-Request-Headers");
  return c.body(null, 204);
});

ingest.post("/batch", (c) => answerTracking(askedBy(c), null));

for (const [path, type] of Object.entries(SINGLE)) {
  ingest.post(`/${path}`, (c) => answerTracking(askedBy(c), type));
}

ingest.post("/messages", async (c) => {
  const asked = askedBy(c);
  const { body, live } = await admit(asked, (opened) => {
    for (const [name, value] of Object.entries(toldTo(opened, asked.decide))) c.header(name, value);
  });
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

function askedBy(c: Context<AppEnv>): Asked {
  const { env, executionCtx: ctx, var: vars } = c;
  return { request: c.req.raw, env, ctx, now: vars.now, decide: c.req.query("decide") === "1" };
}
