/**
 * Who is asking, and what they may see: the three gates in front of every route of `/api/sites`.
 *
 * `authenticate` proves the caller, `requireSite` the membership, `requireAdmin` the role. A site that does not
 * exist and a site of somebody else give one and the same answer.
 */
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import { members, sites } from "../../migrations/schema.ts";
import type { AppEnv, Caller } from "../env.ts";
import { ApiError } from "../errors.ts";
import { findApiKey } from "./api-key.ts";
import { authFor } from "./better-auth.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses a request that another site's page made: cookies travel with those too. */
export function assertSameOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const fetchSite = request.headers.get("sec-fetch-site");
  const foreign =
    (origin !== null && origin !== new URL(request.url).origin) ||
    (fetchSite !== null && fetchSite !== "same-origin" && fetchSite !== "none");
  if (foreign) throw new ApiError("origin_not_allowed", "this request came from another origin's page");
}

/** The person whose login cookie `request` carries, or null. */
export async function userOf(env: Env, request: Request): Promise<Extract<Caller, { kind: "user" }> | null> {
  if (!request.headers.has("cookie")) return null;
  const auth = await authFor(env, new URL(request.url).origin);
  const found = await auth.api.getSession({ headers: request.headers });
  if (found === null) return null;
  const { id, email, name, installationAdmin } = found.user;
  return {
    kind: "user",
    id,
    email,
    name,
    installationAdmin: installationAdmin === true,
    sessionId: found.session.id,
  };
}

async function callerOf(env: Env, request: Request): Promise<Caller | null> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const key = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    const found = key === undefined ? null : await findApiKey(env, key);
    return found === null ? null : { kind: "key", ...found };
  }
  const user = await userOf(env, request);
  if (user !== null && !SAFE_METHODS.has(request.method)) assertSameOrigin(request);
  return user;
}

/** Sets `caller`, or answers 401. */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const caller = await callerOf(c.env, c.req.raw);
  if (caller === null) {
    throw new ApiError("unauthorized", "sign in, or send a site's API key as `Authorization: Bearer ak_…`");
  }
  c.set("caller", caller);
  await next();
});

/** `caller`'s role at `site`, or null where the site is unknown or not theirs. */
export async function roleAt(env: Env, caller: Caller, site: string): Promise<"admin" | "agent" | null> {
  if (caller.kind === "key") return caller.site === site ? "admin" : null;
  const db = drizzle(env.DB);
  if (caller.installationAdmin) {
    const row = await db.select({ key: sites.key }).from(sites).where(eq(sites.key, site)).get();
    return row === undefined ? null : "admin";
  }
  const row = await db
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.site, site), eq(members.userId, caller.id)))
    .get();
  return row?.role ?? null;
}

/** Sets `role` at the path's `{site}`, or answers 404. */
export const requireSite = createMiddleware<AppEnv>(async (c, next) => {
  const site = c.req.param("site") ?? "";
  const role = await roleAt(c.env, c.get("caller"), site);
  if (role === null) throw new ApiError("not_found", "there is no such site, or it is not yours");
  c.set("role", role);
  await next();
});

/** Lets admins and the site's API key pass; an agent gets 403. */
export const requireAdmin = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("role") !== "admin") throw new ApiError("forbidden", "only an admin of this site may do this");
  await next();
});

/** Lets only an admin of the whole installation pass. */
export const requireInstallationAdmin = createMiddleware<AppEnv>(async (c, next) => {
  const caller = c.get("caller");
  if (caller.kind !== "user" || !caller.installationAdmin) {
    throw new ApiError("forbidden", "only an admin of the installation may do this");
  }
  await next();
});
