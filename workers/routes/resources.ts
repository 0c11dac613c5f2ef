/**
 * The nouns whose body is one validated JSON (`domain/site/resources.ts`): one router each, all made alike. What a
 * noun asks beyond its schema are its rules.
 *
 * Everybody of the site may read them (webhooks: admins only); admins and API keys write them.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { Article, Canned, Funnel, Goal, Skill, Webhook } from "../../domain/site/resources.ts";
import { resources as table } from "../../migrations/schema.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { newId } from "../auth/people.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { publishChange, raiseConfigVersion } from "../publish/publish.ts";
import { auditInsertWhere } from "./audit-trail.ts";
import { cannedRules } from "./canned-rules.ts";
import { goalRules } from "./goal-rules.ts";
import { usedKey } from "./key-use.ts";
import {
  ItemPath,
  Page,
  REFUSALS,
  SitePath,
  VERSION_REFUSALS,
  assertVersion,
  describePatch,
  etag,
  jsonBody,
  jsonContent,
  listOf,
  nounRouter,
  pageOf,
  parseOrRefuse,
  readCursor,
  readPatch,
} from "./openapi.ts";
import { allStill, type Kept as KeptContent, type NounRules, uniqueKey } from "./resource-rules.ts";

type Row = typeof table.$inferSelect;
type ResourceEnv = AppEnv & { Variables: { resource: Row } };
type Noun = {
  noun:
    | "goals"
    | "skills"
    | "articles"
    | "canned"
    | "webhooks"
    | "segments"
    | "funnels"
    | "objectives"
    | "pilots"
    | "business-cases"
    | "agreements";
  prefix: string;
  schema: z.ZodObject;
  /** The desk or the judgement goes by it, so that a change is published. */
  published?: boolean;
  adminOnly?: boolean;
  /** One of it is read elsewhere, with more than what is kept. */
  readElsewhere?: boolean;
  rules?: NounRules;
};

const AT_ONCE = "something that this depends on was saved at the same moment; send it again";

const Kept = z.object({ id: z.string(), version: z.int(), created_at: z.string(), updated_at: z.string() });

export function resourceOf({ id, body, version, createdAt, updatedAt }: Row): z.infer<typeof Kept> {
  const stored = z.record(z.string(), z.unknown()).parse(JSON.parse(body));
  return { ...stored, id, version, created_at: isoOf(createdAt), updated_at: isoOf(updatedAt) };
}

const pass = createMiddleware<AppEnv>((_c, next) => next());

function contentOf({ site, id, body }: Row): KeptContent {
  return { site, id, body: z.record(z.string(), z.unknown()).parse(JSON.parse(body)) };
}

export function resourceRouter({
  noun,
  prefix,
  schema,
  published = false,
  adminOnly = false,
  readElsewhere = false,
  rules = {},
}: Noun) {
  const Item = schema.extend(Kept.shape) as unknown as typeof Kept;
  const tags = [`${noun[0]?.toUpperCase()}${noun.slice(1)}`];
  const mayRead = adminOnly ? requireAdmin : pass;
  const existing = createMiddleware<ResourceEnv>(async (c, next) => {
    const { site = "", id = "" } = c.req.param() as { site?: string; id?: string };
    const row = await drizzle(c.env.DB)
      .select()
      .from(table)
      .where(and(eq(table.site, site), eq(table.noun, noun), eq(table.id, id)))
      .get();
    if (row === undefined) throw new ApiError("not_found", `nothing here has this id in ${noun}`);
    c.set("resource", row);
    await next();
  });

  const list = createRoute({
    method: "get",
    path: "/",
    summary: `List ${noun}, newest first`,
    tags,
    middleware: [mayRead] as const,
    request: { params: SitePath, query: Page },
    responses: { 200: jsonContent(listOf(Item), noun), ...REFUSALS },
  });
  const create = createRoute({
    method: "post",
    path: "/",
    summary: `Add to ${noun}`,
    tags,
    middleware: [requireAdmin] as const,
    request: { params: SitePath, body: jsonBody(schema) },
    responses: { 201: jsonContent(Item, "What was made"), ...REFUSALS },
  });
  const read = createRoute({
    method: "get",
    path: "/{id}",
    summary: `Read one of ${noun}`,
    tags,
    middleware: [mayRead, existing] as const,
    request: { params: ItemPath },
    responses: { 200: jsonContent(Item, "As it is now"), ...REFUSALS },
  });
  const update = createRoute({
    method: "patch",
    path: "/{id}",
    summary: `Change one of ${noun}`,
    tags,
    middleware: [requireAdmin, existing] as const,
    request: { params: ItemPath },
    responses: { 200: jsonContent(Item, "As it is now"), ...REFUSALS, ...VERSION_REFUSALS },
  });
  const remove = createRoute({
    method: "delete",
    path: "/{id}",
    summary: `Delete one of ${noun}`,
    tags,
    middleware: [requireAdmin, existing] as const,
    request: { params: ItemPath },
    responses: { 204: { description: "Deleted" }, ...REFUSALS },
  });

  const router = nounRouter();

  router.openapi(list, async (c) => {
    const { site } = c.req.valid("param");
    const { cursor, limit } = c.req.valid("query");
    const after = cursor === undefined ? undefined : readCursor(z.tuple([z.string()]), cursor)[0];
    const rows = await drizzle(c.env.DB)
      .select()
      .from(table)
      .where(
        and(
          eq(table.site, site),
          eq(table.noun, noun),
          after === undefined ? undefined : lt(table.id, after),
        ),
      )
      .orderBy(desc(table.id))
      .limit(limit + 1);
    return c.json(
      pageOf(rows, limit, ({ id }) => [id], resourceOf),
      200,
    );
  });

  router.openapi(create, async (c) => {
    const { site } = c.req.valid("param");
    const now = c.get("now");
    const id = newId(prefix);
    const db = drizzle(c.env.DB);
    const wanted = c.req.valid("json");
    const body = JSON.stringify(wanted);
    const still = (await rules.keep?.(c.env, { site, id, body: wanted }, null)) ?? [];
    const [made] = await db.batch([
      db
        .insert(table)
        .select(sql`SELECT ${id}, ${site}, ${noun}, ${body}, 1, ${now}, ${now} WHERE ${allStill(still)}`)
        .returning(),
      auditInsertWhere(db, c, { site, action: `${noun}.create`, target: id }, isKept(id, 1, body)),
      ...(published ? [raiseConfigVersion(db, site)] : []),
    ]);
    if (made[0] === undefined) throw new ApiError("conflict", AT_ONCE);
    if (published) await publishChange(c.env, site, now);
    const item = resourceOf(made[0]);
    c.header("etag", etag(item.version));
    return c.json(item, 201);
  });

  if (!readElsewhere) {
    router.openapi(read, async (c) => {
      const item = resourceOf(c.get("resource"));
      c.header("etag", etag(item.version));
      return c.json(item, 200);
    });
  }

  router.openapi(update, async (c) => {
    const { site, id } = c.req.valid("param");
    const row = c.get("resource");
    assertVersion(c, row.version);
    const patch = await readPatch(c);
    const before = contentOf(row);
    const wanted = parseOrRefuse(schema, { ...before.body, ...patch });
    const body = JSON.stringify(wanted);
    const still = (await rules.keep?.(c.env, { site, id, body: wanted }, before)) ?? [];
    const now = c.get("now");
    const version = row.version + 1;
    const db = drizzle(c.env.DB);
    const [changed] = await db.batch([
      db
        .update(table)
        .set({ body, version, updatedAt: now })
        .where(and(eq(table.site, site), eq(table.id, id), eq(table.version, row.version), allStill(still)))
        .returning(),
      auditInsertWhere(
        db,
        c,
        { site, action: `${noun}.update`, target: id, detail: { keys: Object.keys(patch), version } },
        isKept(id, version, body),
      ),
      ...(published ? [raiseConfigVersion(db, site)] : []),
    ]);
    if (changed[0] === undefined) {
      throw new ApiError("precondition_failed", "somebody saved at the same moment");
    }
    if (published) await publishChange(c.env, site, now);
    c.header("etag", etag(version));
    return c.json(resourceOf(changed[0]), 200);
  });

  router.openapi(remove, async (c) => {
    const { site, id } = c.req.valid("param");
    const db = drizzle(c.env.DB);
    const still = (await rules.remove?.(c.env, contentOf(c.get("resource")))) ?? [];
    const [gone] = await db.batch([
      db
        .delete(table)
        .where(and(eq(table.site, site), eq(table.noun, noun), eq(table.id, id), allStill(still)))
        .returning({ id: table.id }),
      auditInsertWhere(
        db,
        c,
        { site, action: `${noun}.delete`, target: id },
        sql`NOT EXISTS (SELECT 1 FROM resources WHERE id = ${id})`,
      ),
      ...(published ? [raiseConfigVersion(db, site)] : []),
    ]);
    if (gone[0] === undefined && still.length > 0) throw new ApiError("conflict", AT_ONCE);
    if (published) await publishChange(c.env, site, c.get("now"));
    return c.body(null, 204);
  });

  describePatch(router, update, schema);
  return router;
}

/** Whether this very version of a row is there: so that a lost race leaves no trace in the audit. */
function isKept(id: string, version: number, body: string) {
  return sql`EXISTS (SELECT 1 FROM resources WHERE id = ${id} AND version = ${version} AND body = ${body})`;
}

export const goals = resourceRouter({
  noun: "goals",
  prefix: "goa",
  schema: Goal,
  published: true,
  rules: goalRules,
});
export const skills = resourceRouter({
  noun: "skills",
  prefix: "skl",
  schema: Skill,
  published: true,
  rules: usedKey("skills"),
});
export const articles = resourceRouter({ noun: "articles", prefix: "art", schema: Article });
export const canned = resourceRouter({ noun: "canned", prefix: "can", schema: Canned, rules: cannedRules });
export const webhooks = resourceRouter({ noun: "webhooks", prefix: "whk", schema: Webhook, adminOnly: true });
export const funnels = resourceRouter({
  noun: "funnels",
  prefix: "fun",
  schema: Funnel,
  published: true,
  readElsewhere: true,
  rules: uniqueKey("funnels"),
});
