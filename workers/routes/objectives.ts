/**
 * /api/sites/{site}/objectives, …/pilots and …/guide — what a site sets out to reach, how far it is, and what its figures
 * ask for.
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod";
import { Objective, Pilot } from "../../domain/objectives/objective.ts";
import { dayAt, dayStart } from "../../domain/objectives/progress.ts";
import { WireGuide, WirePilot, WireProgress } from "../../domain/objectives/wire.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { type Later, readSettings } from "../kpis/report.ts";
import { reportGuide } from "../objectives/guide.ts";
import { reportPilots } from "../objectives/pilots.ts";
import { reportObjectives } from "../objectives/report.ts";
import { type AskedSpan, assertSpan, readMoment } from "./asked-span.ts";
import { jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";
import { objectiveRules, pilotRules } from "./plan-rules.ts";
import { resourceRouter } from "./resources.ts";

const GUIDE_DAYS = 28;
const MAX_DAYS = 400;

/** Work that the answer need not wait for. */
export function laterOf(c: Context<AppEnv>): Later {
  return (work) => c.executionCtx.waitUntil(work);
}

const readProgress = createRoute({
  method: "get",
  path: "/progress",
  summary: "How far the objectives are, each figure with its interval against its line",
  tags: ["Objectives"],
  request: { params: SitePath },
  responses: { 200: jsonContent(z.object({ items: z.array(WireProgress) }), "By objective"), ...REFUSALS },
});

export const objectives = nounRouter();

objectives.openapi(readProgress, async (c) => {
  const { site } = c.req.valid("param");
  c.header("cache-control", "private, no-store");
  return c.json({ items: await reportObjectives(c.env, site, c.get("now"), laterOf(c)) }, 200);
});
objectives.route(
  "/",
  resourceRouter({ noun: "objectives", prefix: "obj", schema: Objective, rules: objectiveRules }),
);

const readPilots = createRoute({
  method: "get",
  path: "/progress",
  summary: "Where the pilots stand by their exit criteria",
  tags: ["Pilots"],
  request: { params: SitePath },
  responses: { 200: jsonContent(z.object({ items: z.array(WirePilot) }), "By pilot"), ...REFUSALS },
});

export const pilots = nounRouter();

pilots.openapi(readPilots, async (c) => {
  const { site } = c.req.valid("param");
  c.header("cache-control", "private, no-store");
  return c.json({ items: await reportPilots(c.env, site, c.get("now"), laterOf(c)) }, 200);
});
pilots.route("/", resourceRouter({ noun: "pilots", prefix: "pil", schema: Pilot, rules: pilotRules }));

const readGuide = createRoute({
  method: "get",
  path: "/",
  summary:
    "What the figures ask for, the ledger of rules, and published claims beside the site's own figures",
  description:
    "`from` is inside, `to` is not; without them, the last 28 whole days. Effects are those of each campaign's present phase.",
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: { params: SitePath, query: z.object({ from: z.string().optional(), to: z.string().optional() }) },
  responses: { 200: jsonContent(WireGuide, "The guide"), ...REFUSALS },
});

export const guideRoute = nounRouter();

guideRoute.openapi(readGuide, async (c) => {
  const { site } = c.req.valid("param");
  const now = c.get("now");
  const span = await spanAsked(c, site, c.req.valid("query"), now);
  c.header("cache-control", "private, no-store");
  return c.json(await reportGuide(c.env, site, span, now, laterOf(c)), 200);
});

/** The span of a query; without one, whole days until today. */
export async function spanAsked(
  c: Context<AppEnv>,
  site: string,
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): Promise<AskedSpan> {
  const { timezone: zone } = await readSettings(c.env, site);
  const today = dayAt(now, zone);
  const to = readMoment(query.to, "to", { zone, fallback: dayStart(today, zone) });
  const fallback = Math.min(to - 1, dayStart(today, zone, -GUIDE_DAYS));
  const from = readMoment(query.from, "from", { zone, fallback });
  return assertSpan({ from, to }, MAX_DAYS);
}
