/**
 * What a visitor's object need not write down, because the alarm that it set says it.
 *
 * The alarm never stands later than the moment at which something that D1 is owed is to be sent again, nor later than
 * the end of a visit is to be told. So where it stands later than that, D1 had confirmed it: setting the alarm was the
 * one row that the confirmation cost, and the stored state is read again in its light. Where none stands, nothing is
 * left to do: all was told, and history knows when the visitor was last here, so that its daily run has him forgotten.
 *
 * Units   `EpochMs`; `NOTHING_DUE` and `ALL_DUE` stand for the alarm that is none and for one that says nothing.
 */
import { nextRetryAt } from "../history/outbox.ts";
import type { Confirmation } from "../history/records.ts";
import type { EpochMs } from "../ids.ts";
import { confirmRecords } from "./outgoing.ts";
import type { VisitorState } from "./state.ts";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** The longest that anything about a visitor is kept after the last visit: the life of a consented identifier. */
export const RETENTION_MS = 395 * DAY_MS;
/** A visit is told to be over this part of its idle time later, so that an alarm does not ring for one that went on. */
const GRACE_PART = 1 / 8;

/** No alarm stands: everything was told and confirmed. */
export const NOTHING_DUE: EpochMs = Infinity;
/** Of what was confirmed nothing is known. */
export const ALL_DUE: EpochMs = -Infinity;

/**
 * When there may be something to do: an entry to send again, a visit to end, a visitor to forget. Only a visit's end is
 * looked for at a whole second: so an alarm tells whether it is the first to end a visit that the stored state has on.
 */
export function nextLook(state: VisitorState): EpochMs {
  const retryAt = nextRetryAt(state.outbox) ?? Infinity;
  const endsAt = state.visit === null ? Infinity : endToldAt(state.visit, state.idleMs);
  const otherwise = Math.min(retryAt, forgetAt(state));
  return Math.min(endsAt, isWhole(otherwise) ? otherwise - 1 : otherwise);
}

/** When the end of `visit` is told, if it stays silent. */
function endToldAt(visit: { lastAt: EpochMs }, idleMs: number): EpochMs {
  return Math.ceil((visit.lastAt + idleMs * (1 + GRACE_PART)) / SECOND_MS) * SECOND_MS;
}

/** The alarm of `at` was set for a visit's end; where that is told and not confirmed, another follows that is not. */
export function isForEnd(at: EpochMs): boolean {
  return isWhole(at);
}

function isWhole(at: EpochMs): boolean {
  return at % SECOND_MS === 0;
}

/**
 * When nothing is kept of this visitor any more, if he does not come again. What D1 never confirmed is offered to it
 * for one more day, and is then gone as well.
 */
export function forgetAt({ lastAt, outbox }: Pick<VisitorState, "lastAt" | "outbox">): EpochMs {
  return lastAt + RETENTION_MS + (outbox.length === 0 ? 0 : DAY_MS);
}

/** Nothing is left to tell of him. */
export function isSettled({ visit, outbox }: VisitorState): boolean {
  return visit === null && outbox.length === 0;
}

/** The last moment of a visit that D1 is now known to hold whole; null where `confirmed` completes none. */
export function completedAt(
  { waiting }: Pick<VisitorState, "waiting">,
  confirmed: readonly Confirmation[],
): EpochMs | null {
  const moments = confirmed.flatMap(({ key, revision }) => {
    const record = waiting[key];
    const whole = record?.table === "sessions" && record.ended_at !== null && record.revision <= revision;
    return whole ? [record.last_at] : [];
  });
  return moments.length === 0 ? null : Math.max(...moments);
}

/** `stored` as the object last knew it that set its alarm to `alarmAt`. */
export function settledBy(stored: VisitorState, alarmAt: EpochMs): VisitorState {
  const confirmed = stored.outbox.filter(({ retryAt }) => retryAt < alarmAt);
  const settled = confirmed.length === 0 ? stored : confirmRecords(stored, confirmed);
  return settled.visit !== null && alarmAt >= forgetAt(settled) ? { ...settled, visit: null } : settled;
}
