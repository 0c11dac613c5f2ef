/**
 * What a visitor's object owes D1: which records wait in its outbox, and what each looks like now.
 *
 * Exposures and orders are read from the state when they are sent; visits and one-off facts are kept whole in
 * `waiting`, because the state forgets them.
 */
import { confirm, type Entry, put, sent } from "../history/outbox.ts";
import { type Confirmation, type HistoryRecord, recordKey, type RecordOf } from "../history/records.ts";
import type { EpochMs } from "../ids.ts";
import { AGENT_INVITATION } from "./agent-invitation.ts";
import { cartTotals } from "./commerce.ts";
import {
  type KnownExposure,
  type KnownOrder,
  MAX_EXPOSURES,
  MAX_ORDERS,
  type Visit,
  type VisitorState,
} from "./state.ts";
import { wayOf } from "./way.ts";

type Waiting = VisitorState["waiting"][string];

/** `state` with `visit` on its way to D1 as it is now; `endedAt` completes it. */
export function queueSession(
  state: VisitorState,
  visit: Visit,
  endedAt: EpochMs | null,
  now: EpochMs,
): VisitorState {
  const raised = { ...visit, revision: visit.revision + 1 };
  const after = state.visit?.id === visit.id ? { ...state, visit: raised } : state;
  return queueWaiting(after, sessionRecord(after, raised, endedAt), now);
}

/** Of the site's own staff history learns who they are and what they ask, never what they do or buy. */
const OF_STAFF: readonly Waiting["table"][] = ["identities", "left_messages", "refunds"];

/** `state` with `record` kept and on its way to D1. */
export function queueWaiting(state: VisitorState, record: Waiting, now: EpochMs): VisitorState {
  if (state.staff && !OF_STAFF.includes(record.table)) return state;
  const key = recordKey(record);
  return enqueue({ ...state, waiting: { ...state.waiting, [key]: record } }, key, record.revision, now);
}

/** What an agent offered by hand is no exposure: history knows it by the conversation that came of it. */
export function queueExposure(state: VisitorState, exposure: KnownExposure, now: EpochMs): VisitorState {
  if (exposure.campaign === AGENT_INVITATION || state.staff) return state;
  return enqueue(state, exposureKey(exposure), exposure.revision, now);
}

export function exposureKey({ id }: { id: string }): string {
  return `exposures:${id}`;
}

export function queueOrder(state: VisitorState, order: KnownOrder, now: EpochMs): VisitorState {
  if (state.staff) return state;
  return enqueue(state, recordKey(order), order.revision, now);
}

/** The records that `entries` stand for, as they are now. */
export function outgoingRecords(state: VisitorState, entries: readonly Entry[]): HistoryRecord[] {
  return entries.flatMap(({ key }) => {
    const record = state.waiting[key] ?? orderOf(state, key) ?? exposureOf(state, key);
    return record === null ? [] : [record];
  });
}

/** `state` without what D1 has confirmed, and without the orders and exposures that were kept only for it. */
export function confirmRecords(state: VisitorState, confirmed: readonly Confirmation[]): VisitorState {
  const outbox = confirm(state.outbox, confirmed);
  const still = new Set(outbox.map((entry) => entry.key));
  const waiting = Object.fromEntries(Object.entries(state.waiting).filter(([key]) => still.has(key)));
  const replays = Object.fromEntries(
    Object.entries(state.replays).filter(([id]) => still.has(recordKey({ table: "sessions", id }))),
  );
  const settled = { ...state, outbox, waiting, replays };
  return {
    ...settled,
    recentOrders: keepOwed(settled, state.recentOrders, MAX_ORDERS, recordKey),
    exposures: keepOwed(settled, state.exposures, MAX_EXPOSURES, exposureKey),
  };
}

/**
 * The newest `most` of `list`, and of the older ones those that D1 is still owed: the outbox reads them from here, so
 * what falls off before it is confirmed would be lost.
 */
export function keepOwed<T>(
  state: VisitorState,
  list: readonly T[],
  most: number,
  keyOf: (item: T) => string,
): T[] {
  const first = list.length - most;
  if (first <= 0) return [...list];
  const owed = new Set(state.outbox.map(({ key }) => key));
  return list.filter((item, index) => index >= first || owed.has(keyOf(item)));
}

/** Waiting from now, and counted as sent: the object hands it to the queue in the same turn. */
function enqueue(state: VisitorState, key: string, revision: number, now: EpochMs): VisitorState {
  return { ...state, outbox: sent(put(state.outbox, key, revision, now), new Set([key]), now) };
}

function orderOf(state: VisitorState, key: string): RecordOf<"orders"> | null {
  return state.recentOrders.find((order) => recordKey(order) === key) ?? null;
}

function exposureOf(state: VisitorState, key: string): RecordOf<"exposures"> | null {
  const exposure = state.exposures.find((known) => key === exposureKey(known));
  return exposure === undefined ? null : exposureRecord(state, exposure);
}

function exposureRecord(state: VisitorState, exposure: KnownExposure): RecordOf<"exposures"> {
  return {
    table: "exposures",
    id: exposure.id,
    revision: exposure.revision,
    visitor_id: state.visitor,
    session_id: exposure.sessionId,
    campaign_id: exposure.campaign,
    phase: exposure.phase,
    variant: exposure.variant,
    kind: exposure.kind,
    arm: exposure.arm,
    probability: exposure.probability,
    eligible_at: exposure.eligibleAt,
    shown_at: exposure.shownAt,
    opened_at: exposure.openedAt,
    declined_at: exposure.declinedAt,
    ignored_at: exposure.ignoredAt,
    clicked_at: exposure.clickedAt,
  };
}

function sessionRecord(state: VisitorState, visit: Visit, endedAt: EpochMs | null): RecordOf<"sessions"> {
  const cart = cartTotals(visit.cart);
  return {
    table: "sessions",
    id: visit.id,
    revision: visit.revision,
    visitor_id: state.visitor,
    user_id: state.userId,
    started_at: visit.startedAt,
    last_at: visit.lastAt,
    ended_at: endedAt,
    pages: visit.pages,
    events: visit.events,
    seconds: (visit.lastAt - visit.startedAt) / 1_000,
    entry_path: visit.arrival.path,
    referrer: visit.arrival.referrer,
    channel: visit.arrival.channel,
    utm: visit.arrival.utm,
    device_type: visit.device.type,
    browser: visit.device.browser,
    os: visit.device.os,
    language: visit.device.language,
    country: visit.place.country,
    region: visit.place.region,
    city: visit.place.city,
    cart_value: cart.value,
    cart_items: cart.items,
    global_holdout: visit.globalHoldout,
    covered: visit.covered,
    eligible: visit.eligible,
    segments: visit.segments,
    outcomes: visit.outcomes,
    replay: null,
    ...(endedAt === null ? {} : wayOf(visit)),
  };
}
