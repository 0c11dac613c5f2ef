/**
 * One visit told moment by moment: what happened, what was decided then, and why.
 *
 * Beside the events that were kept stand the moments at which a decision was made between two of them: a `Wake` leaves
 * no event. What was decided later is not known at a moment, so every explanation looks only at what came before it.
 *
 * Shapes  a `TraceSource` is a visit with the visitor's exposures, from the visitor's object or from history.
 * Units   moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import type { Pressure } from "../site/settings.ts";
import { AGENT_INVITATION } from "../visit/agent-invitation.ts";
import type { Json } from "../visit/facts.ts";
import { clocksOf, knownFacts } from "../visit/known.ts";
import { momentsOf, replayOf, type ReplayRecord } from "../visit/replay.ts";
import type { KnownExposure, Moment, VisitorState } from "../visit/state.ts";
import { explain, type Explanation, type Recorded } from "./explain.ts";
import type { CompiledSite } from "./judge.ts";
import { WAKE_EVENT } from "./time-driven.ts";

export type TraceSource = {
  visitor: string;
  replay: ReplayRecord;
  /** Everything the visitor was eligible for, in any visit. */
  exposures: KnownExposure[];
  traits: Record<string, Json>;
  globalHoldout: boolean;
  covered: boolean;
};

export type TraceMoment = {
  at: EpochMs;
  /** Time alone brought it: nothing happened. */
  woken: boolean;
  /** The event, or the last one before a `Wake`. */
  moment: Moment;
  /** The visitor as known right then, without what this moment brought about. */
  state: VisitorState;
  recorded: Recorded | null;
};

/** What a visitor's object tells of the visit that is on; null where none is. */
export function traceSourceOf(state: VisitorState): TraceSource | null {
  const { visit, visitor, exposures, traits } = state;
  if (visit === null) return null;
  const { globalHoldout, covered } = visit;
  return { visitor, replay: replayOf(visit), exposures, traits, globalHoldout, covered };
}

/** The moments of `source`, in their order. */
export function traceOf(source: TraceSource): TraceMoment[] {
  const { replay, visitor, traits, exposures } = source;
  // What an agent offered by hand was judged by nobody: it only stands in the way of what was.
  const decided = exposures.filter(
    ({ sessionId, campaign }) => sessionId === replay.visit && campaign !== AGENT_INVITATION,
  );
  const events = [...momentsOf(replay)].map(({ moment, state }, index): TraceMoment => {
    // Events that came together were decided upon together, after the last of them.
    const last = replay.moments[index + 1]?.at !== moment.at;
    const recorded = last ? decided.find(({ eligibleAt }) => eligibleAt === moment.at) : undefined;
    const known = { ...state, visitor, traits, exposures: before(exposures, moment.at) };
    return { at: moment.at, woken: false, moment, state: known, recorded: recordOf(recorded) };
  });
  const wakes = decided.flatMap((exposure): TraceMoment[] => {
    const { eligibleAt: at } = exposure;
    const previous = events.findLast((event) => event.at <= at);
    if (previous === undefined || previous.at === at) return [];
    const state = { ...previous.state, exposures: before(exposures, at) };
    return [{ at, woken: true, moment: previous.moment, state, recorded: recordOf(exposure) }];
  });
  return [...events, ...wakes].toSorted((a, b) => a.at - b.at);
}

/** Why, and why not, at one moment of `source`, by the configuration `site`. */
export function explainMoment(
  site: CompiledSite,
  pressure: Pressure,
  { visitor, globalHoldout }: Pick<TraceSource, "visitor" | "globalHoldout">,
  { at, woken, moment, state, recorded }: TraceMoment,
): Explanation {
  const { viewId, freeSlots, name, properties } = moment;
  const facts = {
    ...knownFacts(state, viewId, at),
    desk: { covered: freeSlots > 0, free_slots: freeSlots, skills: {} },
    score: {},
    event: woken ? { name: WAKE_EVENT, properties: {} } : { name, properties },
  };
  const clock = { ...clocksOf(state, viewId), now: at, timezone: site.timezone };
  return explain(site, facts, clock, {
    visitor,
    exposures: state.exposures,
    sessionId: state.visit?.id ?? "",
    openDecision: false,
    globalHoldout,
    pressure,
    freeSlots,
    recorded,
  });
}

/** `exposures` as they were known before `at`. */
function before(exposures: readonly KnownExposure[], at: EpochMs): KnownExposure[] {
  const known = (answered: EpochMs | null) => (answered !== null && answered <= at ? answered : null);
  return exposures
    .filter(({ eligibleAt }) => eligibleAt < at)
    .map((exposure) => ({
      ...exposure,
      shownAt: known(exposure.shownAt),
      openedAt: known(exposure.openedAt),
      declinedAt: known(exposure.declinedAt),
      ignoredAt: known(exposure.ignoredAt),
      clickedAt: known(exposure.clickedAt),
    }));
}

function recordOf(exposure: KnownExposure | undefined): Recorded | null {
  if (exposure === undefined) return null;
  const { id, campaign, arm, variant, probability } = exposure;
  return { id, campaign, arm, variant, probability };
}
