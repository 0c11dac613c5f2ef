/** /api/sites/{site}/campaigns/{id}/reasons — of the visits in which its condition held, how many stopped at what. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { OUTCOMES } from "../../domain/targeting/outcome.ts";
import { countReasons } from "../kpis/reasons.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { findCampaign } from "./campaigns.ts";
import { assertSpan, readMoment } from "./asked-span.ts";
import { ItemPath, REFUSALS, jsonContent, nounRouter } from "./openapi.ts";

const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 31;
const MAX_DAYS = 400;

const Answer = z.object({
  campaign: z.string(),
  from: z.string(),
  to: z.string(),
  /** Visits in which the condition held. */
  visits: z.int(),
  /** Each of those visits once, under what became of it in the end; most first. */
  reasons: z.array(z.object({ reason: z.enum(OUTCOMES), visits: z.int() })),
  /** Page views of visitors without consent, whom no campaign with a history may reach; the site's, not this campaign's. */
  page_views_without_consent: z.int(),
});

const read = createRoute({
  method: "get",
  path: "/{id}/reasons",
  summary: "Why a campaign was not shown: visits by the gate that stopped them",
  description: "`from` is inside, `to` is not; without them, the last 31 days.",
  tags: ["Campaigns"],
  request: {
    params: ItemPath,
    query: z.object({ from: z.string().optional(), to: z.string().optional() }),
  },
  responses: { 200: jsonContent(Answer, "The counts"), ...REFUSALS },
});

export const reasons = nounRouter();

reasons.openapi(read, async (c) => {
  const { site, id } = c.req.valid("param");
  await findCampaign(c.env, site, id);
  const query = c.req.valid("query");
  const { timezone: zone } = await readSettings(c.env, site);
  const to = readMoment(query.to, "to", { zone, fallback: c.get("now") + 1 });
  const from = readMoment(query.from, "from", { zone, fallback: to - DEFAULT_DAYS * DAY_MS });
  assertSpan({ from, to }, MAX_DAYS);
  const counted = await countReasons(c.env, { site, campaign: id, from, to });
  return c.json(
    {
      campaign: id,
      from: isoOf(from),
      to: isoOf(to),
      visits: counted.visits,
      reasons: counted.reasons,
      page_views_without_consent: counted.exemptPageViews,
    },
    200,
  );
});
