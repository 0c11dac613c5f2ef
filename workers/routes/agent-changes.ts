/** /api/sites/{site}/agent-changes — the agents' figures beside those of the period before. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { AgentChangesWire } from "../../domain/kpi/agent-changes.ts";
import { isoOf } from "../../domain/ids.ts";
import { KPI_VERSION } from "../../domain/kpi/tally.ts";
import { reportAgentChanges } from "../agents/changes.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { readSettings } from "../kpis/report.ts";
import { readSpan } from "./asked-span.ts";
import { REFUSALS, SitePath, jsonContent, nounRouter } from "./openapi.ts";

const DEFAULT_DAYS = 28;
const MAX_DAYS = 400;

const read = createRoute({
  method: "get",
  path: "/",
  summary: "The agents' figures beside those of the period before",
  description:
    "Of each agent, and of all together (`agent` null): what each figure was in the period before and by how much it differs. `before` is as long as the period, or as what is over of it. A rate of fewer than 30 chats, answers or contacts, or of fewer than 8 hours, has no value, and `few` says how many there were; nothing is compared with it. A difference has a `p` where one way is better, adjusted for all of them: at most .05 only where chance is ruled out for all together. What orders bring is not compared, as those of the last days are still to come. `from` is inside, `to` is not; without them, the last 28 days. `business_hours=true` counts the first reply inside the site's business hours only.",
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: {
    params: SitePath,
    query: z.object({
      from: z.string().optional(),
      to: z.string().optional(),
      business_hours: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: {
    200: jsonContent(
      AgentChangesWire.extend({
        version: z.int(),
        from: z.string(),
        to: z.string(),
        timezone: z.string(),
        business_hours: z.boolean(),
      }),
      "The agents and the period before",
    ),
    ...REFUSALS,
  },
});

export const agentChanges = nounRouter();

agentChanges.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const { business_hours, ...asked } = c.req.valid("query");
  const now = c.get("now");
  const settings = await readSettings(c.env, site);
  const span = readSpan(asked, { zone: settings.timezone, now, days: DEFAULT_DAYS, most: MAX_DAYS });
  const businessHours = business_hours === "true";
  const changes = await reportAgentChanges(
    c.env,
    { key: site, settings },
    { ...span, now, businessHours },
    (work) => c.executionCtx.waitUntil(work),
  );
  c.header("cache-control", "private, no-store");
  const told = { version: KPI_VERSION, timezone: settings.timezone, business_hours: businessHours };
  return c.json({ ...told, from: isoOf(span.from), to: isoOf(span.to), ...changes }, 200);
});
