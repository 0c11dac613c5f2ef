/**
 * Telling the site's desk of visits while somebody has the list of live visitors open; nobody's answer waits for it.
 *
 * What comes together goes together: the first visit to be told waits a moment for others of this isolate, so that a
 * busy site costs its desk a few calls a second and not one a visitor. A report that is lost is made good by the next.
 */
import type { SiteKey } from "../../domain/ids.ts";
import { visitReport, type VisitReport } from "../../domain/live/visit-report.ts";
import type { RecordAnswer } from "../../durable-objects/visitor-session-call.ts";
import type { Decided } from "../ingest/decide.ts";
import type { LiveSite } from "../site/site-config.ts";

/** How long the first report waits for others. */
const GATHER_MS = 250;
/** A gathering that is older was cut off with its request. */
const CUT_OFF_AFTER_MS = 2_000;
const MOST_GATHERED = 1_000;

type Gathering = { since: number; reports: Map<string, VisitReport> };
const gatherings = new Map<SiteKey, Gathering>();

export type Told = { visitor: string; answer: RecordAnswer; decided: Decided; now: number };

/** Have the desk of `live` told of this visit, with what was just decided for it. */
export function reportVisit(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  live: LiveSite,
  { visitor, answer, decided, now }: Told,
): void {
  if (answer.sessionId === null) return;
  const { site, settings } = live.config;
  const { facts, clocks, exposures, sessionId, globalHoldout, conversation } = answer;
  const report = visitReport({
    visitor,
    facts,
    clocks,
    exposures,
    sessionId,
    openDecision: answer.open !== null || decided.decisions.length > 0,
    globalHoldout,
    conversation,
    triesOut: answer.test !== null,
    excluded: decided.excluded,
    name: answer.proven ? answer.provenName : null,
    pressure: settings.pressure,
    now,
  });
  const under = gatherings.get(site);
  const open =
    under !== undefined && now - under.since < CUT_OFF_AFTER_MS && under.reports.size < MOST_GATHERED;
  if (open) {
    under.reports.set(visitor, report);
    return;
  }
  const gathering = { since: now, reports: new Map([[visitor, report]]) };
  gatherings.set(site, gathering);
  ctx.waitUntil(tell(env, site, gathering));
}

async function tell(env: Env, site: SiteKey, gathering: Gathering): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  if (gatherings.get(site) === gathering) gatherings.delete(site);
  try {
    await env.SITE_DESK.getByName(site).visitsReported([...gathering.reports.values()]);
  } catch (error) {
    console.error(JSON.stringify({ level: "error", what: "live visitors", site, error: String(error) }));
  }
}
