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
import type { Funnel } from "../site/resources.ts";
import { arrivalOf } from "./channel.ts";
import type { ContactEvents } from "../site/contact-events.ts";
import type { OrderAmount } from "../site/order-amount.ts";
import type { LeadGoal } from "../site/success.ts";
import { answerEngagement, ENGAGEMENT_EVENTS } from "./engagement.ts";
import { fold, newVisit } from "./fold.ts";
import { stepsReached } from "./funnel.ts";
import { momentOf, soldBetween } from "./moment.ts";
import { nameIn } from "./name.ts";
import { recordCommerce } from "./orders.ts";
import { queueSession, queueWaiting } from "./outgoing.ts";
import { remember, replayOf, type ReplayRecord } from "./replay.ts";
import { staffAfter, type StaffWord } from "./staff.ts";
import {
  type Device,
  isOver,
  MAX_REPLAYS,
  MAX_TRAITS,
  MAX_TRAITS_LENGTH,
  type Place,
  type TestMode,
  type Visit,
  type VisitorState,
} from "./state.ts";

export type Rejection = { messageId: string; code: string; message: string; path: string };

export type RecordContext = {
  now: EpochMs;
  idleMs: number;
  currency: string;
  /** Whether tax and shipping count as sold; absent, amounts are as told. */
  orderAmount?: OrderAmount;
  /** What a server calls a call or an e-mail; absent, by their usual names. */
  contactEvents?: ContactEvents;
  /** The site's goals of leads; absent, leads are told by the usual event and say no goal. */
  leadGoals?: readonly LeadGoal[];
  /** The id of the visit that this batch may open. */
  visitId: string;
  device: Device;
  place: Place;
  /** The caller's key is an API key: what it says of orders and identity is confirmed. */
  trusted: boolean;
  /** The user whom an API key or a signed token proves this visitor to be. */
  provenUser: string | null;
  globalHoldout: boolean;
  /** An agent's place is free at this moment: an order is covered by it, a visit only once a condition holds. */
  covered: boolean;
  freeSlots: number;
  /** The published configuration by which this moment is judged, and its funnels. */
  version: number;
  funnels: readonly Funnel[];
  /** What a signed link marks this browser to be shown; null where the batch carries none. */
  test: TestMode | null;
  /** Whether the visitor is one of the site's own; absent where the batch says nothing of it. */
  staff?: StaffWord;
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
    state: withStaff(endVisit(state, context.idleMs, context.now), context),
    rejected: [],
    released: [],
  };
  recorded = prove(recorded, context);
  for (const event of events) recorded = recordOne(recorded, event, context);
  return { ...recorded, state: marked(recorded.state, context.test) };
}

/** `state` with its visit closed, if that has been silent for `idleMs`; otherwise unchanged. */
export function endVisit(state: VisitorState, idleMs: number, now: EpochMs): VisitorState {
  const visit = state.visit;
  if (visit === null || !isOver(visit, idleMs, now)) return state;
  return closeVisit(state, visit, now);
}

function closeVisit(state: VisitorState, visit: Visit, now: EpochMs): VisitorState {
  const told = queueSession(state, visit, visit.lastAt, now);
  const { replays } = told;
  return { ...told, visit: null, replays: told.staff ? replays : withReplay(replays, replayOf(visit)) };
}

/** Whether `word` ends the visit that is on: what was counted up to here and what is not are two. */
export function partsVisit({ staff }: Pick<VisitorState, "staff">, word: StaffWord | undefined): boolean {
  return (staff === undefined) !== (staffAfter(staff, word) === undefined);
}

function withStaff(state: VisitorState, { staff: word, now }: RecordContext): VisitorState {
  const staff = staffAfter(state.staff, word);
  if (staff === state.staff) return state;
  const { visit } = state;
  const parted = visit !== null && partsVisit(state, word) ? closeVisit(state, visit, now) : state;
  const { staff: _before, ...rest } = parted;
  return staff === undefined ? rest : { ...rest, staff };
}

/** The newest of what waits for D1; a visit too many is told without its moments. */
function withReplay(replays: VisitorState["replays"], replay: ReplayRecord): VisitorState["replays"] {
  return Object.fromEntries(
    [...Object.entries(replays), [replay.visit, replay] as const].slice(-MAX_REPLAYS),
  );
}

function recordOne(before: Recorded, event: Event, context: RecordContext): Recorded {
  if (event.name === "Wake") return before;
  const { now, funnels } = context;
  const opened = before.state.visit === null ? openVisit(before.state, event, context) : before.state;
  const known = { ...opened, ...namedBy(event, context), lastAt: now, traits: traitsAfter(opened, event) };
  const after = answer({ ...before, state: known }, event, context);
  const { visit } = after.state;
  if (visit === null) return after;
  const reached = stepsReached(funnels, event);
  const moment = momentOf(event, context, {
    ...(reached.length === 0 ? {} : { reached }),
    ...soldBetween(opened, after.state),
  });
  const remembered = remember(fold(visit, moment), moment);
  return { ...after, state: announce({ ...after.state, visit: remembered }, before.state, now) };
}

/** What `event` says of orders and engagements. */
function answer(before: Recorded, event: Event, context: RecordContext): Recorded {
  if (event.type !== "track") return before;
  return ENGAGEMENT_EVENTS.has(event.name)
    ? answerEngagement(before, event, context.now)
    : recordCommerce(before, event, context);
}

/** A visit is announced at its first beacon; its end completes it. */
function announce(state: VisitorState, before: VisitorState, now: EpochMs): VisitorState {
  const visit = state.visit;
  return visit === null || before.visit?.id === visit.id ? state : queueSession(state, visit, null, now);
}

function openVisit(state: VisitorState, event: Event, context: RecordContext): VisitorState {
  const { now, visitId: id, device, place, globalHoldout } = context;
  const { orders, lifetimeValue, lastCallOutcome } = state;
  const visits = state.visits + 1;
  const visit = newVisit({
    id,
    startedAt: now,
    arrival: arrivalOf(event.page),
    history: { visits, orders, lifetimeValue, identified: state.userId !== null, lastCallOutcome },
    device,
    place,
    globalHoldout,
  });
  return { ...state, visits, visit };
}

/** A browser stays marked until another mark or the end of the visit. */
function marked(state: VisitorState, test: TestMode | null): VisitorState {
  const { visit } = state;
  if (visit === null || test === null) return state;
  const same = visit.test?.campaign === test.campaign && visit.test.variant === test.variant;
  return same ? state : { ...state, visit: { ...visit, test } };
}

function prove(before: Recorded, { provenUser, now }: RecordContext): Recorded {
  const { state } = before;
  if (provenUser === null || state.userId === provenUser) return before;
  const known = { ...state, userId: provenUser, provenName: null };
  return {
    ...before,
    state: queueWaiting(
      known,
      { table: "identities", id: provenUser, revision: 1, visitor_id: state.visitor, at: now },
      now,
    ),
  };
}

/** The name that `event` gives to the visitor, where the batch proves who that is. */
function namedBy(
  { type, traits }: Event,
  { provenUser }: RecordContext,
): Pick<VisitorState, "provenName"> | null {
  const name = type === "identify" && provenUser !== null ? nameIn(traits) : null;
  return name === null ? null : { provenName: name };
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
