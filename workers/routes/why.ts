/**
 * /api/sites/{site}/visitors/{id}/trace — a visit moment by moment, and why each campaign did or did not engage then.
 *
 * The visit that is on comes from its owner, an earlier one from history. An anonymous id proves nothing, so an agent
 * sees the visit at hand only, and nothing of who the visitor is beyond it. A moment is judged again by the
 * configuration that was published then.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf, type SiteKey } from "../../domain/ids.ts";
import { PublishedSite } from "../../domain/targeting/campaign.ts";
import { compileSite } from "../../domain/targeting/judge.ts";
import { explainMoment, type TraceMoment, traceOf, type TraceSource } from "../../domain/targeting/trace.ts";
import {
  wireExplanation,
  type WireExplanation,
  wireMoment,
  WireTrace,
} from "../../domain/targeting/why-wire.ts";
import { ApiError } from "../errors.ts";
import { type KeptVisit, keptVisits, traceFromHistory } from "../history/traces.ts";
import { configKey } from "../publish/publish.ts";
import { loadSite } from "../site/site-config.ts";
import { visitorObject } from "../site/visitor.ts";
import { ItemPath, REFUSALS, jsonContent, nounRouter } from "./openapi.ts";
import { assertKnown } from "./visitors.ts";

const Asked = z.object({
  /** A visit of this visitor; without it the one that is on, else the last. */
  session: z.string().optional(),
  /** The index of a moment, or the id of the decision that was made at it. */
  at: z.string().optional(),
});

const read = createRoute({
  method: "get",
  path: "/{id}/trace",
  summary: "A visit moment by moment, and why each campaign did or did not engage",
  description:
    "With `at`, the moment at that index (or of that decision) is explained. An agent is shown the visit that is on; an admin may ask for an earlier one by `session`.",
  tags: ["Visitors"],
  request: { params: ItemPath, query: Asked },
  responses: { 200: jsonContent(WireTrace, "The visit, and the moment that was asked for"), ...REFUSALS },
});

/** The visit to tell: the one that is named, else the one that is on, else the last whose moments are kept. */
async function sourceOf(
  env: Env,
  site: SiteKey,
  visitor: string,
  named: string | undefined,
  kept: readonly KeptVisit[],
): Promise<TraceSource | null> {
  const present = await visitorObject(env, site, visitor).visitTrace();
  if (present !== null && (named ?? present.replay.visit) === present.replay.visit) return present;
  const session = named ?? kept[0]?.id;
  return session === undefined ? null : traceFromHistory(env, site, visitor, session);
}

/** The configuration that judged `told`; the present one where that version cannot be read any more. */
async function configurationOf(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  site: SiteKey,
  told: TraceMoment,
  now: number,
): Promise<{ config: PublishedSite; asThen: boolean }> {
  const { version } = told.moment;
  const stored = version === 0 ? null : await env.CONFIG.get(configKey(site, version), { type: "json" });
  const then = PublishedSite.safeParse(stored);
  if (then.success) return { config: then.data, asThen: true };
  const live = await loadSite(env, ctx, site, now);
  if (live === null) throw new ApiError("not_found", "this site has no published configuration");
  return { config: live.config, asThen: false };
}

/** The moment that `at` names; 404 where the visit has no such one. */
function momentAt(told: readonly TraceMoment[], at: string): { index: number; moment: TraceMoment } {
  const index = /^\d{1,4}$/.test(at) ? Number(at) : told.findIndex(({ recorded }) => recorded?.id === at);
  const moment = told[index];
  if (moment === undefined) throw new ApiError("not_found", "this visit has no such moment", { path: "at" });
  return { index, moment };
}

type Question = { source: TraceSource; told: TraceMoment[]; at: string; personal: boolean; now: number };

async function explainedAt(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  site: SiteKey,
  { source, told, at, personal, now }: Question,
): Promise<WireExplanation> {
  const { index, moment } = momentAt(told, at);
  const { config, asThen } = await configurationOf(env, ctx, site, moment, now);
  const { version, published_at, settings } = config;
  return wireExplanation(
    explainMoment(compileSite(config), settings.pressure, source, moment),
    { index, at: isoOf(moment.at), configuration: { version, published_at, as_then: asThen } },
    personal,
  );
}

function sessionOf(
  { replay, globalHoldout, covered }: TraceSource,
  kept: readonly KeptVisit[],
  personal: boolean,
) {
  const { visit: id, startedAt, arrival, device, place, history, base } = replay;
  const endedAt = kept.find((visit) => visit.id === id)?.endedAt ?? null;
  return {
    id,
    started_at: isoOf(startedAt),
    ended_at: endedAt === null ? null : isoOf(endedAt),
    channel: arrival.channel,
    device_type: device.type,
    browser: device.browser,
    city: place.city,
    country: place.country,
    visits: personal ? history.visits : null,
    global_holdout: globalHoldout,
    covered,
    complete: base === null,
  };
}

export const why = nounRouter();

why.openapi(read, async (c) => {
  const { site, id } = c.req.valid("param");
  const { session, at } = c.req.valid("query");
  const personal = c.get("role") === "admin";
  await assertKnown(c.env, site, id);
  const kept = personal ? await keptVisits(c.env, site, id) : [];
  const source = await sourceOf(c.env, site, id, personal ? session : undefined, kept);
  if (session !== undefined && source?.replay.visit !== session) {
    if (!personal) throw new ApiError("forbidden", "only an admin may look at a visitor's earlier visits");
    throw new ApiError("not_found", "no moment of such a visit is kept", { path: "session" });
  }
  const told = source === null ? [] : traceOf(source);
  if (told.length === 0 && at !== undefined) momentAt(told, at);
  const explained =
    source === null || at === undefined
      ? null
      : await explainedAt(c.env, c.executionCtx, site, { source, told, at, personal, now: c.get("now") });
  const answer: WireTrace = {
    visitor: id,
    session: source === null ? null : sessionOf(source, kept, personal),
    sessions: kept.map(({ id: visit, startedAt, endedAt }) => ({
      id: visit,
      started_at: isoOf(startedAt),
      ended_at: endedAt === null ? null : isoOf(endedAt),
    })),
    moments: told.map(wireMoment),
    explained,
  };
  return c.json(answer, 200);
});
