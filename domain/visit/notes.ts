/**
 * What the judgement of a moment leaves in the visit: which segments held, and what became of each campaign whose
 * condition held. History learns of it with the visit, so that a count by reason needs no second log.
 *
 * Shapes  `Notes` may repeat what is known already; a code stands once a visit and campaign, in the order it first did.
 */
import type { EpochMs } from "../ids.ts";
import type { OutcomeCode } from "../targeting/outcome.ts";
import { queueSession } from "./outgoing.ts";
import type { VisitorState } from "./state.ts";

/** As many as a site may have (`SessionRecord`). */
export const MAX_SEGMENTS = 200;
/** Campaigns whose fate one visit remembers: the state is one row, and a row has an end. */
export const MAX_OUTCOMES = 250;

export type Notes = {
  segments: readonly string[];
  outcomes: readonly (readonly [campaign: string, code: OutcomeCode])[];
};
export type Noted = { segments: string[]; outcomes: Record<string, OutcomeCode[]> };

/** What the visit of `state` knows already: whoever judges sends only what is new. */
export function notedIn(state: VisitorState): Noted {
  return { segments: state.visit?.segments ?? [], outcomes: state.visit?.outcomes ?? {} };
}

/** `state` with `notes` in its visit, on its way to D1; the same object where nothing of them is new. */
export function noteMoment(state: VisitorState, notes: Notes, now: EpochMs): VisitorState {
  const { visit } = state;
  if (visit === null) return state;
  const segments = segmentsAfter(visit.segments, notes.segments);
  const outcomes = outcomesAfter(visit.outcomes, notes.outcomes);
  if (segments === visit.segments && outcomes === visit.outcomes) return state;
  const noted = { ...visit, segments, outcomes };
  return queueSession({ ...state, visit: noted }, noted, null, now);
}

function segmentsAfter(known: string[], seen: readonly string[]): string[] {
  const fresh = [...new Set(seen)].filter((key) => !known.includes(key));
  const after = [...known, ...fresh].slice(0, MAX_SEGMENTS);
  return after.length === known.length ? known : after;
}

function outcomesAfter(
  known: Record<string, OutcomeCode[]>,
  seen: Notes["outcomes"],
): Record<string, OutcomeCode[]> {
  const after = new Map(Object.entries(known));
  let changed = false;
  for (const [campaign, code] of seen) {
    const codes = after.get(campaign) ?? [];
    if (codes.includes(code) || (codes.length === 0 && after.size >= MAX_OUTCOMES)) continue;
    after.set(campaign, [...codes, code]);
    changed = true;
  }
  return changed ? Object.fromEntries(after) : known;
}
