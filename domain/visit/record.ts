/**
 * Record a batch of events in a visitor's state: visits are cut, facts folded, orders and answers to engagements
 * noted, and every record that D1 must learn is put into the outbox, all in one step.
 *
 * Pure: the caller has dropped the messages it knew already, passes `now` and a fresh visit id, and keeps the result.
 *
 * Errors  an event that cannot be recorded is returned in `rejected`, the others count; nothing throws.
 */
import type { Event } from "../events/event.ts";
import type { EpochMs } from "../ids.ts";
import { arrivalOf } from "./channel.ts";
import { EMPTY_CART } from "./commerce.ts";
import { answerEngagement, ENGAGEMENT_EVENTS } from "./engagement.ts";
import { fold } from "./fold.ts";
import { recordCommerce } from "./orders.ts";
import { queueSession, queueWaiting } from "./outgoing.ts";
import {
  type Device,
  isOver,
  MAX_TRAITS,
  MAX_TRAITS_LENGTH,
  type Place,
  type Visit,
  type VisitorState,
} from "./state.ts";

export type Rejection = { messageId: string; code: string; message: string; path: string };

export type RecordContext = {
  now: EpochMs;
  idleMs: number;
  currency: string;
  /** The id of the visit that this batch may open. */
  visitId: string;
  device: Device;
  place: Place;
  /** The caller's key is an API key: what it says of orders and identity is confirmed. */
  trusted: boolean;
  /** The user whom an API key or a signed token proves this visitor to be. */
  provenUser: string | null;
  globalHoldout: boolean;
  /** An agent's place is free at this moment. */
  covered: boolean;
};

export type Recorded = {
  state: VisitorState;
  rejected: Rejection[];
  /** Decisions that were turned down or ran out: their leases can go. */
  released: string[];
};

/** `state` after `events`, oldest first. */
export function recordEvents(
  state: VisitorState,
  events: readonly Event[],
  context: RecordContext,
): Recorded {
  let recorded: Recorded = {
    state: endVisit(state, context.idleMs, context.now),
    rejected: [],
    released: [],
  };
  recorded = prove(recorded, context);
  for (const event of events) recorded = recordOne(recorded, event, context);
  return recorded;
}

/** `state` with its visit closed, if that has been silent for `idleMs`; otherwise unchanged. */
export function endVisit(state: VisitorState, idleMs: number, now: EpochMs): VisitorState {
  const visit = state.visit;
  if (visit === null || !isOver(visit, idleMs, now)) return state;
  return { ...queueSession(state, visit, visit.lastAt, now), visit: null };
}

function recordOne(before: Recorded, event: Event, context: RecordContext): Recorded {
  if (event.name === "Wake") return before;
  const { now } = context;
  const opened = before.state.visit === null ? openVisit(before.state, event, context) : before.state;
  if (opened.visit === null) return before;
  const visit = fold(opened.visit, event, now);
  const folded: VisitorState = { ...opened, lastAt: now, visit, traits: traitsAfter(opened, event) };
  const after = { ...before, state: folded };

  if (event.type !== "track") return { ...after, state: announce(after.state, before.state, now) };
  if (ENGAGEMENT_EVENTS.has(event.name)) return answerEngagement(after, event, now);
  const sold = recordCommerce(after, event, context);
  return { ...sold, state: announce(sold.state, before.state, now) };
}

/** A visit is announced at its first beacon; its end completes it. */
function announce(state: VisitorState, before: VisitorState, now: EpochMs): VisitorState {
  const visit = state.visit;
  return visit === null || before.visit?.id === visit.id ? state : queueSession(state, visit, null, now);
}

function openVisit(state: VisitorState, event: Event, context: RecordContext): VisitorState {
  const { now, visitId: id, device, place, globalHoldout, covered } = context;
  const visit: Visit = {
    id,
    revision: 0,
    startedAt: now,
    lastAt: now,
    pages: 0,
    events: 0,
    arrival: arrivalOf(event.page),
    views: [],
    trail: [],
    cart: EMPTY_CART,
    funnel: null,
    form: null,
    signals: {},
    device,
    place,
    globalHoldout,
    covered,
    eligible: false,
    funnels: {},
    segments: [],
    outcomes: {},
    test: null,
    recent: [],
    base: null,
  };
  return { ...state, visits: state.visits + 1, visit };
}

function prove(before: Recorded, { provenUser, now }: RecordContext): Recorded {
  const { state } = before;
  if (provenUser === null || state.userId === provenUser) return before;
  const known = { ...state, userId: provenUser };
  return {
    ...before,
    state: queueWaiting(
      known,
      { table: "identities", id: provenUser, revision: 1, visitor_id: state.visitor, at: now },
      now,
    ),
  };
}

/** The newest traits; the oldest fall off where they are too many or too large. */
function traitsAfter(state: VisitorState, event: Event): VisitorState["traits"] {
  if (event.type !== "identify") return state.traits;
  const older = Object.entries(state.traits).filter(([key]) => !Object.hasOwn(event.traits, key));
  const kept = [...older, ...Object.entries(event.traits)].slice(-MAX_TRAITS);
  let length = JSON.stringify(kept).length;
  while (length > MAX_TRAITS_LENGTH) length -= JSON.stringify(kept.shift()).length;
  return Object.fromEntries(kept);
}
