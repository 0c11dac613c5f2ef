/**
 * /api/setup — the first minutes of an installation: its first admin by a one-time token, or the demo site.
 *
 * Both claim the row `setup` of `installation`, whose key is unique: of any number of tries one wins.
 */
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Hono } from "hono";
import * as z from "zod";
import { installation } from "../../migrations/schema.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "../auth/password.ts";
import { newId, personInserts } from "../auth/people.ts";
import { assertSameOrigin } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { republishStale } from "../publish/publish.ts";
import { seedDemo } from "../seed/seed.ts";
import { parseOrRefuse, readPatch, renderError } from "./openapi.ts";

const Token = z.object({ token: z.string().max(500) });
const FirstAdmin = z.object({
  email: z.email().max(254),
  password: z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH),
  name: z.string().trim().min(1).max(120),
});

/** Who set the installation up: a user's id, `demo`, or null while nobody has. */
async function setUpBy(env: Env): Promise<string | null> {
  const row = await drizzle(env.DB).select().from(installation).where(eq(installation.key, "setup")).get();
  return row?.value ?? null;
}

function isToken(expected: string, given: string): boolean {
  const [wanted, sent] = [expected, given].map((text) => new TextEncoder().encode(text));
  if (wanted === undefined || sent === undefined || wanted.byteLength !== sent.byteLength) return false;
  return wanted.byteLength > 0 && crypto.subtle.timingSafeEqual(wanted, sent);
}

export const setup = new Hono<AppEnv>()

  .post("/", async (c) => {
    assertSameOrigin(c.req.raw);
    const { success } = await c.env.SIGN_IN_LIMIT.limit({ key: c.req.header("cf-connecting-ip") ?? "local" });
    if (!success)
      throw new ApiError("rate_limited", "too many attempts: wait a minute", {
        headers: { "retry-after": "60" },
      });
    const body = await readPatch(c);
    const token = Token.safeParse(body);
    if (!token.success || !isToken(c.env.SETUP_TOKEN, token.data.token)) {
      throw new ApiError("invalid_token", "this is not the set-up token of this installation");
    }
    if ((await setUpBy(c.env)) !== null)
      throw new ApiError("conflict", "this installation is set up already");
    const admin = parseOrRefuse(FirstAdmin, body);
    const id = newId("usr");
    const db = drizzle(c.env.DB);
    const claim = db.insert(installation).values({ key: "setup", value: id });
    const person = await personInserts(db, { ...admin, id, installationAdmin: true }, c.get("now"));
    try {
      await db.batch([claim, ...person]);
    } catch (error) {
      if ((await setUpBy(c.env)) === null) throw error;
      throw new ApiError("conflict", "this installation is set up already");
    }
    return c.json({ user: { id, email: admin.email.toLowerCase(), name: admin.name } }, 201);
  })

  .post("/demo", async (c) => {
    const by = c.env.DEMO === "1" ? await setUpBy(c.env) : "nobody";
    if (by !== null && by !== "demo") throw new ApiError("not_found", "nothing answers POST /api/setup/demo");
    if (by === null) {
      await seedDemo(c.env, c.get("now"));
      return c.json({ seeded: true }, 201);
    }
    await republishStale(c.env, c.get("now"));
    return c.json({ seeded: false });
  });

setup.onError(renderError);
