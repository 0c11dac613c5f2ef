/**
 * /api/sites/{site}/rollups — the kept figures themselves: have them counted anew from history, as many days a call as
 * one call may.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { requireAdmin } from "../auth/authenticate.ts";
import { countedSite } from "../kpis/counted-site.ts";
import { buildSite, dueDays, forgetRollups } from "../kpis/rollup-builder.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { jsonBody, jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";

const DAYS_A_CALL = 24;
const MAX_DAYS_DUE = 10_000;

const Wanted = z.object({
  /** Also the days that are not behind: everything that is kept is counted once more. */
  anew: z.boolean().default(false),
});

const build = createRoute({
  method: "post",
  path: "/",
  summary: "Bring the kept figures up to date with history",
  description: "Counts some days a call, the newest first; call again until `days_left` is 0.",
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: { params: SitePath, body: jsonBody(Wanted) },
  responses: {
    200: jsonContent(z.object({ days_counted: z.int(), days_left: z.int() }), "What was done"),
    ...REFUSALS,
  },
});

export const rollups = nounRouter();

rollups.openapi(build, async (c) => {
  const { site: key } = c.req.valid("param");
  const now = c.get("now");
  if (c.req.valid("json").anew) await forgetRollups(c.env, key, now);
  const site = countedSite(key, await readSettings(c.env, key));
  const counted = await buildSite(c.env, site, DAYS_A_CALL, now);
  const left = await dueDays(c.env, site, MAX_DAYS_DUE, now);
  return c.json({ days_counted: counted, days_left: left.length }, 200);
});
