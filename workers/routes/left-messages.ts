/** /api/sites/{site}/left-messages — what visitors left while nobody was there, and who has seen to it. */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { leftMessages as table, user } from "../../migrations/schema.ts";
import { referenceOf } from "../callbacks/reference.ts";
import { ApiError } from "../errors.ts";
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
const LeftMessage = z.object({
  id: z.string(),
  reference: z.string(),
  visitor_id: z.string(),
  at: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  body: z.string(),
  page: z.string().nullable(),
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
  return c.json({ ...page, items: await Promise.all(page.items.map(itemOf)) }, 200);
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
  return c.json(await itemOf(row), 200);
});

const COLUMNS = { message: table, by: user.name };
type Row = { message: typeof table.$inferSelect; by: string | null };

async function itemOf({ message, by }: Row): Promise<z.infer<typeof LeftMessage>> {
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
    outcome,
    concluded_at: concludedAt === null ? null : isoOf(concludedAt),
    concluded_by: concludedBy === null ? null : { id: concludedBy, name: by },
  };
}
