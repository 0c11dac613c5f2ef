/**
 * /api/sites/{site}/agents — the people who work at a site. Their id is their login's, in every noun.
 *
 * Losing a role closes the person's desk and room sockets at once: the desk is told before the answer is sent.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, asc, eq, gt, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { Capacity, Languages } from "../../domain/site/staff.ts";
import { account, members, session, user } from "../../migrations/schema.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, hashPassword, randomPassword } from "../auth/password.ts";
import { newId, personInserts } from "../auth/people.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { publishChange, raiseConfigVersion } from "../publish/publish.ts";
import { auditInsert, auditInsertWhere } from "./audit-trail.ts";
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

const role = z.enum(["admin", "agent"]);
const password = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH);
const NewAgent = z.object({
  email: z.email().max(254),
  name: z.string().trim().min(1).max(120),
  role,
  password: password.optional(),
});
const AgentPatch = z.object({
  role: role.optional(),
  password: password.optional(),
  languages: Languages.optional(),
  capacity: Capacity.optional(),
});
const Agent = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  /** In which they talk to visitors; none: in all. */
  languages: Languages,
  /** How many conversations they take at once; null is the default. */
  capacity: Capacity,
  version: z.int(),
  created_at: z.string(),
  /** Shown once, to hand over, where no password was sent for a new login. */
  initial_password: z.string().optional(),
});

const columns = {
  id: members.userId,
  email: user.email,
  name: user.name,
  role: members.role,
  languages: members.languages,
  capacity: members.capacity,
  version: members.version,
  createdAt: members.createdAt,
};
type Row = {
  id: string;
  email: string;
  name: string;
  role: "admin" | "agent";
  /** JSON. */
  languages: string;
  capacity: number | null;
  version: number;
  createdAt: number;
};
type AgentEnv = AppEnv & { Variables: { agent: Row } };

function agentOf({ createdAt, languages, ...row }: Row): z.infer<typeof Agent> {
  return { ...row, languages: Languages.parse(JSON.parse(languages)), created_at: isoOf(createdAt) };
}

async function findAgent(env: Env, site: string, id: string): Promise<Row | undefined> {
  return drizzle(env.DB)
    .select(columns)
    .from(members)
    .innerJoin(user, eq(user.id, members.userId))
    .where(and(eq(members.site, site), eq(members.userId, id)))
    .get();
}

const existing = createMiddleware<AgentEnv>(async (c, next) => {
  const row = await findAgent(c.env, c.req.param("site") ?? "", c.req.param("id") ?? "");
  if (row === undefined) throw new ApiError("not_found", "nobody with this id works at this site");
  c.set("agent", row);
  await next();
});

/** Refuses to leave the site without anybody who may change it. */
async function assertAdminRemains(env: Env, site: string, without: string): Promise<void> {
  const other = await drizzle(env.DB)
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.site, site), eq(members.role, "admin"), ne(members.userId, without)))
    .get();
  if (other === undefined)
    throw new ApiError("conflict", "this is the site's last admin: name another first");
}

/** A password set here must not open another site's door. */
async function assertOwnLogin(env: Env, site: string, userId: string): Promise<void> {
  const db = drizzle(env.DB);
  const [elsewhere, person] = await db.batch([
    db
      .select({ id: members.id })
      .from(members)
      .where(and(eq(members.userId, userId), ne(members.site, site))),
    db.select({ admin: user.installationAdmin }).from(user).where(eq(user.id, userId)),
  ]);
  if (elsewhere.length > 0 || person[0]?.admin === true) {
    throw new ApiError("forbidden", "this login also works elsewhere: only its owner changes its password");
  }
}

const tags = ["Agents"];
const list = createRoute({
  method: "get",
  path: "/",
  summary: "Who works here",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath, query: Page },
  responses: { 200: jsonContent(listOf(Agent), "People"), ...REFUSALS },
});
const create = createRoute({
  method: "post",
  path: "/",
  summary: "Let somebody work here",
  description:
    "A login that exists joins the site and keeps its password and name. For a new one without `password`, the answer shows the first password once.",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath, body: jsonBody(NewAgent) },
  responses: { 201: jsonContent(Agent, "The colleague"), ...REFUSALS },
});
const read = createRoute({
  method: "get",
  path: "/{id}",
  summary: "One colleague",
  tags,
  middleware: [requireAdmin, existing] as const,
  request: { params: ItemPath },
  responses: { 200: jsonContent(Agent, "The colleague"), ...REFUSALS },
});
const update = createRoute({
  method: "patch",
  path: "/{id}",
  summary: "Change a role or a password, which closes that login's sockets, or what the desk gives them",
  tags,
  middleware: [requireAdmin, existing] as const,
  request: { params: ItemPath },
  responses: { 200: jsonContent(Agent, "The colleague now"), ...REFUSALS, ...VERSION_REFUSALS },
});
const remove = createRoute({
  method: "delete",
  path: "/{id}",
  summary: "End somebody's work here; closes that login's sockets",
  tags,
  middleware: [requireAdmin, existing] as const,
  request: { params: ItemPath },
  responses: { 204: { description: "Removed" }, ...REFUSALS },
});

export const agents = nounRouter();

agents.openapi(list, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? undefined : readCursor(z.tuple([z.string()]), cursor)[0];
  const rows = await drizzle(c.env.DB)
    .select(columns)
    .from(members)
    .innerJoin(user, eq(user.id, members.userId))
    .where(and(eq(members.site, site), after === undefined ? undefined : gt(members.userId, after)))
    .orderBy(asc(members.userId))
    .limit(limit + 1);
  return c.json(
    pageOf(rows, limit, ({ id }) => [id], agentOf),
    200,
  );
});

agents.openapi(create, async (c) => {
  const { site } = c.req.valid("param");
  const input = c.req.valid("json");
  const now = c.get("now");
  const db = drizzle(c.env.DB);
  const email = input.email.toLowerCase();
  const known = await db.select({ id: user.id }).from(user).where(eq(user.email, email)).get();
  const id = known?.id ?? newId("usr");
  if (known !== undefined && (await findAgent(c.env, site, id)) !== undefined) {
    throw new ApiError("conflict", "this person works here already", { path: "email" });
  }
  const first = known === undefined && input.password === undefined ? randomPassword() : undefined;
  const person =
    known === undefined
      ? await personInserts(db, { id, email, name: input.name, password: input.password ?? first ?? "" }, now)
      : [];
  await db.batch([
    auditInsert(db, c, { site, action: "agent.create", target: id, detail: { email, role: input.role } }),
    ...person,
    db.insert(members).values({ id: newId("mem"), site, userId: id, role: input.role, createdAt: now }),
    raiseConfigVersion(db, site),
  ]);
  await publishChange(c.env, site, now);
  const row = await findAgent(c.env, site, id);
  if (row === undefined) throw new Error(`member ${id} of ${site} vanished`);
  c.header("etag", etag(row.version));
  c.header("cache-control", "no-store");
  return c.json({ ...agentOf(row), ...(first === undefined ? {} : { initial_password: first }) }, 201);
});

agents.openapi(read, async (c) => {
  const row = c.get("agent");
  c.header("etag", etag(row.version));
  return c.json(agentOf(row), 200);
});

agents.openapi(update, async (c) => {
  const { site, id } = c.req.valid("param");
  const row = c.get("agent");
  assertVersion(c, row.version);
  const patch = parseOrRefuse(AgentPatch, await readPatch(c));
  const next = patch.role ?? row.role;
  if (row.role === "admin" && next !== "admin") await assertAdminRemains(c.env, site, id);
  if (patch.password !== undefined) await assertOwnLogin(c.env, site, id);
  const db = drizzle(c.env.DB);
  const version = row.version + 1;
  const languages = JSON.stringify(patch.languages ?? agentOf(row).languages);
  const capacity = patch.capacity === undefined ? row.capacity : patch.capacity;
  const isStaffing = languages !== row.languages || capacity !== row.capacity;
  const [changed] = await db.batch([
    db
      .update(members)
      .set({ role: next, languages, capacity, version })
      .where(and(eq(members.site, site), eq(members.userId, id), eq(members.version, row.version)))
      .returning({ version: members.version }),
    auditInsertWhere(
      db,
      c,
      {
        site,
        action: "agent.update",
        target: id,
        detail: { role: next, password: patch.password !== undefined, languages, capacity, version },
      },
      sql`EXISTS (SELECT 1 FROM members
        WHERE site = ${site} AND user_id = ${id} AND version = ${version} AND role = ${next})`,
    ),
    ...(isStaffing ? [raiseConfigVersion(db, site)] : []),
  ]);
  if (changed.length === 0) throw new ApiError("precondition_failed", "somebody saved at the same moment");
  if (patch.password !== undefined) {
    await db.batch([
      db
        .update(account)
        .set({ password: await hashPassword(patch.password), updatedAt: new Date(c.get("now")) })
        .where(and(eq(account.userId, id), eq(account.providerId, "credential"))),
      db.delete(session).where(eq(session.userId, id)),
    ]);
  }
  if (next !== row.role || patch.password !== undefined)
    await c.env.SITE_DESK.getByName(site).revokeUser({ userId: id });
  if (isStaffing) await publishChange(c.env, site, c.get("now"));
  c.header("etag", etag(version));
  return c.json(agentOf({ ...row, role: next, languages, capacity, version }), 200);
});

agents.openapi(remove, async (c) => {
  const { site, id } = c.req.valid("param");
  if (c.get("agent").role === "admin") await assertAdminRemains(c.env, site, id);
  const db = drizzle(c.env.DB);
  await db.batch([
    db.delete(members).where(and(eq(members.site, site), eq(members.userId, id))),
    auditInsert(db, c, { site, action: "agent.delete", target: id }),
    raiseConfigVersion(db, site),
  ]);
  await publishChange(c.env, site, c.get("now"));
  await c.env.SITE_DESK.getByName(site).revokeUser({ userId: id });
  return c.body(null, 204);
});

describePatch(agents, update, AgentPatch);
