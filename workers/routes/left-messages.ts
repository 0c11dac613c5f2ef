/** /api/sites/{site}/left-messages — what visitors left while nobody was there, and who has seen to it. */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { leftMessages as table, user } from "../../migrations/schema.ts";
import { referenceOf } from "../callbacks/reference.ts";
import { ApiError } from "../errors.ts";
import { placeBeside, signAddress } from "../files/address.ts";
import { filesBeside, type LeftFile } from "../files/beside-message.ts";
import { unknownFile } from "../files/receive.ts";
import { publicOrigin } from "../hosts.ts";
import { actorOf } from "./audit-trail.ts";
import {
  ItemPath,
  jsonBody,
  jsonContent,
  listOf,
  nounRouter,
  Page,
  pageOf,
  readCursor,
  REFUSALS,
  SitePath,
} from "./openapi.ts";

const OUTCOMES = ["answered", "dismissed"] as const;
const LeftFileShown = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
});
const LeftMessage = z.object({
  id: z.string(),
  reference: z.string(),
  visitor_id: z.string(),
  at: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  body: z.string(),
  page: z.string().nullable(),
  files: z.array(LeftFileShown),
  outcome: z.enum(OUTCOMES).nullable(),
  concluded_at: z.string().nullable(),
  concluded_by: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
});
const Conclusion = z.object({ outcome: z.enum(OUTCOMES).nullable() });
const Status = z.enum(["open", "concluded", "all"]).default("all");

const tags = ["Conversations"];
const list = createRoute({
  method: "get",
  path: "/",
  summary: "Messages left while nobody was there, newest first",
  tags,
  request: { params: SitePath, query: Page.extend({ status: Status }) },
  responses: { 200: jsonContent(listOf(LeftMessage), "Messages"), ...REFUSALS },
});
const conclude = createRoute({
  method: "post",
  path: "/{id}/conclude",
  summary: "Say that a message was seen to; `null` opens it again",
  tags,
  request: { params: ItemPath, body: jsonBody(Conclusion) },
  responses: { 200: jsonContent(LeftMessage, "The message"), ...REFUSALS },
});
const fetchFile = createRoute({
  method: "get",
  path: "/{id}/files/{file}",
  summary: "A file that was left with a message: leads to an address that holds for five minutes",
  tags,
  request: { params: ItemPath.extend({ file: z.string() }) },
  responses: { 302: { description: "Where the file is" }, ...REFUSALS },
});

export const leftMessages = nounRouter();

leftMessages.openapi(list, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit, status } = c.req.valid("query");
  const after = cursor === undefined ? null : readCursor(z.tuple([z.number(), z.string()]), cursor);
  const older =
    after === null
      ? undefined
      : or(lt(table.at, after[0]), and(eq(table.at, after[0]), lt(table.id, after[1])));
  const seenTo = { open: isNull(table.concludedAt), concluded: isNotNull(table.concludedAt), all: undefined };
  const rows = await drizzle(c.env.DB)
    .select(COLUMNS)
    .from(table)
    .leftJoin(user, eq(user.id, table.concludedBy))
    .where(and(eq(table.site, site), older, seenTo[status]))
    .orderBy(desc(table.at), desc(table.id))
    .limit(limit + 1);
  const page = pageOf(
    rows,
    limit,
    ({ message: { at, id } }) => [at, id],
    (row) => row,
  );
  const ids = page.items.map(({ message }) => message.id);
  const files = await filesBeside(c.env, site, ids);
  return c.json({ ...page, items: await Promise.all(page.items.map((row) => itemOf(row, files))) }, 200);
});

leftMessages.openapi(conclude, async (c) => {
  const { site, id } = c.req.valid("param");
  const { outcome } = c.req.valid("json");
  const db = drizzle(c.env.DB);
  const done = outcome === null ? null : c.get("now");
  const by = outcome === null ? null : actorOf(c.get("caller"));
  await db
    .update(table)
    .set({ outcome, concludedAt: done, concludedBy: by })
    .where(and(eq(table.site, site), eq(table.id, id)));
  const row = await db
    .select(COLUMNS)
    .from(table)
    .leftJoin(user, eq(user.id, table.concludedBy))
    .where(and(eq(table.site, site), eq(table.id, id)))
    .get();
  if (row === undefined) throw new ApiError("not_found", "there is no such message");
  return c.json(await itemOf(row, await filesBeside(c.env, site, [id])), 200);
});

leftMessages.openapi(fetchFile, async (c) => {
  const { site, id, file } = c.req.valid("param");
  const place = placeBeside(site, id, file);
  const left = place === null ? [] : ((await filesBeside(c.env, site, [id])).get(id) ?? []);
  if (place === null || !left.some((one) => one.id === file)) throw unknownFile();
  const { signed } = await signAddress(c.env.TOKEN_SECRET, place, c.get("now"));
  c.header("cache-control", "no-store");
  return c.redirect(`${publicOrigin(c.env, c.req.url)}/v1/files/${signed}`, 302);
});

const COLUMNS = { message: table, by: user.name };
type Row = { message: typeof table.$inferSelect; by: string | null };

async function itemOf(
  { message, by }: Row,
  files: ReadonlyMap<string, LeftFile[]>,
): Promise<z.infer<typeof LeftMessage>> {
  const { site, id, visitorId, at, email, name, body, page, outcome, concludedAt, concludedBy } = message;
  return {
    id,
    reference: await referenceOf(site, id),
    visitor_id: visitorId,
    at: isoOf(at),
    email,
    name,
    body,
    page,
    files: files.get(id) ?? [],
    outcome,
    concluded_at: concludedAt === null ? null : isoOf(concludedAt),
    concluded_by: concludedBy === null ? null : { id: concludedBy, name: by },
  };
}
