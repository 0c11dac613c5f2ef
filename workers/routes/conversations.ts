/**
 * /v1/conversations — a visitor's conversations.
 *
 * The Worker proves who is asking and that the input is well formed; the visitor's object, the room and the desk decide.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { ClientFrame, MAX_FRAME_BYTES } from "../../domain/chat/wire.ts";
import {
  type ConversationClaims,
  verifyConversationToken,
} from "../../durable-objects/conversation-token.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";
import { openConversation, OpenRequest } from "../conversations/open.ts";
import { pastConversations, PastRequest } from "../conversations/past.ts";
import { socketUrl } from "../conversations/socket-url.ts";
import { objectRequest, requireUpgrade } from "../conversations/upgrade.ts";
import type { AppEnv } from "../env.ts";
import { ApiError, type ErrorCode, STATUS } from "../errors.ts";
import { mayPass } from "../ingest/address-limit.ts";
import { parseJson, readBody } from "../ingest/body.ts";
import { credentialOf, keyOf } from "../ingest/credentials.ts";
import { assertAllowedOrigin } from "../site/allowed-origin.ts";
import { type LiveSite, loadSite } from "../site/site-config.ts";
import { insteadOfOpening } from "./availability.ts";

const Survey = z.object({
  welcome: z.int().min(1).max(3).nullish(),
  wait: z.int().min(1).max(3).nullish(),
  answer: z.int().min(1).max(3).nullish(),
  csat: z.int().min(1).max(5).nullish(),
  nps: z.int().min(0).max(10).nullish(),
  ces: z.int().min(1).max(7).nullish(),
  resolved: z.boolean().nullish(),
  comment: z.string().max(4_000).nullish(),
});
const ReadUpTo = z.object({ seq: z.int().min(0) });
const After = z.coerce.number().int().min(0).default(0);

export const conversations = new Hono<AppEnv>();

conversations.post("/conversations", async (c) => {
  const body = parseJson(await readBody(c.req.raw, MAX_FRAME_BYTES));
  const live = await siteOf(c, keyOf(c.req.raw, body));
  checkOrigin(c, live);
  const wanted = valid(OpenRequest, body);
  const instead = await insteadOfOpening(c, live, wanted);
  if (instead !== null) return instead;
  const { city = null, country = null } = (c.req.raw.cf ?? {}) as { city?: string; country?: string };
  const opened = await openConversation(c.env, live, wanted, {
    address: c.req.header("cf-connecting-ip") ?? "local",
    city,
    country,
    now: c.var.now,
  });
  const { created, ...answer } = opened;
  return c.json(
    { ...answer, socket_url: socketUrl(c.env, c.req.url, answer.conversation.id) },
    created ? 201 : 200,
  );
});

/** What is over; each is read by its token, as one that lives. */
conversations.post("/conversations/past", async (c) => {
  const body = parseJson(await readBody(c.req.raw, 2 * MAX_FRAME_BYTES));
  const live = await siteOf(c, keyOf(c.req.raw, body));
  checkOrigin(c, live);
  const address = c.req.header("cf-connecting-ip") ?? "local";
  if (!(await mayPass(c.env, live.config.site, address))) {
    const headers = { "Retry-After": "10" };
    throw new ApiError("rate_limited", "too many requests from this address", { headers });
  }
  const items = await pastConversations(c.env, live, valid(PastRequest, body), c.var.now);
  c.header("Cache-Control", "no-store");
  return c.json({ items });
});

conversations.get("/conversations/:id/socket", async (c) => {
  const id = c.req.param("id");
  const live = await siteOfId(c, id);
  checkOrigin(c, live);
  requireUpgrade(c.req.raw);
  const { sockets_per_address_minute: perMinute, sockets_per_visitor: perVisitor } = live.config.settings;
  const headers = {
    "x-aparte-address": c.req.header("cf-connecting-ip") ?? "local",
    "x-aparte-sockets-minute": String(perMinute),
    "x-aparte-sockets-visitor": String(perVisitor),
  };
  return c.env.CHAT_ROOM.getByName(id).fetch(objectRequest(c.req.raw, headers));
});

/** For pages whose network lets no socket through: the same events, the same ids. */
conversations.get("/conversations/:id/messages", async (c) => {
  const { conversation, visitor } = await visitorOfToken(c, bearerOf(c));
  const after = After.safeParse(c.req.query("after"));
  if (!after.success) throw new ApiError("invalid", "after is a whole number from 0", { path: "after" });
  const epoch = c.req.query("epoch") ?? null;
  const read = await c.env.CHAT_ROOM.getByName(conversation).readOverHttp(visitor, {
    epoch,
    after: after.data,
  });
  if (!read.ok) throw refusalOfRoom(read);
  const { ok: _ok, events, ...rest } = read;
  return c.json({ ...rest, events: JSON.parse(events) as unknown });
});

conversations.post("/conversations/:id/messages", async (c) => {
  const { conversation, visitor } = await visitorOfToken(c, bearerOf(c));
  const body = parseJson(await readBody(c.req.raw, MAX_FRAME_BYTES));
  const frame = valid(ClientFrame, typeof body === "object" ? { ...body, type: "message" } : body);
  if (frame.type !== "message") throw new ApiError("invalid", "this is no message");
  const message = { clientId: frame.client_id, kind: frame.kind, body: frame.body };
  const answer = await c.env.CHAT_ROOM.getByName(conversation).postOverHttp(visitor, message);
  if (!answer.ok) throw refusalOfRoom(answer);
  const { seq, at } = answer;
  return c.json({ type: "ack", client_id: frame.client_id, seq, at }, answer.repeated ? 200 : 201);
});

conversations.post("/conversations/:id/read", async (c) => {
  const { conversation, visitor } = await visitorOfToken(c, bearerOf(c));
  const body = parseJson(await readBody(c.req.raw, MAX_FRAME_BYTES));
  const { seq } = valid(ReadUpTo, body);
  const answer = await c.env.CHAT_ROOM.getByName(conversation).hasReadOverHttp(visitor, seq);
  if (!answer.ok) throw refusalOfRoom(answer);
  return c.json({ type: "read", seq });
});

conversations.post("/conversations/:id/survey", async (c) => {
  await siteOfId(c, c.req.param("id"));
  const body = parseJson(await readBody(c.req.raw, MAX_FRAME_BYTES));
  const token = typeof body === "object" && body !== null && "token" in body ? body.token : null;
  const { conversation, visitor } = await visitorOfToken(c, typeof token === "string" ? token : null);
  const given = valid(Survey, body);
  const survey = {
    welcome: given.welcome ?? null,
    wait: given.wait ?? null,
    answer: given.answer ?? null,
    csat: given.csat ?? null,
    nps: given.nps ?? null,
    ces: given.ces ?? null,
    resolved: given.resolved ?? null,
    comment: given.comment ?? null,
  };
  if (!(await c.env.CHAT_ROOM.getByName(conversation).takeSurvey(visitor, survey, c.var.now)))
    throw unknown();
  return c.json({ survey: { conversation, ...survey } }, 201);
});

async function siteOf(c: Context<AppEnv>, key: string | null): Promise<LiveSite> {
  const credential = key === null ? null : await credentialOf(c.env, key, c.var.now);
  const live = credential === null ? null : await loadSite(c.env, c.executionCtx, credential.site, c.var.now);
  if (live === null) throw new ApiError("unknown_key", "no site has this write key");
  return live;
}

/** The site of a conversation id that we made; 404 for any other, before any object is touched. */
async function siteOfId(c: Context<AppEnv>, id: string): Promise<LiveSite> {
  const site = await siteOfConversation(c.env.TOKEN_SECRET, id);
  const live = site === null ? null : await loadSite(c.env, c.executionCtx, site, c.var.now);
  if (live === null) throw unknown();
  return live;
}

/** The console's own page may always come. */
export function checkOrigin(c: Context<AppEnv>, { config }: LiveSite): void {
  const origin = c.req.header("origin");
  const { host, origin: own } = new URL(c.req.url);
  const { APP_HOST } = c.env as { APP_HOST: string };
  if (origin === own || origin === `https://${APP_HOST || host}`) return;
  assertAllowedOrigin(origin, config.settings.allowed_origins);
}

function bearerOf(c: Context<AppEnv>): string | null {
  return /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? null;
}

/** Whose the conversation of the path is: 404 for an id that is not ours, 401 for a token that does not open it. */
async function visitorOfToken(c: Context<AppEnv>, token: string | null): Promise<ConversationClaims> {
  const id = c.req.param("id") ?? "";
  const { config } = await siteOfId(c, id);
  const claims = token === null ? null : await verifyConversationToken(c.env.TOKEN_SECRET, token, c.var.now);
  if (claims === null || claims.conversation !== id || claims.site !== config.site) {
    throw new ApiError("invalid_token", "send this conversation's token");
  }
  return claims;
}

function valid<T>(schema: { safeParse(value: unknown): z.core.util.SafeParseResult<T> }, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiError("invalid", issue?.message ?? "not valid", { path: issue?.path.join(".") ?? "" });
}

/** What a room refuses, as an answer over HTTP. */
function refusalOfRoom({ code, message }: { code: string; message: string }): ApiError {
  const known = (code in STATUS ? code : "invalid") as ErrorCode;
  return new ApiError(known, message, known === "rate_limited" ? { headers: { "Retry-After": "60" } } : {});
}

function unknown(): ApiError {
  return new ApiError("not_found", "there is no such conversation");
}
