/**
 * A visit from history, as a trace is told: its moments, and everything that its visitor was eligible for.
 */
import { and, asc, desc, eq, isNotNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SiteKey } from "../../domain/ids.ts";
import { DECISION_KINDS } from "../../domain/targeting/campaign.ts";
import type { TraceSource } from "../../domain/targeting/trace.ts";
import { OFFER_MS } from "../../domain/visit/engage.ts";
import { type KnownExposure, MAX_EXPOSURES } from "../../domain/visit/state.ts";
import { exposures, sessions } from "../../migrations/schema.ts";
import { unpackReplay } from "./replays.ts";

const SHOWN = 20;

export type KeptVisit = { id: string; startedAt: number; endedAt: number | null };

/** The newest visits of `visitor` of which the moments are kept. */
export async function keptVisits(env: Env, site: SiteKey, visitor: string): Promise<KeptVisit[]> {
  return drizzle(env.DB)
    .select({ id: sessions.id, startedAt: sessions.startedAt, endedAt: sessions.endedAt })
    .from(sessions)
    .where(and(eq(sessions.site, site), eq(sessions.visitorId, visitor), isNotNull(sessions.replay)))
    .orderBy(desc(sessions.startedAt))
    .limit(SHOWN);
}

/** The visit `session` of `visitor`, or null where its moments are not kept. */
export async function traceFromHistory(
  env: Env,
  site: SiteKey,
  visitor: string,
  session: string,
): Promise<TraceSource | null> {
  const db = drizzle(env.DB);
  const [visits, offered] = await db.batch([
    db
      .select({
        replay: sessions.replay,
        globalHoldout: sessions.globalHoldout,
        covered: sessions.covered,
      })
      .from(sessions)
      .where(and(eq(sessions.site, site), eq(sessions.id, session), eq(sessions.visitorId, visitor))),
    db
      .select()
      .from(exposures)
      .where(and(eq(exposures.site, site), eq(exposures.visitorId, visitor)))
      .orderBy(asc(exposures.eligibleAt))
      .limit(MAX_EXPOSURES),
  ]);
  const [visit] = visits;
  const replay = await unpackReplay(visit?.replay ?? null);
  if (visit === undefined || replay === null) return null;
  const { globalHoldout, covered } = visit;
  return { visitor, replay, exposures: offered.flatMap(exposureOf), traits: {}, globalHoldout, covered };
}

/** History does not say until when an offer stood; those that nobody answered are taken to have run their time. */
function exposureOf(row: typeof exposures.$inferSelect): KnownExposure[] {
  const { id, revision, phase, variant, probability, eligibleAt, shownAt } = row;
  const { openedAt, declinedAt, ignoredAt, clickedAt, sessionId, campaignId: campaign } = row;
  const kind = DECISION_KINDS.find((known) => known === row.kind);
  if (kind === undefined) return [];
  const arm = row.arm === "holdout" ? "holdout" : "treated";
  const expiresAt = eligibleAt + OFFER_MS;
  const answers = { shownAt, openedAt, declinedAt, ignoredAt, clickedAt };
  return [
    {
      id,
      revision,
      campaign,
      phase,
      variant,
      kind,
      arm,
      probability,
      eligibleAt,
      expiresAt,
      sessionId,
      ...answers,
    },
  ];
}
