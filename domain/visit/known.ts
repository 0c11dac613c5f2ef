/**
 * The facts that a visitor's own object knows (`contract.md` §3). Time of day and the desk are added by the caller,
 * who knows the site's zone and who is at work.
 */
import type { EpochMs } from "../ids.ts";
import { cartTotals } from "./commerce.ts";
import type { Facts, Json } from "./facts.ts";
import { type Form, viewOf, type Visit, type VisitorState } from "./state.ts";

export type KnownFacts = Omit<Facts, "time" | "desk" | "event" | "score">;

/** When the clocks behind the time-driven facts started; null where they have not. */
export type Clocks = {
  pageStartedAt: EpochMs | null;
  sessionStartedAt: EpochMs | null;
  lastEngagementAt: EpochMs | null;
};

/** The facts of `state` as seen from the page view `viewId` at `now`. */
export function knownFacts(state: VisitorState, viewId: string | null, now: EpochMs): KnownFacts {
  const visit = state.visit;
  const clocks = clocksOf(state, viewId);
  const cart = visit?.cart;
  return {
    page: { ...pageFacts(state, viewId), seconds: secondsSince(clocks.pageStartedAt, now) },
    session: sessionFacts(state, now),
    cart: {
      ...(cart ? cartTotals(cart) : { value: 0, items: 0 }),
      views: cart?.views ?? 0,
      views_since_add: cart?.viewsSinceAdd ?? 0,
      ...defined({ currency: cart?.currency }),
    },
    funnel: funnelFacts(visit),
    form: formFacts(visit?.form ?? null, now),
    signals: visit?.signals ?? {},
    visitor: {
      visits: state.visits,
      orders: state.orders,
      lifetime_value: state.lifetimeValue,
      identified: state.userId !== null,
      traits: state.traits,
      ...defined({ last_call_outcome: state.lastCallOutcome }),
    },
    device: defined(visit?.device ?? {}),
    geo: defined(visit?.place ?? {}),
    engagement: engagementFacts(state, clocks.lastEngagementAt, now),
  };
}

/** Where the clocks of `state` stand, for the page view `viewId`. */
export function clocksOf(state: VisitorState, viewId: string | null): Clocks {
  return {
    pageStartedAt: viewOf(state.visit, viewId)?.startedAt ?? null,
    sessionStartedAt: state.visit?.startedAt ?? null,
    lastEngagementAt: state.exposures.at(-1)?.eligibleAt ?? null,
  };
}

function pageFacts(state: VisitorState, viewId: string | null): Omit<Facts["page"], "seconds"> {
  const view = viewOf(state.visit, viewId);
  if (view === null) return {};
  const { url, path, title, referrer, status, scroll } = view;
  return { url, path, scroll, ...defined({ title, referrer, status }) };
}

function sessionFacts(state: VisitorState, now: EpochMs): Facts["session"] {
  const visit = state.visit;
  if (visit === null) return { pages: 0, seconds: 0, utm: {} };
  const { path, channel, searchTerms, affiliate, utm } = visit.arrival;
  return {
    pages: visit.pages,
    seconds: secondsSince(visit.startedAt, now),
    channel,
    utm,
    ...defined({ entry_path: path, search_terms: searchTerms, affiliate }),
  };
}

function funnelFacts(visit: Visit | null): Facts["funnel"] {
  const name = visit?.funnel ?? null;
  const progress = name === null ? undefined : visit?.funnels[name];
  return name === null || progress === undefined
    ? {}
    : { name, step: progress.step, steps: progress.reached.length };
}

function formFacts(form: Form | null, now: EpochMs): Facts["form"] {
  if (form === null) return {};
  const { id, field, refilled, abandoned, startedAt } = form;
  const seconds = form.seconds ?? secondsSince(startedAt, now);
  return { id, seconds, refilled, abandoned, ...defined({ field }) };
}

/** Ghost offers count like shown ones, so that a condition on them holds in both arms alike. */
function engagementFacts(state: VisitorState, lastAt: EpochMs | null, now: EpochMs): Facts["engagement"] {
  const last = state.exposures.at(-1);
  return {
    shown: state.exposures.length,
    accepted: state.exposures.filter((exposure) => exposure.openedAt !== null).length,
    declined: state.exposures.filter((exposure) => exposure.declinedAt !== null).length,
    ...(last === undefined || lastAt === null
      ? {}
      : { last_kind: last.kind, seconds_since_last: secondsSince(lastAt, now) }),
  };
}

function secondsSince(start: EpochMs | null, now: EpochMs): number {
  return start === null ? 0 : Math.max(0, Math.floor((now - start) / 1_000));
}

/** `values` without those that are unknown: a fact that is null is absent. */
function defined<T extends Record<string, Json | undefined>>(
  values: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}
