/**
 * Files of conversations: sent in by who takes part, fetched by an address that holds for five minutes.
 *
 * A visitor proves with the conversation's token that it is theirs, an agent by being of its site. Whoever is not part
 * of it, names something else or names nothing gets one and the same answer: 404.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { verifyConversationToken } from "../../durable-objects/conversation-token.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { placeOf, readAddress, signAddress } from "../files/address.ts";
import { receiveFile, type Sender, unknownFile } from "../files/receive.ts";
import { serveFile } from "../files/serve.ts";
import { publicOrigin } from "../hosts.ts";
import { mayPass } from "../ingest/address-limit.ts";
import { ItemPath, jsonContent, REFUSALS } from "./openapi.ts";

type Part = { site: string; conversation: string; sender: Sender };

const File = z.object({ id: z.string(), name: z.string(), type: z.string(), bytes: z.int() });
const tags = ["Conversations"];

/** The agents' routes as the API describes them; a file's body is no JSON. */
export const describedFiles = [
  {
    method: "post" as const,
    path: "/sites/{site}/conversations/{id}/files",
    summary: "Bring a file into a conversation, to be shown by a message of kind `file`",
    description: "The body is the file; its name goes percent-encoded into `x-file-name`.",
    tags,
    request: {
      params: ItemPath,
      headers: z.object({ "x-file-name": z.string().optional() }),
      body: { required: true, content: { "application/octet-stream": { schema: z.string() } } },
    },
    responses: { 201: jsonContent(z.object({ file: File }), "The file as it is kept"), ...REFUSALS },
  },
  {
    method: "post" as const,
    path: "/sites/{site}/conversations/{id}/files/{file}/url",
    summary: "An address of a file that holds for five minutes",
    tags,
    request: { params: ItemPath.extend({ file: z.string() }) },
    responses: {
      200: jsonContent(z.object({ url: z.string(), expires_at: z.string() }), "The address"),
      ...REFUSALS,
    },
  },
];

/** Mounted at `/v1`: visitors, and every download. */
export const files = new Hono<AppEnv>();

files.post("/conversations/:id/files", async (c) => {
  const part = await visitorOf(c);
  const address = c.req.header("cf-connecting-ip") ?? "local";
  if (!(await mayPass(c.env, part.site, address))) {
    throw new ApiError("rate_limited", "too many requests from this address; wait a minute");
  }
  return receive(c, part);
});

files.post("/conversations/:id/files/:file/url", async (c) => addressFor(c, await visitorOf(c)));

files.get("/files/:signed", async (c) => {
  const place = await readAddress(c.env.TOKEN_SECRET, c.req.param("signed"), c.var.now);
  const response = place === null ? null : await serveFile(c.env, place);
  if (response === null) throw unknownFile();
  return response;
});

/** Mounted at `/api/sites/{site}`, behind sign-in and membership: agents. */
export const siteFiles = new Hono<AppEnv>();

siteFiles.post("/conversations/:id/files", async (c) => {
  if (c.var.caller.kind !== "user") throw new ApiError("forbidden", "sign in as a person to send a file");
  return receive(c, await agentOf(c));
});

siteFiles.post("/conversations/:id/files/:file/url", async (c) => addressFor(c, await agentOf(c)));

async function receive(c: Context<AppEnv>, { site, conversation, sender }: Part): Promise<Response> {
  const room = c.env.CHAT_ROOM.getByName(conversation);
  const { id, name, type, bytes } = await receiveFile(
    c.env,
    { site, conversation },
    { sender, take: (file) => room.addFile(sender, file, c.var.now) },
    c.req.raw,
    c.var.now,
  );
  return c.json({ file: { id, name, type, bytes } }, 201);
}

/** Only the room knows which files are its own; it is asked each time. */
async function addressFor(c: Context<AppEnv>, { site, conversation, sender }: Part): Promise<Response> {
  const place = await placeOf(c.env.TOKEN_SECRET, { site, conversation, file: c.req.param("file") });
  if (place === null) throw unknownFile();
  const file = await c.env.CHAT_ROOM.getByName(conversation).file(sender, place.file);
  if (file === null) throw unknownFile();
  const { signed, expiresAt } = await signAddress(c.env.TOKEN_SECRET, place, c.var.now);
  const url = `${publicOrigin(c.env, c.req.url)}/v1/files/${signed}`;
  c.header("cache-control", "no-store");
  return c.json({ url, expires_at: isoOf(expiresAt) });
}

async function visitorOf(c: Context<AppEnv>): Promise<Part> {
  const id = c.req.param("id") ?? "";
  const site = await siteOfConversation(c.env.TOKEN_SECRET, id);
  const token = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (site === null || token === undefined) throw unknownFile();
  const claims = await verifyConversationToken(c.env.TOKEN_SECRET, token, c.var.now);
  if (claims === null || claims.conversation !== id || claims.site !== site || claims.visitor === "")
    throw unknownFile();
  return { site, conversation: id, sender: { role: "visitor", id: claims.visitor } };
}

async function agentOf(c: Context<AppEnv>): Promise<Part> {
  const id = c.req.param("id") ?? "";
  const site = await siteOfConversation(c.env.TOKEN_SECRET, id);
  if (site === null || site !== c.req.param("site")) throw unknownFile();
  return { site, conversation: id, sender: { role: "agent", id: c.var.caller.id } };
}
