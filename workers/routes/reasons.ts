/** /api/sites/{site}/campaigns/{id}/reasons — of the visits in which its condition held, how many stopped at what. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { OUTCOMES } from "../../domain/targeting/outcome.ts";
import { ApiError } from "../errors.ts";
import { countReasons } from "../kpis/reasons.ts";
import { findCampaign } from "./campaigns.ts";
import { readMoment } from "./kpis.ts";
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
  const to = readMoment(query.to, "to", c.get("now") + 1);
  const from = readMoment(query.from, "from", to - DEFAULT_DAYS * DAY_MS);
  if (from >= to) throw new ApiError("invalid", "`from` must be before `to`", { path: "from" });
  if (to - from > MAX_DAYS * DAY_MS) {
    throw new ApiError("invalid", `ask for at most ${MAX_DAYS} days at once`, { path: "from" });
  }
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
