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
import { globalHoldoutSeed, inHoldout } from "../experiments/allocation.ts";
import type { EpochMs } from "../ids.ts";
import type { SiteSettings } from "../site/settings.ts";
import { assignmentOf, OFFER_MS } from "../visit/engage.ts";
import type { Json } from "../visit/facts.ts";
import { clocksOf, knownFacts } from "../visit/known.ts";
import type { KnownExposure, VisitorState } from "../visit/state.ts";
import type { Campaign, PublishedSite } from "./campaign.ts";
import type { Arm } from "./decision.ts";
import { checkLocalGates, type GateAnswer } from "./gates.ts";
import { compileSite, type CompiledCampaign, type CompiledSite, judge, wakeAfterGate } from "./judge.ts";
import type { OutcomeCode } from "./outcome.ts";
import { type Clock, WAKE_EVENT } from "./time-driven.ts";

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
  freeSlots: number;
  state: Omit<VisitorState, "exposures">;
};
export type ReplayedVisit = {
  id: string;
  /** An agent's place was free at some moment of it. */
  covered: boolean;
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
  return compiled === undefined ? null : { site, draft: compiled, settings: live.settings };
}

/** What would have become of `visitor` in `visits`, oldest first. */
export function dryRunVisitor(run: DryRun, visitor: string, visits: Iterable<ReplayedVisit>): VisitorRun {
  const replay = new VisitorReplay(run, visitor);
  for (const visit of visits) replay.play(visit);
  return replay.result();
}

type Asked = { moment: ReplayedMoment; visit: ReplayedVisit; at: EpochMs; woken: boolean };

/** One visitor's way through the replay; lives for one call of `dryRunVisitor`. */
class VisitorReplay {
  readonly #run: DryRun;
  readonly #visitor: string;
  readonly #globalHoldout: boolean;
  readonly #codes = new Set<OutcomeCode>();
  #exposures: KnownExposure[] = [];
  #visits = 0;
  #span: VisitorRun["span"] = null;

  constructor(run: DryRun, visitor: string) {
    this.#run = run;
    this.#visitor = visitor;
    const { key, global_holdout: share } = run.settings;
    this.#globalHoldout = inHoldout(visitor, { seed: globalHoldoutSeed(key), share });
  }

  play(visit: ReplayedVisit): void {
    this.#visits += 1;
    let before: ReplayedMoment | null = null;
    let wakeAt: EpochMs | null = null;
    for (const moment of visit.moments) {
      if (before !== null) this.#wakeBetween(before, visit, wakeAt, moment.at);
      this.#span = { from: this.#span?.from ?? moment.at, to: moment.at };
      wakeAt = this.#ask({ moment, visit, at: moment.at, woken: false });
      before = moment;
    }
  }

  result(): VisitorRun {
    return {
      visits: this.#visits,
      span: this.#span,
      codes: [...this.#codes],
      exposures: this.#exposures.map(({ eligibleAt, arm, variant }) => ({ at: eligibleAt, arm, variant })),
    };
  }

  #wakeBetween(moment: ReplayedMoment, visit: ReplayedVisit, first: EpochMs | null, end: EpochMs): void {
    let at = first;
    for (let count = 0; at !== null && at < end && count < MAX_WAKES; count += 1) {
      at = this.#ask({ moment, visit, at, woken: true });
    }
  }

  /** Judges one moment, and says when time alone could bring the next chance. */
  #ask({ moment, visit, at, woken }: Asked): EpochMs | null {
    const { site, draft } = this.#run;
    const state = { ...moment.state, exposures: this.#exposures };
    const clock: Clock = { ...clocksOf(state, moment.viewId), now: at, timezone: site.timezone };
    const facts = {
      ...knownFacts(state, moment.viewId, at),
      desk: { covered: visit.covered, free_slots: moment.freeSlots, skills: {} },
      score: {},
      event: woken
        ? { name: WAKE_EVENT, properties: {} }
        : { name: moment.name, properties: moment.properties },
    };
    const gate = (excluded: boolean): GateAnswer => this.#gate(visit, excluded, at);
    const judged = judge(site, facts, clock, () => {
      const checked = gate(false);
      return checked.ok ? at : checked.until;
    });
    const later = judged.wakeAfterMs === null ? null : at + judged.wakeAfterMs;
    if (judged.candidates.length === 0) return later;

    const checked = gate(judged.excludedBy !== null);
    if (!checked.ok) {
      this.#codes.add(checked.gate);
      if (checked.until === null) return later;
      const wake = wakeAfterGate(site, draft.campaign.id, facts, clock, checked.until);
      return earlier(later, wake === null ? null : at + wake);
    }
    if (draft.campaign.requires_agent && !visit.covered) {
      this.#codes.add("capacity");
      return later;
    }
    this.#expose(state, visit, at);
    // While the offer stands nothing else is asked; the next event looks again.
    return null;
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

function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
