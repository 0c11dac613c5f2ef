/**
 * /api/sites/{site} — the agents' way to the desk and into a room. Mounted behind sign-in and membership.
 *
 * A ticket opens one room once, for one login, within 30 s; only its hash is kept.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { sha256Hex } from "../../durable-objects/sha256.ts";
import { base64UrlOf } from "../auth/base64-url.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";
import { socketUrl } from "../conversations/socket-url.ts";
import { objectRequest, requireUpgrade } from "../conversations/upgrade.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { ItemPath, REFUSALS, jsonContent } from "./openapi.ts";

const TICKET_SECONDS = 30;

const Ticket = z.object({ ticket: z.string(), expires_in_seconds: z.int(), socket_url: z.string() });

/** The ticket's route as the API describes it; the socket beside it is no request with an answer. */
export const describedTicket = {
  method: "post" as const,
  path: "/sites/{site}/conversations/{id}/ticket",
  summary: "A one-use ticket into a conversation's room, for the signed-in person",
  tags: ["Conversations"],
  request: { params: ItemPath },
  responses: { 201: jsonContent(Ticket, "Say it in the room's `hello`"), ...REFUSALS },
};

export const desk = new Hono<AppEnv>();

desk.post("/conversations/:id/ticket", async (c) => {
  const person = personOf(c);
  const id = c.req.param("id");
  const { now } = c.var;
  const site = c.req.param("site");
  if (site === undefined || (await siteOfConversation(c.env.TOKEN_SECRET, id)) !== site) throw unknown();
  const ticket = `tkt_${base64UrlOf(crypto.getRandomValues(new Uint8Array(32)))}`;
  // Remembered first, so that a revocation that comes between the two calls finds it.
  await c.env.SITE_DESK.getByName(site).admit(person.id, id);
  const expiresAt = now + TICKET_SECONDS * 1_000;
  const room = c.env.CHAT_ROOM.getByName(id);
  const holder = { ...person, supervisor: c.var.role === "admin" };
  if (!(await room.issueTicket(await sha256Hex(ticket), holder, expiresAt, now))) throw unknown();
  const socket_url = socketUrl(c.env, c.req.url, id);
  return c.json({ ticket, expires_in_seconds: TICKET_SECONDS, socket_url }, 201);
});

desk.get("/desk/socket", async (c) => {
  const person = personOf(c);
  const site = c.req.param("site");
  if (site === undefined) throw unknown();
  // Cookies travel with any page's socket: only our own page may open this one.
  if (c.req.header("origin") !== new URL(c.req.url).origin) {
    throw new ApiError("origin_not_allowed", "the desk opens only from its own console");
  }
  requireUpgrade(c.req.raw);
  const header = encodeURIComponent(JSON.stringify({ ...person, role: c.var.role }));
  return c.env.SITE_DESK.getByName(site).fetch(objectRequest(c.req.raw, { "x-aparte-agent": header }));
});

/** The signed-in person; an API key is a server, which neither sits at a desk nor talks to visitors. */
function personOf(c: Context<AppEnv>): { id: string; name: string } {
  const { caller } = c.var;
  if (caller.kind !== "user") throw new ApiError("forbidden", "sign in as a person to talk to visitors");
  return { id: caller.id, name: caller.name };
}

function unknown(): ApiError {
  return new ApiError("not_found", "there is no such conversation");
}
