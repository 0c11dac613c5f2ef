/**
 * What a visitor answers to an engagement: shown, accepted, declined, ignored, clicked.
 *
 * Idempotent by decision and name: the first moment stands. A decision that is not this visitor's is refused.
 */
import type { Event } from "../events/event.ts";
import type { EpochMs } from "../ids.ts";
import { textOf } from "./commerce.ts";
import { queueExposure } from "./outgoing.ts";
import type { Recorded, Rejection } from "./record.ts";
import type { KnownExposure, VisitorState } from "./state.ts";

const MOMENT = {
  "Engagement Shown": "shownAt",
  "Engagement Accepted": "openedAt",
  "Engagement Declined": "declinedAt",
  "Engagement Ignored": "ignoredAt",
  "Engagement Clicked": "clickedAt",
} as const;
type EngagementName = keyof typeof MOMENT;

export const ENGAGEMENT_EVENTS: ReadonlySet<string> = new Set(Object.keys(MOMENT));

/** The answers after which the decision no longer stands open. */
const CLOSING: ReadonlySet<string> = new Set([
  "Engagement Accepted",
  "Engagement Declined",
  "Engagement Ignored",
]);
/** The answers after which nobody needs the agent's place that was held. */
const RELEASING: ReadonlySet<string> = new Set(["Engagement Declined", "Engagement Ignored"]);

/** `before` with the answer in `event` noted on its exposure. */
export function answerEngagement(before: Recorded, event: Event, now: EpochMs): Recorded {
  const decisionId = textOf(event.properties.decision_id);
  const exposure = before.state.exposures.find(({ id, arm }) => id === decisionId && arm === "treated");
  if (exposure === undefined || decisionId === null) {
    return { ...before, rejected: [...before.rejected, unknownDecision(event)] };
  }
  const field = MOMENT[event.name as EngagementName];
  const state = CLOSING.has(event.name) ? closeDecision(before.state, decisionId) : before.state;
  const released = RELEASING.has(event.name) ? [...before.released, decisionId] : before.released;
  if (exposure[field] !== null) return { ...before, state, released };
  const answered = { ...exposure, [field]: now, revision: exposure.revision + 1 };
  return { ...before, state: replaceExposure(state, answered, now), released };
}

/** `state` with `exposure` in place of the one of its id, on its way to D1. */
export function replaceExposure(state: VisitorState, exposure: KnownExposure, now: EpochMs): VisitorState {
  const exposures = state.exposures.map((other) => (other.id === exposure.id ? exposure : other));
  return queueExposure({ ...state, exposures }, exposure, now);
}

/** The decision that still stands open for this visitor at `now`, if any. */
export function openDecision(state: VisitorState, now: EpochMs): NonNullable<VisitorState["open"]> | null {
  return state.open !== null && state.open.expiresAt > now ? state.open : null;
}

function closeDecision(state: VisitorState, decisionId: string): VisitorState {
  return state.open?.decision.id === decisionId ? { ...state, open: null } : state;
}

function unknownDecision(event: Event): Rejection {
  return {
    messageId: event.id,
    code: "unknown_decision",
    message: "decision_id names no decision that was made for this visitor",
    path: "properties.decision_id",
  };
}
