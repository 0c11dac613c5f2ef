/** /api/sites/{site}/campaigns/{id}/results — what a phase did against its hold-out; phases are never pooled. */
import { createRoute } from "@hono/zod-openapi";
import { and, asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaignPhases } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { reportCampaign } from "../kpis/campaign-report.ts";
import { existing } from "./campaigns.ts";
import { ItemPath, REFUSALS, jsonContent, nounRouter } from "./openapi.ts";

const Figure = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
});
const Arm = z.object({
  visitors: z.int(),
  moments: z.int(),
  displayed: z.int(),
  accepted: z.int(),
  conversions: z.int(),
  revenue: z.number(),
  conversion: Figure,
});
const Results = z.object({
  campaign: z.string(),
  phase: z.int(),
  phases: z.array(z.object({ phase: z.int(), started_at: z.string() })),
  window_hours: z.int(),
  /** `not_measurable` without a hold-out, `too_few` with fewer than 10 sales in it. */
  state: z.enum(["not_measurable", "too_few", "measured"]),
  arms: z.object({ treated: Arm, holdout: Arm }),
  variants: z.array(Arm.extend({ variant: z.string() })),
  difference: z
    .object({
      value: z.number(),
      low: z.number(),
      high: z.number(),
      method: z.enum(["newcombe", "wald"]),
      level: z.number(),
    })
    .nullable(),
  incremental_sales: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
});

const read = createRoute({
  method: "get",
  path: "/{id}/results",
  summary: "What a campaign's phase did, by intention to treat",
  tags: ["Figures"],
  middleware: [existing] as const,
  request: {
    params: ItemPath,
    query: z.object({ phase: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: jsonContent(Results, "The phase's result"), ...REFUSALS },
});

export const results = nounRouter();

results.openapi(read, async (c) => {
  const { site, id } = c.req.valid("param");
  const row = c.get("campaign");
  const phase = c.req.valid("query").phase ?? row.phase;
  const phases = await drizzle(c.env.DB)
    .select()
    .from(campaignPhases)
    .where(and(eq(campaignPhases.site, site), eq(campaignPhases.campaignId, id)))
    .orderBy(asc(campaignPhases.phase));
  const ran = phases.find((candidate) => candidate.phase === phase);
  if (ran === undefined && phase !== row.phase) {
    throw new ApiError("not_found", "this campaign never ran such a phase");
  }
  const { window_hours } = CampaignInput.parse(JSON.parse(ran?.body ?? row.body));
  const result = await reportCampaign(c.env, site, { id, phase, windowHours: window_hours });
  c.header("cache-control", "private, no-store");
  return c.json(
    {
      campaign: id,
      phase,
      phases: phases.map((one) => ({ phase: one.phase, started_at: isoOf(one.startedAt) })),
      window_hours,
      ...result,
    },
    200,
  );
});
