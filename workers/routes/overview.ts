/** /api/sites/{site}/overview — is it working, what did it earn, what needs somebody. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { HoursWire, OverviewWire, overviewWire } from "../../domain/overview/wire.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { readSettings } from "../kpis/report.ts";
import { MOST_DAYS, reportHours } from "../overview/hours.ts";
import { reportOverview } from "../overview/report.ts";
import { type AskedSpan, readSpan } from "./asked-span.ts";
import { REFUSALS, SitePath, jsonContent, nounRouter } from "./openapi.ts";

const DEFAULT_DAYS = 28;
const MAX_DAYS = 400;

const Query = z.object({ from: z.string().optional(), to: z.string().optional() });

const OverviewQuery = Query.extend({ business_hours: z.enum(["true", "false"]).optional() });

const read = createRoute({
  method: "get",
  path: "/",
  summary: "What Aparté earned, and what needs you",
  description:
    "`from` is inside, `to` is not; without them, the last 28 days. Revenue that would not have come is read from the hold-out over all campaigns where the site has one, else added up from each campaign's own; a result that is hidden contributes nothing and is named. `business_hours=true` counts the first reply inside the site's business hours only, and its change too; what needs somebody is told by the clock, as visitors waited.",
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: { params: SitePath, query: OverviewQuery },
  responses: { 200: jsonContent(OverviewWire, "The overview"), ...REFUSALS },
});

const readHours = createRoute({
  method: "get",
  path: "/hours",
  summary: "The week by its hours",
  description: `Chats, those that waited longer than the site's target, and chatters who bought, by weekday and hour of the site's time zone; of longer spans the last ${MOST_DAYS} days.`,
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: { params: SitePath, query: Query },
  responses: { 200: jsonContent(HoursWire, "168 hours, Monday first"), ...REFUSALS },
});

export const overview = nounRouter();

overview.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const now = c.get("now");
  const settings = await readSettings(c.env, site);
  const query = c.req.valid("query");
  const span = { ...spanOf(settings.timezone, query, now), businessHours: query.business_hours === "true" };
  const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  const report = await reportOverview(c.env, site, { ...span, now }, later, settings);
  c.header("cache-control", "private, no-store");
  return c.json(overviewWire(report), 200);
});

overview.openapi(readHours, async (c) => {
  const { site } = c.req.valid("param");
  const now = c.get("now");
  const settings = await readSettings(c.env, site);
  const span = spanOf(settings.timezone, c.req.valid("query"), now);
  const { from, to, timezone, targetSeconds, cells } = await reportHours(
    c.env,
    site,
    { ...span, now },
    (work) => c.executionCtx.waitUntil(work),
  );
  c.header("cache-control", "private, no-store");
  return c.json({ from: isoOf(from), to: isoOf(to), timezone, target_seconds: targetSeconds, cells }, 200);
});

function spanOf(zone: string, query: z.infer<typeof Query>, now: number): AskedSpan {
  return readSpan(query, { zone, now, days: DEFAULT_DAYS, most: MAX_DAYS });
}
