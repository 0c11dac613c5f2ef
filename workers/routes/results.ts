/** /api/sites/{site}/campaigns/{id}/results — what a phase did against its hold-out; phases are never pooled. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { isLate } from "../../domain/overview/findings.ts";
import { resultWire, ResultWire } from "../../domain/results/wire.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { ApiError } from "../errors.ts";
import { readLateness } from "../overview/lateness.ts";
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
  /** Whether the phase lets visitors in now: it is the campaign's present one, and live. */
  is_open: z.boolean(),
  /** When it was asked for: days that are left are counted from then. */
  asked_at: z.string(),
  /** When these figures were counted last: nothing that came since changes them. */
  counted_at: z.string(),
  /** Until when the site's history is whole, and how many messages it refused. */
  history: z.object({
    at: z.string(),
    behind_seconds: z.number(),
    letters: z.int(),
    is_late: z.boolean(),
  }),
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
  const now = c.get("now");
  const [report, late] = await Promise.all([
    reportResult(c.env, row, c.req.valid("query").phase, now, (work) => c.executionCtx.waitUntil(work)),
    readLateness(c.env, row.site, now),
  ]);
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
      is_open: report.isOpen,
      asked_at: isoOf(now),
      counted_at: isoOf(report.countedAt),
      history: {
        at: isoOf(now - late.behindMs),
        behind_seconds: Math.round(late.behindMs / 1_000),
        letters: late.letters,
        is_late: isLate(late),
      },
      ...resultWire(report.panel),
    },
    200,
  );
});
