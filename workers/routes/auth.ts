/**
 * /api/auth — signing in and out, who is signed in, changing one's password.
 *
 * better-auth decides; only these four of its routes exist here, with bodies checked and errors in our shape.
 */
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import * as z from "zod";
import { members, sites } from "../../migrations/schema.ts";
import { assertSameOrigin, userOf } from "../auth/authenticate.ts";
import { authFor } from "../auth/better-auth.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "../auth/password.ts";
import type { AppEnv } from "../env.ts";
import { ApiError, type ErrorCode } from "../errors.ts";
import { REFUSALS, jsonBody, jsonContent, parseOrRefuse, readPatch, renderError } from "./openapi.ts";

const SignIn = z.object({
  email: z.string().max(254),
  password: z.string().max(1_000),
});
const ChangePassword = z.object({
  currentPassword: z.string().max(1_000),
  newPassword: z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH),
});

const SignedIn = z.object({ user: z.object({ id: z.string(), email: z.string(), name: z.string() }) });
const Done = z.object({ success: z.literal(true) });

const tags = ["Account"];
const refused = { 400: REFUSALS[400], 401: REFUSALS[401], 403: REFUSALS[403] };

/** These routes as the API describes them. The login itself travels as a cookie. */
export const describedAuth = [
  {
    method: "post" as const,
    path: "/auth/sign-in/email",
    summary: "Sign in; sets the login cookie",
    tags,
    security: [],
    request: { body: jsonBody(SignIn) },
    responses: { 200: jsonContent(SignedIn, "Who signed in"), ...refused },
  },
  {
    method: "post" as const,
    path: "/auth/sign-out",
    summary: "Sign out",
    tags,
    responses: { 200: jsonContent(Done, "The cookie is worthless now"), 403: REFUSALS[403] },
  },
  {
    method: "get" as const,
    path: "/auth/get-session",
    summary: "Who is signed in, or null",
    tags,
    security: [],
    responses: { 200: jsonContent(SignedIn.nullable(), "The person, or null") },
  },
  {
    method: "post" as const,
    path: "/auth/change-password",
    summary: "Change one's password; closes every socket and every other session of the login",
    tags,
    request: { body: jsonBody(ChangePassword) },
    responses: { 200: jsonContent(Done, "Changed; sets a new cookie"), ...refused },
  },
];

const CODES: Record<number, ErrorCode> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  429: "rate_limited",
};

/** better-auth's answer with `body` for a success, and its refusals in our shape. */
async function answer(response: Response, refusal: string, body: object): Promise<Response> {
  if (!response.ok) throw new ApiError(CODES[response.status] ?? "invalid", refusal);
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
  for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
  return new Response(JSON.stringify(body), { headers });
}

export const auth = new Hono<AppEnv>()

  .post("/sign-in/email", async (c) => {
    assertSameOrigin(c.req.raw);
    const address = c.req.header("cf-connecting-ip") ?? "local";
    const { success } = await c.env.SIGN_IN_LIMIT.limit({ key: address });
    if (!success) {
      throw new ApiError("rate_limited", "too many attempts from this address: wait a minute", {
        headers: { "retry-after": "60" },
      });
    }
    const { email, password } = parseOrRefuse(SignIn, await readPatch(c));
    const found = z.email().safeParse(email.trim().toLowerCase());
    if (!found.success) throw new ApiError("unauthorized", "the e-mail or the password is wrong");
    const server = await authFor(c.env, new URL(c.req.url).origin);
    const response = await server.api.signInEmail({
      body: { email: found.data, password },
      headers: c.req.raw.headers,
      asResponse: true,
    });
    const signedIn = response.ok ? SignedIn.parse(await response.clone().json()) : null;
    return answer(response, "the e-mail or the password is wrong", { user: signedIn?.user });
  })

  .post("/sign-out", async (c) => {
    assertSameOrigin(c.req.raw);
    const user = await userOf(c.env, c.req.raw);
    if (user !== null) await endPushes(c.env, user);
    const server = await authFor(c.env, new URL(c.req.url).origin);
    const response = await server.api.signOut({ headers: c.req.raw.headers, asResponse: true });
    return answer(response, "nobody is signed in", { success: true });
  })

  .get("/get-session", async (c) => {
    const user = await userOf(c.env, c.req.raw);
    c.header("cache-control", "no-store");
    return c.json(user === null ? null : { user: { id: user.id, email: user.email, name: user.name } });
  })

  .post("/change-password", async (c) => {
    assertSameOrigin(c.req.raw);
    const user = await userOf(c.env, c.req.raw);
    if (user === null) throw new ApiError("unauthorized", "sign in first");
    const body = parseOrRefuse(ChangePassword, await readPatch(c));
    const server = await authFor(c.env, new URL(c.req.url).origin);
    const response = await server.api.changePassword({
      body: { ...body, revokeOtherSessions: true },
      headers: c.req.raw.headers,
      asResponse: true,
    });
    if (response.ok) await revokeEverywhere(c.env, user);
    return answer(response, "the current password is wrong", { success: true });
  });

type Person = { id: string; installationAdmin: boolean };

/** Closes the sockets of `user` at each site that they may open: an admin of the installation may open them all. */
async function revokeEverywhere(env: Env, user: Person): Promise<void> {
  const userId = user.id;
  await Promise.all(
    (await deskSites(env, user)).map((site) => env.SITE_DESK.getByName(site).revokeUser({ userId })),
  );
}

/** The browser that signs out is alerted no longer. */
async function endPushes(env: Env, user: Person & { sessionId: string }): Promise<void> {
  await Promise.all(
    (await deskSites(env, user)).map((site) => env.SITE_DESK.getByName(site).endPushesOf(user.sessionId)),
  );
}

async function deskSites(env: Env, user: Person): Promise<string[]> {
  const db = drizzle(env.DB);
  const rows = user.installationAdmin
    ? await db.select({ site: sites.key }).from(sites)
    : await db.select({ site: members.site }).from(members).where(eq(members.userId, user.id));
  return rows.map(({ site }) => site);
}

auth.onError(renderError);
