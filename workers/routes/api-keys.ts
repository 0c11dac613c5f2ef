/** /api/sites/{site}/api-keys — what a site's servers sign in with. A key is shown once; D1 keeps its hash. */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { apiKeys as table } from "../../migrations/schema.ts";
import { hashApiKey, newApiKey } from "../auth/api-key.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { newId } from "../auth/people.ts";
import { ApiError } from "../errors.ts";
import { auditInsert, auditInsertWhere } from "./audit-trail.ts";
import {
  ItemPath,
  Page,
  REFUSALS,
  SitePath,
  jsonBody,
  jsonContent,
  listOf,
  nounRouter,
  pageOf,
  readCursor,
} from "./openapi.ts";

const NewKey = z.object({ name: z.string().trim().min(1).max(120) });
const Key = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});
const ShownKey = z.object({ id: z.string(), name: z.string(), key: z.string(), created_at: z.string() });

function keyOf(row: typeof table.$inferSelect): z.infer<typeof Key> {
  const { id, name, createdAt, revokedAt } = row;
  return { id, name, created_at: isoOf(createdAt), revoked_at: revokedAt === null ? null : isoOf(revokedAt) };
}

const tags = ["API keys"];
const list = createRoute({
  method: "get",
  path: "/",
  summary: "The site's API keys, without the keys",
  tags,
  request: { params: SitePath, query: Page },
  responses: { 200: jsonContent(listOf(Key), "Keys"), ...REFUSALS },
});
const create = createRoute({
  method: "post",
  path: "/",
  summary: "Make a key; it is shown once",
  tags,
  request: { params: SitePath, body: jsonBody(NewKey) },
  responses: { 201: jsonContent(ShownKey, "The key"), ...REFUSALS },
});
const remove = createRoute({
  method: "delete",
  path: "/{id}",
  summary: "Revoke a key",
  tags,
  request: { params: ItemPath },
  responses: { 204: { description: "Revoked" }, ...REFUSALS },
});

export const apiKeys = nounRouter();
apiKeys.use(requireAdmin);

apiKeys.openapi(list, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? undefined : readCursor(z.tuple([z.string()]), cursor)[0];
  const rows = await drizzle(c.env.DB)
    .select()
    .from(table)
    .where(and(eq(table.site, site), after === undefined ? undefined : lt(table.id, after)))
    .orderBy(desc(table.id))
    .limit(limit + 1);
  return c.json(
    pageOf(rows, limit, ({ id }) => [id], keyOf),
    200,
  );
});

apiKeys.openapi(create, async (c) => {
  const { site } = c.req.valid("param");
  const { name } = c.req.valid("json");
  const now = c.get("now");
  const [id, key] = [newId("key"), newApiKey()];
  const db = drizzle(c.env.DB);
  await db.batch([
    db.insert(table).values({ id, site, name, hash: await hashApiKey(key), createdAt: now }),
    auditInsert(db, c, { site, action: "api-key.create", target: id, detail: { name } }),
  ]);
  c.header("cache-control", "no-store");
  return c.json({ id, name, key, created_at: isoOf(now) }, 201);
});

apiKeys.openapi(remove, async (c) => {
  const { site, id } = c.req.valid("param");
  const db = drizzle(c.env.DB);
  const now = c.get("now");
  const [revoked] = await db.batch([
    db
      .update(table)
      .set({ revokedAt: now })
      .where(and(eq(table.site, site), eq(table.id, id), isNull(table.revokedAt)))
      .returning({ id: table.id }),
    auditInsertWhere(
      db,
      c,
      { site, action: "api-key.revoke", target: id },
      sql`EXISTS (SELECT 1 FROM api_keys WHERE site = ${site} AND id = ${id} AND revoked_at = ${now})`,
    ),
  ]);
  if (revoked.length === 0) throw new ApiError("not_found", "this site has no such key");
  return c.body(null, 204);
});
