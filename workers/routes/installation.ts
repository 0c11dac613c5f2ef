/** /api/installation — what only an admin of the whole installation may do. */
import { Hono } from "hono";
import * as z from "zod";
import { authenticate, requireInstallationAdmin } from "../auth/authenticate.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";
import { renewRooms, renewRoomsOf } from "../conversations/renew.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { replayDeadLetters } from "../history/dead-letters.ts";
import { cursorOf, parseOrRefuse, readCursor, readPatch } from "./openapi.ts";

/** Rooms whose storage was set back: one, or all of a site that began at `since` or later, page by page. */
const Renewal = z.union([
  z.strictObject({ conversation: z.string().max(200) }),
  z.strictObject({
    site: z.string().max(60),
    since: z.iso.datetime({ offset: true }).optional(),
    cursor: z.string().max(500).optional(),
  }),
]);

export const installation = new Hono<AppEnv>()
  .use(authenticate, requireInstallationAdmin)

  .post("/dead-letters/replay", async (c) => c.json({ replayed: await replayDeadLetters(c.env, c.var.now) }))

  .post("/rooms/renew", async (c) => {
    const { env, var: vars } = c;
    const wanted = parseOrRefuse(Renewal, await readPatch(c));
    if ("conversation" in wanted) {
      const site = await siteOfConversation(env.TOKEN_SECRET, wanted.conversation);
      const renewed = site === null ? 0 : await renewRooms(env, site, [wanted.conversation], vars.now);
      if (renewed === 0) throw new ApiError("not_found", "there is no such conversation");
      return c.json({ renewed, next_cursor: null });
    }
    const { site, since, cursor } = wanted;
    const known = await env.DB.prepare("select 1 from sites where key = ?1").bind(site).first();
    if (known === null) throw new ApiError("not_found", "there is no such site");
    const [createdAt, id] = cursor === undefined ? [] : readCursor(z.tuple([z.number(), z.string()]), cursor);
    const place = createdAt === undefined || id === undefined ? null : { createdAt, id };
    const from = { since: since === undefined ? 0 : Date.parse(since), place };
    const { renewed, last } = await renewRoomsOf(env, site, from, vars.now);
    return c.json({ renewed, next_cursor: last === null ? null : cursorOf([last.createdAt, last.id]) });
  });
