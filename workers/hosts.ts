/**
 * Two hosts, deployed: PUBLIC_HOST serves the beacon, `/v1` and `/c` without cookies, APP_HOST serves `/api`,
 * console and admin. Each answers 404 to the other's paths. On one machine both names are empty and one host is both.
 */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./env.ts";
import { ApiError } from "./errors.ts";

const PUBLIC_PATH = /^\/(?:v1|c)(?:\/|$)/;
const APP_PATH = /^\/(?:api|console|admin)(?:\/|$)/;

export const hosts = createMiddleware<AppEnv>(async (c, next) => {
  const { PUBLIC_HOST, APP_HOST } = c.env as { PUBLIC_HOST: string; APP_HOST: string };
  if (PUBLIC_HOST !== "" && APP_HOST !== "" && PUBLIC_HOST !== APP_HOST) {
    const { host, pathname } = new URL(c.req.url);
    const foreign = host === APP_HOST ? PUBLIC_PATH : APP_PATH;
    if (foreign.test(pathname))
      throw new ApiError("not_found", `nothing answers ${c.req.method} ${pathname}`);
  }
  await next();
});

/** The origin that serves `/b.js`, `/v1` and `/c`: PUBLIC_HOST where it has a name, else the one of `url`. */
export function publicOrigin(env: Env, url: string): string {
  const { PUBLIC_HOST } = env as { PUBLIC_HOST: string };
  const { protocol, host } = new URL(url);
  return `${protocol}//${PUBLIC_HOST || host}`;
}
