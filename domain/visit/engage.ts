/**
 * The last steps of the main path (`design.md` §3.5): which of the campaigns that matched may engage this visitor,
 * and what is written when one does.
 *
 * The gates before the campaign arm are the same for treated and held-out visitors; being held out ends the
 * arbitration of the moment. The caller awaits the desk between `gateOf` and `expose`, so it looks again.
 */
import { wordsIn } from "../creative/words.ts";
import { assign, type Assignment } from "../experiments/allocation.ts";
import { isoOf, type EpochMs } from "../ids.ts";
import type { Pressure } from "../site/settings.ts";
import type { Campaign, CreativeText, Variant } from "../targeting/campaign.ts";
import type { Decision, Exposure } from "../targeting/decision.ts";
import { checkLocalGates, type GateAnswer, isOpen } from "../targeting/gates.ts";
import type { Gate, OutcomeCode } from "../targeting/outcome.ts";
import type { OpenTimes } from "../targeting/schedule.ts";
import { openDecision } from "./engagement.ts";
import { MAX_OUTCOMES, MAX_SEGMENTS, type Noted, type Notes } from "./notes.ts";
import { exposureKey, keepOwed, queueExposure, queueSession } from "./outgoing.ts";
import { type KnownExposure, MAX_EXPOSURES, type VisitorState } from "./state.ts";

export const OFFER_MS = 10 * 60_000;

export type Moment = {
  now: EpochMs;
  pressure: Pressure;
  /** The visitor's language, then the site's. */
  languages: string[];
};

export type Loser = { campaign: string; gate: Gate | "capacity"; until: EpochMs | null };

const ALWAYS_OPEN: OpenTimes = { restricts: false, isOpen: () => true, openFrom: (at) => at };

/**
 * Whether every gate of the visitor's own history lets `campaign` pass. The schedule and the segments that are left
 * alone were looked at by whoever judged this very moment.
 */
export function gateOf(
  state: VisitorState,
  campaign: Campaign,
  { now, pressure }: Pick<Moment, "now" | "pressure">,
): GateAnswer {
  return checkLocalGates(campaign, ALWAYS_OPEN, {
    visitor: state.visitor,
    exposures: state.exposures,
    sessionId: state.visit?.id ?? "",
    openDecision: openDecision(state, now) !== null,
    globalHoldout: state.visit?.globalHoldout ?? false,
    excluded: false,
    pressure,
    now,
  });
}

/**
 * The arm and variant of this visitor. Who was eligible in this phase before keeps what they had then, with its
 * probability, however a bandit has moved the weights since.
 */
export function assignmentOf(
  { visitor, exposures }: { visitor: string; exposures: readonly Exposure[] },
  campaign: Campaign,
): Assignment {
  const { id, phase, holdout, variants } = campaign;
  const first = exposures.find(
    (known) =>
      known.campaign === id && known.phase === phase && variants.some(({ key }) => key === known.variant),
  );
  if (first !== undefined) return { arm: first.arm, variant: first.variant, probability: first.probability };
  return assign({ campaign: id, phase, visitor, holdout, variants: weighted(campaign) });
}

/** The variants as they are drawn now: where a bandit has moved the weights, by those of its period. */
function weighted({ allocation, bandit, variants }: Campaign): Pick<Variant, "key" | "weight">[] {
  const moved = allocation === "bandit" ? (bandit?.weights ?? []) : [];
  if (moved.length !== variants.length) return variants;
  return variants.map(({ key, weight }, index) => ({ key, weight: moved[index] ?? weight }));
}

/** How long after the eligible moment this visitor's variant is shown. Both arms have one, and hold a place as long. */
export function delayOf(state: VisitorState, campaign: Campaign): number {
  const { variant } = assignmentOf(state, campaign);
  return (campaign.variants.find(({ key }) => key === variant)?.delay_seconds ?? 0) * 1_000;
}

export type Exposed = { state: VisitorState; exposure: KnownExposure; decision: Decision | null };

/**
 * `state` with this eligible moment written, in the visitor's arm; the decision is null for a held-out visitor.
 * `agent` is who holds a place for the offer, where one is needed.
 */
export function expose(
  state: VisitorState,
  campaign: Campaign,
  decisionId: string,
  agent: { name: string; until: EpochMs } | null,
  { now, languages }: Pick<Moment, "now" | "languages">,
): Exposed {
  const { id, phase, kind } = campaign;
  const { arm, variant, probability } = assignmentOf(state, campaign);
  const delayMs = delayOf(state, campaign);
  const expiresAt = agent?.until ?? now + delayMs + OFFER_MS;
  const exposure: KnownExposure = {
    id: decisionId,
    campaign: id,
    phase,
    variant,
    kind,
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
  const written = queueExposure({ ...state, exposures }, exposure, now);
  if (arm === "holdout") return { state: written, exposure, decision: null };

  const creative = creativeOf(campaign, variant, languages);
  const decision: Decision = {
    id: decisionId,
    kind,
    campaign: id,
    variant,
    creative: agent === null ? creative : { ...creative, agent: { name: agent.name } },
    ...(delayMs === 0 ? {} : { show_at: isoOf(now + delayMs) }),
    expires_at: isoOf(expiresAt),
  };
  return { state: { ...written, open: { decision, expiresAt } }, exposure, decision };
}

/** The variant's words for a reader of `languages`. */
export function creativeOf(
  campaign: Campaign,
  variantKey: string,
  languages: readonly string[],
): CreativeText {
  const variant = campaign.variants.find(({ key }) => key === variantKey);
  return variant === undefined ? {} : wordsIn(variant.creative, languages);
}

/** The skills of `campaigns`, each once; null of those that anybody may answer. */
export function skillsOf(campaigns: readonly Pick<Campaign, "skill">[]): (string | null)[] {
  return [...new Set(campaigns.map(({ skill }) => skill ?? null))];
}

/**
 * Whether this eligible moment is covered: a place was free in a skill of one of the campaigns that matched. `free` are
 * those of their skills that had one by what was last heard of the desk. What it said when it was asked counts more: who
 * was given a place had one, there was none in a skill that it `refused`, and none at all where it refused just anybody.
 */
export function isCovered(
  free: readonly (string | null)[],
  said: { taken: boolean; refused: readonly (string | null)[] },
): boolean {
  if (said.taken) return true;
  return !said.refused.includes(null) && free.some((skill) => !said.refused.includes(skill));
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

/** What each loser lost by. A campaign whose own engagement stands open has lost to nobody. */
export function outcomesOf(
  losers: readonly Loser[],
  exposures: readonly KnownExposure[],
  now: EpochMs,
): [campaign: string, code: OutcomeCode][] {
  const open = new Set(exposures.filter((known) => isOpen(known, now)).map(({ campaign }) => campaign));
  return losers
    .filter(({ campaign, gate }) => gate !== "open_decision" || !open.has(campaign))
    .map(({ campaign, gate }) => [campaign, gate]);
}

/** Of `notes` what a visit does not know yet and has room for. */
export function freshNotes(noted: Noted, { segments, outcomes }: Notes): Notes {
  const full = Object.keys(noted.outcomes).length >= MAX_OUTCOMES;
  return {
    segments:
      noted.segments.length >= MAX_SEGMENTS ? [] : segments.filter((key) => !noted.segments.includes(key)),
    outcomes: outcomes.filter(([campaign, code]) => {
      const known = Object.hasOwn(noted.outcomes, campaign) ? noted.outcomes[campaign] : undefined;
      return known === undefined ? !full : !known.includes(code);
    }),
  };
}
