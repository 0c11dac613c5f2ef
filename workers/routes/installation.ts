/** /api/installation — what only an admin of the whole installation may do. */
import { Hono } from "hono";
import { authenticate, requireInstallationAdmin } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { replayDeadLetters } from "../history/dead-letters.ts";

export const installation = new Hono<AppEnv>()
  .use(authenticate, requireInstallationAdmin)

  .post("/dead-letters/replay", async (c) => c.json({ replayed: await replayDeadLetters(c.env, c.var.now) }));
