/** /api/sites/{site}/agent-comparison — one agent beside the best, in outcomes and in the canned answers they send. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { ComparisonWire } from "../../domain/kpi/agent-comparison.ts";
import { isoOf } from "../../domain/ids.ts";
import { KPI_VERSION } from "../../domain/kpi/tally.ts";
import { reportComparison } from "../agents/comparison.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { ApiError } from "../errors.ts";
import { readSettings } from "../kpis/report.ts";
import { readSpan } from "./asked-span.ts";
import { REFUSALS, SitePath, jsonContent, nounRouter } from "./openapi.ts";

const DEFAULT_DAYS = 28;
const MAX_DAYS = 400;

const read = createRoute({
  method: "get",
  path: "/",
  summary: "One agent beside the best, in outcomes and in canned answers",
  description:
    "A comparison, never a cause. A rate of fewer than 30 chats, answers, contacts or messages, or of fewer than 8 hours, has no value, and `few` says how many there were. The gaps of each of the two tables are judged together: `beyond_chance` only where chance is ruled out for all of its figures and for having picked the best. `from` is inside, `to` is not; without them, the last 28 days. `business_hours=true` counts the first reply inside the site's business hours only.",
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: {
    params: SitePath,
    query: z.object({
      agent: z.string().min(1).max(300),
      from: z.string().optional(),
      to: z.string().optional(),
      business_hours: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: {
    200: jsonContent(
      ComparisonWire.extend({
        version: z.int(),
        from: z.string(),
        to: z.string(),
        timezone: z.string(),
        /** Whether the first reply is counted inside business hours only, or by the clock. */
        business_hours: z.boolean(),
      }),
      "The agent and the best",
    ),
    ...REFUSALS,
  },
});

export const agentComparison = nounRouter();

agentComparison.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const { agent, business_hours, ...asked } = c.req.valid("query");
  const now = c.get("now");
  const settings = await readSettings(c.env, site);
  const span = readSpan(asked, { zone: settings.timezone, now, days: DEFAULT_DAYS, most: MAX_DAYS });
  const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  const businessHours = business_hours === "true";
  const of = { ...span, now, businessHours };
  const comparison = await reportComparison(c.env, { key: site, settings }, agent, of, later);
  if (comparison === null) throw new ApiError("not_found", "nobody of this site has this id");
  c.header("cache-control", "private, no-store");
  return c.json(
    {
      version: KPI_VERSION,
      from: isoOf(span.from),
      to: isoOf(span.to),
      timezone: settings.timezone,
      business_hours: businessHours,
      ...comparison,
    },
    200,
  );
});
