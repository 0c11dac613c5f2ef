/**
 * What the site's desk hears of a visit while somebody has the list of live visitors open, and the list itself.
 *
 * A name stands here only where this very request proves whose it is: what a page claims of its visitor is not shown.
 *
 * Shapes  a `VisitReport` is the visit as it is now; a later one replaces it. It is kept in memory only.
 * Units   moments are `EpochMs`; money is in major units of `currency`.
 */
import type { LiveVisitor } from "../desk/wire.ts";
import { type EpochMs, isoOf } from "../ids.ts";
import type { Pressure } from "../site/settings.ts";
import { AGENT_INVITATION } from "../visit/agent-invitation.ts";
import type { Clocks, KnownFacts } from "../visit/known.ts";
import type { KnownExposure } from "../visit/state.ts";
import { type Invitable, type NotNow, whyNotInvited } from "./invitation.ts";

/** While the list is open a visit is told at most so often, and a page that is quiet asks again after `WAKE_MS`. */
export const REPORT_EVERY_MS = 5_000;
export const WAKE_MS = 10_000;

export type VisitReport = Omit<LiveVisitor, "since" | "seen_at"> & { since: EpochMs; seenAt: EpochMs };

export type Reported = Omit<Invitable, "triesOut"> & {
  facts: KnownFacts;
  clocks: Clocks;
  /** The visitor's name, where this request proves whose it is. */
  name: string | null;
  triesOut: boolean;
  pressure: Pressure;
  now: EpochMs;
};

const MOST_TEXT = 300;

/** The visit as a row of the list. */
export function visitReport(reported: Reported): VisitReport {
  const { facts, clocks, name, pressure, now, ...who } = reported;
  const { page, session, cart, visitor, geo, device } = facts;
  return {
    visitor: who.visitor,
    name,
    page: clip(page.path),
    title: clip(page.title),
    since: clocks.sessionStartedAt ?? now,
    seenAt: now,
    pages: session.pages,
    visits: visitor.visits,
    cart_value: cart.items > 0 ? cart.value : null,
    currency: cart.currency ?? null,
    country: geo.country ?? null,
    city: clip(geo.city),
    channel: session.channel ?? null,
    device: device.type ?? null,
    conversation: who.conversation,
    invitation: invitationOf(who.exposures, who.sessionId),
    not_now: whyNotInvited(who, pressure, now) satisfies NotNow | null,
  };
}

/** The row as it goes over the wire. */
export function liveVisitor({ since, seenAt, ...row }: VisitReport): LiveVisitor {
  return { ...row, since: isoOf(since), seen_at: isoOf(seenAt) };
}

/** What became of the last invitation that an agent sent to this visit. */
function invitationOf(exposures: readonly KnownExposure[], sessionId: string): LiveVisitor["invitation"] {
  const last = exposures.findLast(
    ({ campaign, sessionId: of }) => campaign === AGENT_INVITATION && of === sessionId,
  );
  if (last === undefined) return null;
  const { openedAt, declinedAt, ignoredAt, shownAt } = last;
  const state =
    openedAt !== null
      ? "accepted"
      : declinedAt !== null
        ? "declined"
        : ignoredAt !== null
          ? "ignored"
          : shownAt !== null
            ? "shown"
            : "sent";
  return { agent: last.by?.name ?? null, state };
}

function clip(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text.slice(0, MOST_TEXT);
}
