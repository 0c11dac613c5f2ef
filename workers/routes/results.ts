/** /api/sites/{site}/campaigns/{id}/results — what a phase did against its hold-out; phases are never pooled. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { resultWire, ResultWire } from "../../domain/results/wire.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { ApiError } from "../errors.ts";
import { reportResult } from "../results/report.ts";
import { existed } from "./campaigns.ts";
import { ItemPath, REFUSALS, jsonContent, nounRouter } from "./openapi.ts";

const Results = ResultWire.extend({
  campaign: z.string(),
  name: z.string(),
  status: z.enum([...CampaignInput.shape.status.unwrap().options, "deleted"]),
  phase: z.int(),
  phases: z.array(z.object({ phase: z.int(), started_at: z.string() })),
  goal: z.enum(["sale", "lead"]),
  currency: z.string(),
  window_hours: z.int(),
  /** Until when history is in these figures. */
  counted_at: z.string(),
});

const read = createRoute({
  method: "get",
  path: "/{id}/results",
  summary: "What a campaign's phase did, by intention to treat",
  description:
    "What the state hides is null: nothing of an unusable split, no difference before the minimum runtime, no relative lift of a few.",
  tags: ["Figures"],
  middleware: [existed] as const,
  request: {
    params: ItemPath,
    query: z.object({ phase: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: jsonContent(Results, "The phase's result"), ...REFUSALS },
});

export const results = nounRouter();

results.openapi(read, async (c) => {
  const row = c.get("campaign");
  const report = await reportResult(c.env, row, c.req.valid("query").phase, c.get("now"), (work) =>
    c.executionCtx.waitUntil(work),
  );
  const isDeleted = row.deletedAt !== null;
  if (report === null || (isDeleted && report.phases.length === 0))
    throw new ApiError("not_found", "this campaign never ran such a phase");
  c.header("cache-control", "private, no-store");
  return c.json(
    {
      campaign: row.id,
      name: row.name,
      status: isDeleted ? ("deleted" as const) : CampaignInput.shape.status.parse(row.status),
      phase: report.phase,
      phases: report.phases.map(({ phase, startedAt }) => ({ phase, started_at: isoOf(startedAt) })),
      goal: report.goal,
      currency: report.currency,
      window_hours: report.windowHours,
      counted_at: isoOf(report.countedAt),
      ...resultWire(report.panel),
    },
    200,
  );
});
