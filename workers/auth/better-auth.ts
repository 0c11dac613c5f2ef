/**
 * Sign-in by e-mail and password: better-auth over our own tables, built for each request, loaded only when
 * somebody signs in or shows a cookie.
 *
 * Nobody can sign up here: colleagues are made by an admin (`routes/agents.ts`), the first one by the set-up token.
 */
import { drizzle } from "drizzle-orm/d1";
import { account, session, user, verification } from "../../migrations/schema.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, hashPassword, verifyPassword } from "./password.ts";

const SESSION_SECONDS = 14 * 24 * 60 * 60;

/** The sign-in of the installation that answers at `origin`. */
export async function authFor(env: Env, origin: string) {
  const [{ betterAuth }, { drizzleAdapter }] = await Promise.all([
    import("better-auth/minimal"),
    import("better-auth/adapters/drizzle"),
  ]);
  const secure = origin.startsWith("https://");
  return betterAuth({
    appName: "Aparté",
    baseURL: origin,
    basePath: "/api/auth",
    secret: env.AUTH_SECRET,
    trustedOrigins: [origin],
    telemetry: { enabled: false },
    // The binding SIGN_IN_LIMIT limits attempts; this one would keep its counts in the isolate's memory.
    rateLimit: { enabled: false },
    database: drizzleAdapter(drizzle(env.DB), {
      provider: "sqlite",
      schema: { user, session, account, verification },
    }),
    user: { additionalFields: { installationAdmin: { type: "boolean", input: false, required: false } } },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    advanced: {
      // `__Host-` binds the cookie to this host alone; better-auth's own prefix would be `__Secure-`.
      useSecureCookies: false,
      cookiePrefix: secure ? "__Host-aparte" : "aparte",
      defaultCookieAttributes: { secure, sameSite: "lax", httpOnly: true, path: "/" },
    },
    logger: { level: "error" },
  });
}
