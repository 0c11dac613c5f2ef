/** /api/me — the signed-in person and the sites where they work. */
import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { SiteKey } from "../../domain/ids.ts";
import { members, sites } from "../../migrations/schema.ts";
import { authenticate } from "../auth/authenticate.ts";
import { publicOrigin } from "../hosts.ts";
import type { Caller } from "../env.ts";
import { ApiError } from "../errors.ts";
import { REFUSALS, jsonContent, nounRouter } from "./openapi.ts";

const OwnSite = z.object({ key: z.string(), name: z.string(), role: z.enum(["admin", "agent"]) });
const Me = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    installation_admin: z.boolean(),
  }),
  sites: z.array(OwnSite),
  /** The origin that serves `/b.js` and `/v1`: what a site's snippet names. */
  public_origin: z.string(),
});

/** The sites that `caller` may open, by key, with the role they have there. */
export async function ownSites(
  env: Env,
  caller: Caller,
): Promise<
  { key: SiteKey; settings: string; version: number; role: "admin" | "agent"; createdAt: number }[]
> {
  const db = drizzle(env.DB);
  const columns = {
    key: sites.key,
    settings: sites.settings,
    version: sites.version,
    createdAt: sites.createdAt,
  };
  const all = caller.kind === "user" && caller.installationAdmin;
  if (caller.kind === "key" || all) {
    const query = db.select(columns).from(sites).$dynamic();
    const rows = await (caller.kind === "key" ? query.where(eq(sites.key, caller.site)) : query).orderBy(
      asc(sites.key),
    );
    return rows.map((row) => ({ ...row, role: "admin" as const }));
  }
  return db
    .select({ ...columns, role: members.role })
    .from(members)
    .innerJoin(sites, eq(sites.key, members.site))
    .where(eq(members.userId, caller.id))
    .orderBy(asc(sites.key));
}

const SiteName = z.object({ name: z.string() });

const read = createRoute({
  method: "get",
  path: "/",
  summary: "Who is signed in",
  tags: ["Account"],
  middleware: [authenticate] as const,
  responses: { 200: jsonContent(Me, "The person and their sites"), 401: REFUSALS[401] },
});

export const me = nounRouter().openapi(read, async (c) => {
  const caller = c.get("caller");
  if (caller.kind === "key") throw new ApiError("unauthorized", "an API key is nobody: sign in");
  const { id, email, name, installationAdmin } = caller;
  const own = await ownSites(c.env, caller);
  return c.json(
    {
      user: { id, email, name, installation_admin: installationAdmin },
      sites: own.map(({ key, settings, role }) => ({
        key,
        name: SiteName.parse(JSON.parse(settings)).name,
        role,
      })),
      public_origin: publicOrigin(c.env, c.req.url),
    },
    200,
  );
});
