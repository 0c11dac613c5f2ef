/** /api/sites — the tenants: which are mine, making one, its settings, and the secret that signs its customers. */
import { createRoute } from "@hono/zod-openapi";
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { HoldoutDraw } from "../../domain/experiments/holdout-periods.ts";
import { type EpochMs, isoOf } from "../../domain/ids.ts";
import { hoursProblems } from "../../domain/site/opening-hours.ts";
import { SiteSettings, SiteSettingsPatch } from "../../domain/site/settings.ts";
import { sites as table } from "../../migrations/schema.ts";
import { authenticate, requireAdmin, requireInstallationAdmin } from "../auth/authenticate.ts";
import { ApiError } from "../errors.ts";
import { publishChange } from "../publish/publish.ts";
import { identitySecret } from "../site/identity.ts";
import { forgetSite } from "../site/site-config.ts";
import { auditInsert, auditInsertWhere } from "./audit-trail.ts";
import { ownSites } from "./me.ts";
import {
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

const SiteSummary = SiteSettings.pick({
  key: true,
  name: true,
  timezone: true,
  currency: true,
  locale: true,
}).extend({
  role: z.enum(["admin", "agent"]),
  version: z.int(),
  created_at: z.string(),
});
const Site = SiteSettings.extend({ version: z.int(), created_at: z.string() });
const Secret = z.object({ secret: z.string(), identity_generation: z.int() });

type Row = Pick<typeof table.$inferSelect, "settings" | "version" | "createdAt">;

function siteOf({ settings, version, createdAt }: Row): z.infer<typeof Site> {
  return { ...SiteSettings.parse(JSON.parse(settings)), version, created_at: isoOf(createdAt) };
}

const tags = ["Sites"];
const list = createRoute({
  method: "get",
  path: "/",
  summary: "The sites that are yours",
  tags,
  middleware: [authenticate] as const,
  request: { query: Page },
  responses: { 200: jsonContent(listOf(SiteSummary), "Your sites"), ...REFUSALS },
});
const create = createRoute({
  method: "post",
  path: "/",
  summary: "Make a site (installation admin)",
  tags,
  middleware: [authenticate, requireInstallationAdmin] as const,
  request: { body: jsonBody(SiteSettings) },
  responses: { 201: jsonContent(Site, "The new site"), ...REFUSALS },
});
const read = createRoute({
  method: "get",
  path: "/{site}",
  summary: "A site's settings",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath },
  responses: { 200: jsonContent(Site, "The settings"), ...REFUSALS },
});
const update = createRoute({
  method: "patch",
  path: "/{site}",
  summary: "Change settings; live within 10 s",
  description: `Send the changed keys of: ${Object.keys(SiteSettingsPatch.shape).join(", ")}.`,
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath },
  responses: { 200: jsonContent(Site, "The settings now"), ...REFUSALS, ...VERSION_REFUSALS },
});
const secret = createRoute({
  method: "get",
  path: "/{site}/identity-secret",
  summary: "The key with which the site signs who its customers are",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath },
  responses: { 200: jsonContent(Secret, "The secret and its generation"), ...REFUSALS },
});

async function readRow(env: Env, key: string): Promise<typeof table.$inferSelect> {
  const row = await drizzle(env.DB).select().from(table).where(eq(table.key, key)).get();
  if (row === undefined) throw new ApiError("not_found", "there is no such site, or it is not yours");
  return row;
}

function assertHours({ business_hours, availability, callbacks }: SiteSettings): void {
  const bySkill = Object.entries(availability.hours ?? {});
  const [problem] = [
    ...hoursProblems(business_hours, "business_hours"),
    ...bySkill.flatMap(([skill, hours]) => hoursProblems(hours, `availability.hours.${skill}`)),
    ...hoursProblems(callbacks.hours, "callbacks.hours"),
  ];
  if (problem !== undefined) throw new ApiError("invalid", problem.message, { path: problem.path });
}

/** Who is held out from now on, until the quarter ends. */
function drawHoldout(at: EpochMs): HoldoutDraw {
  return { seed: `hld_${crypto.randomUUID()}`, at };
}

function changedKeys(before: SiteSettings, after: SiteSettings): string[] {
  const was = new Map(Object.entries(before).map(([key, value]) => [key, JSON.stringify(value)]));
  return Object.entries(after).flatMap(([key, value]) =>
    was.get(key) === JSON.stringify(value) ? [] : [key],
  );
}

const HOURS = ["business_hours", "availability", "callbacks"] as const;

export const sites = nounRouter();

sites.openapi(list, async (c) => {
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? "" : readCursor(z.tuple([z.string()]), cursor)[0];
  const own = (await ownSites(c.env, c.get("caller"))).filter(({ key }) => key > after);
  const page = pageOf(
    own,
    limit,
    ({ key }) => [key],
    (row) => {
      const { key, name, timezone, currency, locale, version, created_at } = siteOf(row);
      return { key, name, timezone, currency, locale, version, created_at, role: row.role };
    },
  );
  return c.json(page, 200);
});

sites.openapi(create, async (c) => {
  const told = c.req.valid("json");
  assertHours(told);
  const now = c.get("now");
  const settings = { ...told, holdout_draw: told.global_holdout > 0 ? drawHoldout(now) : null };
  const db = drizzle(c.env.DB);
  const row = { key: settings.key, settings: JSON.stringify(settings), createdAt: now };
  const existing = await db.select({ key: table.key }).from(table).where(eq(table.key, row.key)).get();
  if (existing !== undefined) throw new ApiError("conflict", "this key is taken", { path: "key" });
  const [made] = await db.batch([
    db.insert(table).values(row).onConflictDoNothing().returning(),
    auditInsert(db, c, { site: row.key, action: "site.create", target: row.key }),
  ]);
  if (made[0] === undefined) throw new ApiError("conflict", "this key is taken", { path: "key" });
  await publishChange(c.env, row.key, now);
  forgetSite(row.key);
  c.header("etag", etag(made[0].version));
  return c.json(siteOf(made[0]), 201);
});

sites.openapi(read, async (c) => {
  const row = await readRow(c.env, c.req.valid("param").site);
  c.header("etag", etag(row.version));
  return c.json(siteOf(row), 200);
});

sites.openapi(update, async (c) => {
  const { site } = c.req.valid("param");
  const row = await readRow(c.env, site);
  assertVersion(c, row.version);
  const patch = await readPatch(c);
  const before = SiteSettings.parse(JSON.parse(row.settings));
  const { holdout_draw: _drawn, ...wanted } = patch;
  const told = parseOrRefuse(SiteSettings, { ...before, ...wanted, key: site });
  const changed = changedKeys(before, told);
  // A group drawn for one share is none that chance made for another.
  const draws = changed.includes("global_holdout") && told.global_holdout > 0;
  const settings = draws ? { ...told, holdout_draw: drawHoldout(c.get("now")) } : told;
  if (HOURS.some((key) => key in patch)) assertHours(settings);
  const db = drizzle(c.env.DB);
  const version = row.version + 1;
  const text = JSON.stringify(settings);
  const [saved] = await db.batch([
    db
      .update(table)
      .set({ settings: text, version, configVersion: sql`${table.configVersion} + 1` })
      .where(and(eq(table.key, site), eq(table.version, row.version)))
      .returning(),
    ...(changed.length === 0
      ? []
      : [
          auditInsertWhere(
            db,
            c,
            { site, action: "site.update", target: site, detail: { keys: changed, version } },
            sql`EXISTS (SELECT 1 FROM sites WHERE key = ${site} AND version = ${version} AND settings = ${text})`,
          ),
        ]),
  ]);
  if (saved[0] === undefined) throw new ApiError("precondition_failed", "somebody saved at the same moment");
  await publishChange(c.env, site, c.get("now"));
  c.header("etag", etag(version));
  return c.json(siteOf(saved[0]), 200);
});

sites.openapi(secret, async (c) => {
  const row = await readRow(c.env, c.req.valid("param").site);
  const settings = SiteSettings.parse(JSON.parse(row.settings));
  c.header("cache-control", "no-store");
  const { identity_generation } = settings;
  return c.json({ secret: await identitySecret(c.env, settings), identity_generation }, 200);
});

describePatch(sites, update, SiteSettingsPatch);
