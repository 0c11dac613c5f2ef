/**
 * What one page view has told by itself: all that words shown on it may repeat to somebody of whom nothing is proven.
 * Another who knows the visitor's id hears nothing of other pages, other visits or the visitor's history from it.
 *
 * Only the moments that the visit still keeps are told; where the view has said nothing, nothing is known.
 */
import type { EpochMs } from "../ids.ts";
import { fold, newVisit } from "./fold.ts";
import { type KnownFacts, knownFacts } from "./known.ts";
import { newVisitor, type VisitorState, type Visit } from "./state.ts";

const NOWHERE: Pick<Visit, "arrival" | "device" | "place" | "history"> = {
  arrival: { path: null, referrer: null, channel: "Direct", utm: {}, searchTerms: null, affiliate: null },
  device: { type: null, browser: null, os: null, language: null },
  place: { country: null, region: null, city: null },
  history: { visits: 0, orders: 0, lifetimeValue: 0, identified: false, lastCallOutcome: null },
};

/** The facts that the view `viewId` of `state` has told by itself, at `now`. */
export function spokenFacts(state: VisitorState, viewId: string | null, now: EpochMs): KnownFacts {
  const nobody = newVisitor("", "", now);
  const moments = (state.visit?.recent ?? []).filter((moment) => viewId !== null && moment.viewId === viewId);
  const [first] = moments;
  if (first === undefined) return knownFacts(nobody, null, now);
  const visit = moments.reduce(fold, newVisit({ ...NOWHERE, id: "", startedAt: first.at }));
  const facts = knownFacts({ ...nobody, visit }, viewId, now);
  // How the visit came is what its first page told, and this need not be the one.
  const { channel: _channel, ...session } = facts.session;
  return { ...facts, session };
}
