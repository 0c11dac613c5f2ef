/**
 * /api/sites/{site}/push — alerts in the signed-in person's browsers, by their makers' push services.
 *
 * The site's desk, which makes the offers, keeps who asked for them; here it is proven who asks and that the address is
 * one of a push service.
 */
import { createRoute } from "@hono/zod-openapi";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { pushAddress, trustedServices } from "../../domain/push/endpoint.ts";
import { vapidKeys } from "../../durable-objects/vapid-keys.ts";
import { session } from "../../migrations/schema.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { jsonBody, jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";

/** The keys of a browser: a point of P-256 and 16 bytes, in base64url. */
const Keys = z.object({
  p256dh: z.string().regex(/^B[A-Za-z0-9_-]{86}=?$/, "the 65 bytes of a point of P-256, in base64url"),
  auth: z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/, "16 bytes in base64url"),
});
const Subscription = z.object({
  endpoint: z.string().max(1_000),
  keys: Keys,
  locale: z.enum(["fr", "en"]).default("fr"),
});
const Named = z.object({ endpoint: z.string().max(1_000) });
const tags = ["Push"];

const key = createRoute({
  method: "get",
  path: "/key",
  summary: "The key with which a browser subscribes",
  tags,
  request: { params: SitePath },
  responses: {
    200: jsonContent(z.object({ public_key: z.string() }), "`applicationServerKey`, in base64url"),
    ...REFUSALS,
  },
});
const subscribe = createRoute({
  method: "post",
  path: "/subscriptions",
  summary: "Alert the signed-in person in this browser; the same browser again replaces what it said",
  tags,
  request: { params: SitePath, body: jsonBody(Subscription) },
  responses: { 201: jsonContent(Named, "Subscribed, as long as this login lasts"), ...REFUSALS },
});
const unsubscribe = createRoute({
  method: "delete",
  path: "/subscriptions",
  summary: "Alert this browser no longer",
  tags,
  request: { params: SitePath, body: jsonBody(Named) },
  responses: { 204: { description: "Not subscribed" }, ...REFUSALS },
});
const test = createRoute({
  method: "post",
  path: "/test",
  summary: "Send an alert to this browser now, to see that it arrives",
  tags,
  request: { params: SitePath, body: jsonBody(Named) },
  responses: {
    200: jsonContent(z.object({ sent: z.boolean() }), "Whether the push service took it"),
    ...REFUSALS,
  },
});

/** Only a person has browsers. */
function personOf(caller: AppEnv["Variables"]["caller"]): { id: string; sessionId: string } {
  if (caller.kind === "user") return caller;
  throw new ApiError("forbidden", "an API key has no browser: sign in");
}

export const push = nounRouter();

push.openapi(key, async (c) => {
  const { publicKey } = await vapidKeys(c.env.TOKEN_SECRET);
  return c.json({ public_key: publicKey }, 200);
});

push.openapi(subscribe, async (c) => {
  const { site } = c.req.valid("param");
  const { endpoint, keys, locale } = c.req.valid("json");
  const person = personOf(c.var.caller);
  if (pushAddress(endpoint, trustedServices(Reflect.get(c.env, "PUSH_SERVICES"))) === null) {
    throw new ApiError("invalid", "this is no address of a push service that is known here", {
      path: "endpoint",
    });
  }
  const login = await drizzle(c.env.DB)
    .select({ expiresAt: session.expiresAt })
    .from(session)
    .where(eq(session.id, person.sessionId))
    .get();
  const expiresAt = login?.expiresAt.getTime() ?? c.var.now;
  const row = { endpoint, user: person.id, session: person.sessionId, ...keys, locale, expiresAt };
  await c.env.SITE_DESK.getByName(site).subscribeToPush(row);
  return c.json({ endpoint }, 201);
});

push.openapi(unsubscribe, async (c) => {
  const { site } = c.req.valid("param");
  const { endpoint } = c.req.valid("json");
  await c.env.SITE_DESK.getByName(site).unsubscribeFromPush(personOf(c.var.caller).id, endpoint);
  return c.body(null, 204);
});

push.openapi(test, async (c) => {
  const { site } = c.req.valid("param");
  const { endpoint } = c.req.valid("json");
  const sent = await c.env.SITE_DESK.getByName(site).testPush(personOf(c.var.caller).id, endpoint);
  return c.json({ sent }, 200);
});
