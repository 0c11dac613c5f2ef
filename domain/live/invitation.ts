/**
 * An agent asks a visitor of the live list to talk: a decision like any other for the page, and no campaign's.
 *
 * Every rule that keeps visitors from being pressed holds: one open offer at a time, the site's caps and cool-downs,
 * what a decline leaves behind, the site-wide hold-out and segments that are left alone. It has no arm and no
 * probability, so it is no exposure: it never reaches the table from which campaigns are judged
 * (`docs/decisions/2026-11-23-live-visitors.md`).
 *
 * Shapes  it is kept among what the visitor was offered, under `AGENT_INVITATION` in place of a campaign's id, so that
 *         the gates and the facts on engagements count it as they count every offer.
 * Units   moments are `EpochMs`.
 * Errors  an expected "no" is a returned `Refusal`; its reason is a gate's or one of `InvitationRefusal`.
 */
import type { Person } from "../desk/report.ts";
import { type EpochMs, isoOf } from "../ids.ts";
import type { Pressure } from "../site/settings.ts";
import type { CreativeText } from "../targeting/campaign.ts";
import type { Decision } from "../targeting/decision.ts";
import { checkLocalGates } from "../targeting/gates.ts";
import type { Gate } from "../targeting/outcome.ts";
import { AGENT_INVITATION } from "../visit/agent-invitation.ts";
import { openDecision } from "../visit/engagement.ts";
import { exposureKey, keepOwed } from "../visit/outgoing.ts";
import { isOver, type KnownExposure, MAX_EXPOSURES, type VisitorState } from "../visit/state.ts";

/** The way to the page, which asks again within 10 s while the list is open, and the time to read. */
export const INVITATION_MS = 75_000;
/** A visitor who said no to an agent is not asked again the same day, nor more than thrice in a visit. */
const OWN_CAPS = { per_session: 3, after_decline_days: 1 };

export type InvitationRefusal =
  /** Not on the site, or no longer. */
  | "gone"
  | "in_conversation"
  /** This browser tries a campaign out. */
  | "try_out";
export type NotNow = Gate | InvitationRefusal;

export type Invitable = {
  visitor: string;
  exposures: readonly KnownExposure[];
  sessionId: string;
  openDecision: boolean;
  globalHoldout: boolean;
  conversation: string | null;
  triesOut: boolean;
  /** In a segment that is left alone. */
  excluded: boolean;
};

/** Why this visitor cannot be invited now; null where an agent may. */
export function whyNotInvited(who: Invitable, pressure: Pressure, now: EpochMs): NotNow | null {
  if (who.conversation !== null) return "in_conversation";
  if (who.triesOut) return "try_out";
  const always = { restricts: false, isOpen: () => true, openFrom: (at: EpochMs) => at };
  const offer = { id: AGENT_INVITATION, kind: "chat" as const, caps: OWN_CAPS };
  const answer = checkLocalGates(offer, always, { ...who, pressure, now });
  return answer.ok ? null : answer.gate;
}

export type InvitationRequest = {
  decisionId: string;
  agent: Person;
  /** The agent's own words; null takes the house's. */
  text: string | null;
  /** Until when the agent's place is held. */
  expiresAt: EpochMs;
  pressure: Pressure;
  /** The visitor's language where it is known, else the site's. */
  locale: string;
  now: EpochMs;
};
export type Invited = { ok: true; state: VisitorState; decision: Decision } | { ok: false; reason: NotNow };

/** `state` with the agent's invitation standing open. What is left alone the caller has looked at. */
export function inviteVisitor(state: VisitorState, request: InvitationRequest): Invited {
  const { decisionId, agent, text, expiresAt, pressure, now } = request;
  const { visit } = state;
  if (visit === null || isOver(visit, state.idleMs, now)) return { ok: false, reason: "gone" };
  const who = {
    visitor: state.visitor,
    exposures: state.exposures,
    sessionId: visit.id,
    openDecision: openDecision(state, now) !== null,
    globalHoldout: visit.globalHoldout,
    conversation: state.conversation?.id ?? null,
    triesOut: visit.test !== null,
    excluded: false,
  };
  const reason = whyNotInvited(who, pressure, now);
  if (reason !== null) return { ok: false, reason };

  const offered: KnownExposure = {
    id: decisionId,
    campaign: AGENT_INVITATION,
    phase: 0,
    variant: AGENT_INVITATION,
    kind: "chat",
    arm: "treated",
    probability: 1,
    eligibleAt: now,
    expiresAt,
    shownAt: null,
    openedAt: null,
    declinedAt: null,
    ignoredAt: null,
    clickedAt: null,
    revision: 1,
    sessionId: visit.id,
    by: { id: agent.id, name: agent.name, text },
  };
  const decision: Decision = {
    id: decisionId,
    kind: "chat",
    campaign: AGENT_INVITATION,
    variant: AGENT_INVITATION,
    creative: wordsOf(agent, text, visit.device.language ?? request.locale),
    expires_at: isoOf(expiresAt),
  };
  const exposures = keepOwed(state, [...state.exposures, offered], MAX_EXPOSURES, exposureKey);
  return { ok: true, state: { ...state, exposures, open: { decision, expiresAt } }, decision };
}

/** The card's words: the agent's own where there are any. They are text, and never a template. */
function wordsOf(agent: Person, text: string | null, language: string): CreativeText {
  const french = language.toLowerCase().startsWith("fr");
  const name = agent.name ?? "";
  const own = french
    ? { title: "Une question ?", text: "Je peux vous aider maintenant, ici même." }
    : { title: "A question?", text: "I can help you now, right here." };
  return { title: own.title, text: text ?? own.text, ...(name === "" ? {} : { agent: { name } }) };
}
