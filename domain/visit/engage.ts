/**
 * The last steps of the main path (`design.md` §3.5): which of the campaigns that matched may engage this visitor,
 * and what is written when one does.
 *
 * The gates before the campaign arm are the same for treated and held-out visitors; being held out ends the
 * arbitration of the moment. The caller awaits the desk between `firstAllowed` and `expose`, so both look again.
 */
import { assign } from "../experiments/allocation.ts";
import { isoOf, type EpochMs } from "../ids.ts";
import type { Campaign, CreativeText } from "../targeting/campaign.ts";
import type { Decision } from "../targeting/decision.ts";
import { checkLocalGates, type Gate } from "../targeting/gates.ts";
import { openDecision } from "./engagement.ts";
import { exposureKey, keepOwed, queueExposure, queueSession } from "./outgoing.ts";
import { type KnownExposure, MAX_EXPOSURES, type VisitorState } from "./state.ts";

export const OFFER_MS = 10 * 60_000;

export type Moment = {
  now: EpochMs;
  timezone: string;
  /** The visitor's language, then the site's. */
  languages: string[];
};

export type Loser = { campaign: string; gate: Gate | "capacity"; until: EpochMs | null };

/** The first of `campaigns` that every local gate lets pass, and why each before it was not. */
export function firstAllowed(
  state: VisitorState,
  campaigns: readonly Campaign[],
  { now, timezone }: Moment,
): { campaign: Campaign | null; losers: Loser[] } {
  const losers: Loser[] = [];
  for (const campaign of campaigns) {
    const gate = checkLocalGates(campaign, {
      exposures: state.exposures,
      sessionId: state.visit?.id ?? "",
      openDecision: openDecision(state, now) !== null,
      globalHoldout: state.visit?.globalHoldout ?? false,
      timezone,
      now,
    });
    if (gate.ok) return { campaign, losers };
    losers.push({ campaign: campaign.id, gate: gate.gate, until: gate.until });
  }
  return { campaign: null, losers };
}

export type Exposed = { state: VisitorState; decision: Decision | null };

/**
 * `state` with this eligible moment written, in the visitor's arm; the decision is null for a held-out visitor.
 * `agent` is who holds a place for the offer, where one is needed.
 */
export function expose(
  state: VisitorState,
  campaign: Campaign,
  decisionId: string,
  agent: { name: string; until: EpochMs } | null,
  { now, languages }: Moment,
): Exposed {
  const { id, phase, holdout, variants } = campaign;
  const { arm, variant, probability } = assign({
    campaign: id,
    phase,
    visitor: state.visitor,
    holdout,
    variants,
  });
  const expiresAt = agent?.until ?? now + OFFER_MS;
  const exposure: KnownExposure = {
    id: decisionId,
    campaign: id,
    phase,
    variant,
    kind: campaign.kind,
    arm,
    probability,
    eligibleAt: now,
    expiresAt,
    shownAt: null,
    openedAt: null,
    declinedAt: null,
    ignoredAt: null,
    clickedAt: null,
    revision: 1,
    sessionId: state.visit?.id ?? "",
  };
  const exposures = keepOwed(state, [...state.exposures, exposure], MAX_EXPOSURES, exposureKey);
  const known = { ...state, exposures };
  const written = queueExposure(known, exposure, now);
  if (arm === "holdout") return { state: written, decision: null };

  const creative = creativeOf(campaign, variant, languages);
  const decision: Decision = {
    id: decisionId,
    kind: campaign.kind,
    campaign: id,
    variant,
    creative: agent === null ? creative : { ...creative, agent: { name: agent.name } },
    expires_at: isoOf(expiresAt),
  };
  return { state: { ...written, open: { decision, expiresAt } }, decision };
}

/** The variant's words in the first of `languages` that it has, else in any. */
export function creativeOf(
  campaign: Campaign,
  variantKey: string,
  languages: readonly string[],
): CreativeText {
  const creative = campaign.variants.find(({ key }) => key === variantKey)?.creative ?? {};
  for (const language of [...languages, "fr", "en"]) {
    const base = language.slice(0, 2).toLowerCase();
    const words = base === "fr" || base === "en" ? creative[base] : undefined;
    if (words !== undefined) return words;
  }
  return {};
}

/**
 * `state` marked: a campaign's condition held in this visit, with or without a free place. History learns of it at
 * once, so that the eligible of a day are never fewer than those who were shown something.
 */
export function markEligible(state: VisitorState, covered: boolean, now: EpochMs): VisitorState {
  const visit = state.visit;
  if (visit === null || (visit.eligible && (visit.covered || !covered))) return state;
  const marked = { ...visit, eligible: true, covered: visit.covered || covered };
  return queueSession({ ...state, visit: marked }, marked, null, now);
}
