/**
 * What a draft would have done: visits that were, replayed against a campaign that is not live, with the site's
 * segments and pressure as they are now.
 *
 * Each visit's moments are judged in their order, and between two of them at every moment at which time alone could
 * have made the condition true. The gates look at what this replay itself has done: a cap counts the exposures made
 * here. The hold-out is the campaign's own hash. Nobody answers in a replay, so what is shown runs out unanswered.
 *
 * Shapes  a `ReplayedVisit` is told moment by moment; a `VisitorRun` is what became of one visitor, over all visits.
 * Units   moments are `EpochMs`.
 */
import { isHeldOut } from "../experiments/holdout-periods.ts";
import type { EpochMs } from "../ids.ts";
import type { SiteSettings } from "../site/settings.ts";
import { assignmentOf, OFFER_MS } from "../visit/engage.ts";
import type { Json } from "../visit/facts.ts";
import { clocksOf, knownFacts } from "../visit/known.ts";
import type { KnownExposure, VisitorState } from "../visit/state.ts";
import type { Campaign, PublishedSite } from "./campaign.ts";
import type { Arm } from "./decision.ts";
import type { FactRow } from "./fact-row.ts";
import { checkLocalGates, type GateAnswer } from "./gates.ts";
import { compileSite, type CompiledCampaign, type CompiledSite } from "./judge.ts";
import type { OutcomeCode } from "./outcome.ts";
import { type Clock, firstMoment, WAKE_EVENT } from "./time-driven.ts";

/** How long a place is held for an offer that needs one (`design.md` §3.5). */
const LEASE_MS = 60_000;
/** Moments between two events at which a condition is looked at again; more than this nobody waits for. */
const MAX_WAKES = 100;

/** What was known right after one event; the exposures are the replay's own. */
export type ReplayedMoment = {
  at: EpochMs;
  name: string;
  properties: Record<string, Json>;
  viewId: string | null;
  /** The agents' places that were free then. */
  freeSlots: number;
  state: Omit<VisitorState, "exposures">;
};
export type ReplayedVisit = {
  id: string;
  moments: Iterable<ReplayedMoment>;
};

export type DryRun = {
  site: CompiledSite;
  draft: CompiledCampaign;
  settings: SiteSettings;
};

export type RunExposure = { at: EpochMs; arm: Arm; variant: string };
export type VisitorRun = {
  visits: number;
  /** When the first and the last of the visits' moments were; null where there were none. */
  span: { from: EpochMs; to: EpochMs } | null;
  /** What was said of the draft where its condition held, in order, each once; empty where it never held. */
  codes: OutcomeCode[];
  exposures: RunExposure[];
};

/** `live` with `draft` as its only campaign; null where the draft's condition cannot be read. */
export function prepareDryRun(live: PublishedSite, draft: Campaign): DryRun | null {
  const site = compileSite({ ...live, campaigns: [{ ...draft, status: "live" }] });
  const compiled = site.byId.get(draft.id);
  if (compiled === undefined) return null;
  return { site, draft: compiled, settings: live.settings };
}

/** What would have become of `visitor` in `visits`, oldest first. */
export function dryRunVisitor(run: DryRun, visitor: string, visits: Iterable<ReplayedVisit>): VisitorRun {
  const replay = new VisitorReplay(run, visitor);
  for (const visit of visits) replay.play(visit);
  return replay.result();
}

/** One look at the draft; `until` is the next event's moment, after which time alone has no say. */
type Look = { moment: ReplayedMoment; visit: ReplayedVisit; at: EpochMs; until: EpochMs; woken: boolean };
type Known = { facts: object; clock: Clock; state: VisitorState };

/** One visitor's way through the replay; lives for one call of `dryRunVisitor`. */
class VisitorReplay {
  readonly #run: DryRun;
  readonly #visitor: string;
  #globalHoldout = false;
  readonly #codes = new Set<OutcomeCode>();
  #exposures: KnownExposure[] = [];
  #visits = 0;
  #span: VisitorRun["span"] = null;

  constructor(run: DryRun, visitor: string) {
    this.#run = run;
    this.#visitor = visitor;
  }

  play(visit: ReplayedVisit): void {
    this.#visits += 1;
    let before: ReplayedMoment | null = null;
    for (const moment of visit.moments) {
      if (before !== null) this.#playUntil(before, visit, moment.at);
      else this.#globalHoldout = isHeldOut(this.#visitor, this.#run.settings, moment.at);
      this.#span = { from: this.#span?.from ?? moment.at, to: moment.at };
      before = moment;
    }
    // Nobody knows how long the last page stayed open, so nothing is asked after the last event.
    if (before !== null) this.#playUntil(before, visit, before.at);
  }

  result(): VisitorRun {
    return {
      visits: this.#visits,
      span: this.#span,
      codes: [...this.#codes],
      exposures: this.#exposures.map(({ eligibleAt, arm, variant }) => ({ at: eligibleAt, arm, variant })),
    };
  }

  /** `moment`, and what time alone brings after it. */
  #playUntil(moment: ReplayedMoment, visit: ReplayedVisit, until: EpochMs): void {
    let at = this.#look({ moment, visit, at: moment.at, until, woken: false });
    for (let count = 0; at !== null && count < MAX_WAKES; count += 1) {
      at = this.#look({ moment, visit, at, until, woken: true });
    }
  }

  /** Judges one moment, and says when time alone brings the next chance. */
  #look(look: Look): EpochMs | null {
    const { at, visit } = look;
    const { site, draft } = this.#run;
    const { facts, clock, state } = this.#knownAt(look);
    const row = site.rows.now(facts, clock);
    if (!draft.rows.test(row)) return this.#nextChance(row, clock, look, at);

    const excluded = site.excluding.some(({ slot }) => site.rows.value(row, slot) === true);
    const checked = this.#gate(visit, excluded, at);
    if (!checked.ok) {
      this.#codes.add(checked.gate);
      return checked.until === null ? null : this.#nextChance(row, clock, look, checked.until);
    }
    if (draft.campaign.requires_agent && look.moment.freeSlots === 0) this.#codes.add("capacity");
    else this.#expose(state, visit, at);
    // While the offer stands, or nobody is free, time alone brings nothing; the next event looks again.
    return null;
  }

  #knownAt({ moment, at, woken }: Look): Known {
    const { name, properties, viewId, freeSlots } = moment;
    const state = { ...moment.state, exposures: this.#exposures };
    const facts = {
      ...knownFacts(state, viewId, at),
      desk: { covered: freeSlots > 0, free_slots: freeSlots, skills: {} },
      score: {},
      event: woken ? { name: WAKE_EVENT, properties: {} } : { name, properties },
    };
    const clock = { ...clocksOf(state, viewId), now: at, timezone: this.#run.site.timezone };
    return { facts, clock, state };
  }

  /** The next moment, from `from` on and before the next event, at which time makes the draft's condition true. */
  #nextChance(present: FactRow, clock: Clock, { until }: Look, from: EpochMs): EpochMs | null {
    const { site, draft } = this.#run;
    const { rows, timed, timing, schedule } = draft;
    if (from >= until || (!timed && !schedule.restricts && from <= clock.now)) return null;
    const row = site.rows.later(present, clock);
    const openFrom = (at: EpochMs) => schedule.openFrom(Math.max(at, from));
    return firstMoment([timing], clock, until, openFrom, (at) => {
      site.rows.moveTo(row, clock, at);
      return rows.test(row);
    });
  }

  #gate(visit: ReplayedVisit, excluded: boolean, at: EpochMs): GateAnswer {
    const { draft, settings } = this.#run;
    return checkLocalGates(draft.campaign, draft.schedule, {
      visitor: this.#visitor,
      exposures: this.#exposures,
      sessionId: visit.id,
      openDecision: false,
      globalHoldout: this.#globalHoldout,
      excluded,
      pressure: settings.pressure,
      now: at,
    });
  }

  #expose(state: VisitorState, visit: ReplayedVisit, at: EpochMs): void {
    const { campaign } = this.#run.draft;
    const assignment = assignmentOf({ visitor: this.#visitor, exposures: state.exposures }, campaign);
    const chosen = campaign.variants.find(({ key }) => key === assignment.variant);
    const delayMs = (chosen?.delay_seconds ?? 0) * 1_000;
    this.#codes.add(assignment.arm);
    this.#exposures = [
      ...this.#exposures,
      {
        ...assignment,
        id: `${visit.id}:${this.#exposures.length}`,
        campaign: campaign.id,
        phase: campaign.phase,
        kind: campaign.kind,
        eligibleAt: at,
        expiresAt: at + delayMs + (campaign.requires_agent ? LEASE_MS : OFFER_MS),
        shownAt: null,
        openedAt: null,
        declinedAt: null,
        ignoredAt: null,
        clickedAt: null,
        revision: 1,
        sessionId: visit.id,
      },
    ];
  }
}
