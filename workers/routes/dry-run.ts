/**
 * /api/sites/{site}/campaigns/dry-run — what a draft would have done to the visits that were, or to those of a file: how
 * many it would have reached, what would have stopped the others, and how many agents that needs.
 *
 * Nothing is written. The draft must be one that could be saved; it is judged with the site's published segments,
 * pressure and settings. What the caller gives goes before what the site measured.
 */
import { createRoute } from "@hono/zod-openapi";
import { isoOf } from "../../domain/ids.ts";
import { agentsRequired } from "../../domain/staffing/erlang.ts";
import type { Campaign, DecisionKind, PublishedSite } from "../../domain/targeting/campaign.ts";
import { type DryRun, dryRunVisitor, prepareDryRun } from "../../domain/targeting/dry-run.ts";
import {
  type Chats,
  chatsOf,
  type DryRunReport,
  DryRunTally,
  MIN_DISPLAYS,
} from "../../domain/targeting/dry-run-report.ts";
import { DryRunAnswer, DryRunRequest, MAX_DRY_RUN_VISITS } from "../../domain/targeting/dry-run-wire.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { readFile, type Rejected } from "../dry-run/filed-visits.ts";
import { listKept, visitorsOf } from "../dry-run/kept-visits.ts";
import { measure, type Measured } from "../dry-run/load.ts";
import { ApiError } from "../errors.ts";
import { loadSite } from "../site/site-config.ts";
import { assertSound, readKnownKeys } from "./campaign-rules.ts";
import { findCampaign } from "./campaigns.ts";
import { readMoment } from "./asked-span.ts";
import { REFUSALS, SitePath, jsonBody, jsonContent, nounRouter } from "./openapi.ts";

const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 7;
/** The moments of a visit are kept no longer. */
const MAX_DAYS = 31;
const SHOWN_REJECTED = 20;
/** The share that is to be served within the site's wait target. */
const SERVICE_LEVEL = 0.8;
/** Kinds that lead to somebody who answers. */
const TALKING: readonly DecisionKind[] = ["chat", "call", "callback", "video"];
/** A draft that was never saved has no id of its own; its arms fall by this one. */
const DRAFT_ID = "cmp_draft";

const run = createRoute({
  method: "post",
  path: "/dry-run",
  summary: "What a draft would have done to the last visits, or to a file's",
  description: `Without \`from\` and \`to\`: the last ${DEFAULT_DAYS} days; at most ${MAX_DRY_RUN_VISITS} visits, the newest. \`messages\` takes what \`/v1/batch\` takes, each with its time.`,
  tags: ["Campaigns"],
  middleware: [requireAdmin] as const,
  request: { params: SitePath, body: jsonBody(DryRunRequest) },
  responses: { 200: jsonContent(DryRunAnswer, "What would have been"), ...REFUSALS },
});

type Replayed = { report: DryRunReport; truncated: boolean; rejected: Rejected[] };

export const dryRun = nounRouter();

dryRun.openapi(run, async (c) => {
  const { site } = c.req.valid("param");
  const body = c.req.valid("json");
  const now = c.get("now");
  const live = await loadSite(c.env, c.executionCtx, site, now);
  if (live === null) throw new ApiError("not_found", "this site has no published configuration");
  const { config } = live;
  const known = body.campaign_id === undefined ? null : await findCampaign(c.env, site, body.campaign_id);
  assertSound(body.campaign, await readKnownKeys(c.env, site), "campaign");
  const prepared = prepare(config, {
    ...body.campaign,
    id: known?.id ?? DRAFT_ID,
    phase: known?.phase ?? 1,
    version: known?.version ?? 1,
    created_at: isoOf(now),
    updated_at: isoOf(now),
  });
  const replayed =
    body.messages === undefined
      ? await replayKept(c.env, config, prepared, body, now)
      : replayFile(config, prepared, body.messages);
  const measured = await measure(c.env, site, body.campaign.kind, now);
  return c.json(answerOf(replayed, body, measured, config.settings.wait_target_seconds), 200);
});

/** The draft beside what is published; a segment that was saved a moment ago may not be published yet. */
function prepare(config: PublishedSite, draft: Campaign): DryRun {
  const prepared = prepareDryRun(config, draft);
  if (prepared !== null) return prepared;
  const message = "this condition cannot be judged by what is published; try again in a moment";
  throw new ApiError("invalid", message, { path: "campaign.condition" });
}

async function replayKept(
  env: Env,
  config: PublishedSite,
  prepared: DryRun,
  asked: { from?: string | undefined; to?: string | undefined; last?: number | undefined },
  now: number,
): Promise<Replayed> {
  const { timezone: zone } = config.settings;
  const to = readMoment(asked.to, "to", { zone, fallback: now + 1 });
  const days = asked.last === undefined ? DEFAULT_DAYS : MAX_DAYS;
  const from = readMoment(asked.from, "from", { zone, fallback: to - days * DAY_MS });
  if (from >= to) throw new ApiError("invalid", "`from` must be before `to`", { path: "from" });
  const span = { from, to, last: asked.last ?? MAX_DRY_RUN_VISITS };
  const { kept, truncated } = await listKept(env, config.site, span);
  const tally = new DryRunTally();
  for await (const { visitor, visits } of visitorsOf(env, config.site, kept)) {
    tally.add(dryRunVisitor(prepared, visitor, visits));
  }
  return { report: tally.report(), truncated, rejected: [] };
}

function replayFile(config: PublishedSite, prepared: DryRun, content: readonly unknown[]): Replayed {
  const { visitors, rejected } = readFile(content, config);
  const [first] = rejected;
  if (visitors.length === 0 && first !== undefined) {
    throw new ApiError("no_valid_message", first.message, { path: first.path });
  }
  const tally = new DryRunTally();
  for (const { visitor, visits } of visitors) tally.add(dryRunVisitor(prepared, visitor, visits));
  return { report: tally.report(), truncated: false, rejected };
}

type Given = Pick<DryRunRequest, "campaign" | "acceptance" | "handle_seconds">;

function answerOf(
  { report, truncated, rejected }: Replayed,
  given: Given,
  measured: Measured,
  withinSeconds: number,
): DryRunAnswer {
  const enough = measured.shown >= MIN_DISPLAYS;
  const own = given.acceptance === undefined && enough ? measured.accepted / measured.shown : null;
  const acceptance = given.acceptance ?? own;
  const talks = TALKING.includes(given.campaign.kind);
  const chats = talks && acceptance !== null ? chatsOf(report, acceptance) : null;
  const handleSeconds = given.handle_seconds ?? measured.handleSeconds;
  return {
    visits: report.visits,
    visitors: report.visitors,
    matched: report.matched,
    stopped: report.stopped,
    eligible: report.eligible,
    shown: report.shown,
    held_out: report.heldOut,
    hours: report.hours.map(({ hour, shown, heldOut }) => ({ hour: isoOf(hour), shown, held_out: heldOut })),
    from: report.span === null ? null : isoOf(report.span.from),
    to: report.span === null ? null : isoOf(report.span.to),
    truncated,
    rejected: { count: rejected.length, first: rejected.slice(0, SHOWN_REJECTED) },
    acceptance: {
      value: acceptance,
      numerator: own === null ? null : measured.accepted,
      denominator: own === null ? null : measured.shown,
      given: given.acceptance !== undefined,
      measured: { accepted: measured.accepted, displays: measured.shown, needed: MIN_DISPLAYS },
    },
    chats: chats === null ? null : { per_hour: chats.perHour, busiest_hour: chats.busiestHour },
    staffing: {
      ...agentsFor(chats, handleSeconds, measured.concurrency, withinSeconds),
      service_level: SERVICE_LEVEL,
      within_seconds: withinSeconds,
      handle_seconds: handleSeconds,
      handle_given: given.handle_seconds !== undefined,
      handle_measured: measured.handled,
      concurrency: measured.concurrency,
      concurrency_measured: measured.concurrencyMeasured,
    },
  };
}

/** Erlang C with several conversations an agent: for the mean hour, and for the busiest. */
function agentsFor(
  chats: Chats | null,
  handleSeconds: number | null,
  concurrency: number,
  withinSeconds: number,
): { agents: number | null; agents_busiest_hour: number | null } {
  const agents = (arrivalsPerHour: number): number | null => {
    if (handleSeconds === null) return null;
    if (arrivalsPerHour === 0) return 0;
    return agentsRequired(
      { arrivalsPerHour, handleSeconds, concurrency },
      { withinSeconds, share: SERVICE_LEVEL },
    );
  };
  if (chats === null) return { agents: null, agents_busiest_hour: null };
  return { agents: agents(chats.perHour), agents_busiest_hour: agents(chats.busiestHour) };
}
