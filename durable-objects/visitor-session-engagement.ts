/**
 * Deciding one moment of a visitor, with the desk's leave where an agent is needed. While the desk is asked the visitor
 * goes on, so what was true before is looked at again.
 *
 * Holds   for some seconds that a moment is being decided, and how often a page view was told to ask again.
 */
import { uuidv7 } from "uuidv7";
import type { EpochMs } from "../domain/ids.ts";
import type { Campaign } from "../domain/targeting/campaign.ts";
import type { Decision } from "../domain/targeting/decision.ts";
import type { OutcomeCode } from "../domain/targeting/outcome.ts";
import {
  delayOf,
  expose,
  gateOf,
  isCovered,
  type Loser,
  markEligible,
  type Moment,
  outcomesOf,
} from "../domain/visit/engage.ts";
import { openDecision } from "../domain/visit/engagement.ts";
import { noteMoment, type Notes } from "../domain/visit/notes.ts";
import { type KnownExposure, viewOf, type VisitorState } from "../domain/visit/state.ts";
import type { VisitorSessionOutbox } from "./visitor-session-outbox.ts";
import type { VisitorSessionStore } from "./visitor-session-store.ts";

const ENGAGING_MS = 5_000;
/** A page asks again every 15 s while only a free agent is missing, but no more often than this. */
export const MAX_AGENT_WAKES = 8;

export type EngageRequest = Moment & {
  /** The page view that asks. */
  viewId: string | null;
  /** How often that view was told to ask again, as far as the caller knows. */
  asked: number;
  /** What matched and passed the gates, in the order in which it may win. */
  campaigns: Campaign[];
  /** Some campaign's condition held. */
  eligible: boolean;
  /** The skills of what matched in which a place was free, as far as the caller knows; null stands for any. */
  free: (string | null)[];
  /** What the judgement found that the visit does not know yet. */
  notes: Notes;
};
export type EngageAnswer = {
  /** The decision that was made, or the one that another tab has just got. */
  decision: Decision | null;
  /** The eligible moment that was written, in either arm. */
  exposure: KnownExposure | null;
  losers: Loser[];
  /** Only a free agent is missing, and the page may ask again for one. */
  askAgain: boolean;
};

/** An offer's id, and who holds a place for it; nobody where none is needed. */
type Place = { decisionId: string; agent: { name: string; until: EpochMs } | null };

/** What the desk has said at this moment: a place was taken, and in which skills there was none. */
type Said = { taken: boolean; refused: (string | null)[] };

const NOTHING: EngageAnswer = { decision: null, exposure: null, losers: [], askAgain: false };

export class VisitorSessionEngagement {
  readonly #env: Env;
  readonly #store: VisitorSessionStore;
  readonly #outbox: VisitorSessionOutbox;
  #engagingUntil: EpochMs = 0;
  /** How often each page view was told to ask again; forgotten with the object, which only makes it patient anew. */
  readonly #agentWakes = new Map<string, number>();

  constructor(env: Env, store: VisitorSessionStore, outbox: VisitorSessionOutbox) {
    this.#env = env;
    this.#store = store;
    this.#outbox = outbox;
  }

  /**
   * Decide one moment. Three steps (`design.md` §3.5): look at the local gates and hold the door, take an agent's
   * place where one is needed, look at the gates again and write the exposure.
   */
  async engage(request: EngageRequest): Promise<EngageAnswer> {
    const state = this.#store.load()?.state;
    if (state === undefined) return NOTHING;
    if (request.now < this.#engagingUntil) {
      await this.#keep(request, state, [], { taken: false, refused: [] });
      return NOTHING;
    }
    this.#engagingUntil = request.now + ENGAGING_MS;
    try {
      return await this.#decide(request);
    } finally {
      this.#engagingUntil = 0;
    }
  }

  async #decide(request: EngageRequest): Promise<EngageAnswer> {
    const losers: Loser[] = [];
    const said: Said = { taken: false, refused: [] };
    for (const [index, campaign] of request.campaigns.entries()) {
      if (this.#passing(campaign, request, losers) === null) continue;
      const place = await this.#takePlace(campaign, request);
      if (place === null) {
        losers.push({ campaign: campaign.id, gate: "capacity", until: null });
        said.refused.push(campaign.skill ?? null);
        continue;
      }
      said.taken ||= place.agent !== null;
      const state = this.#passing(campaign, request, losers);
      if (state !== null) {
        const behind = request.campaigns.slice(index + 1);
        return this.#expose(state, campaign, place, request, { losers, behind, said });
      }
      await this.#giveBack(place);
    }
    const state = this.#store.load()?.state;
    if (state === undefined) return NOTHING;
    await this.#keep(request, state, outcomesOf(losers, state.exposures, request.now), said);
    const open = openDecision(state, request.now);
    const noFreeAgent = open === null && losers.some(({ gate }) => gate === "capacity");
    const askAgain = noFreeAgent && this.#mayAskAgain(request);
    return { decision: open?.decision ?? null, exposure: null, losers, askAgain };
  }

  /** The visitor's state at this instant if it lets `campaign` pass; else null, and `campaign` is among the losers. */
  #passing(campaign: Campaign, request: EngageRequest, losers: Loser[]): VisitorState | null {
    const state = this.#store.load()?.state;
    if (state === undefined) return null;
    const answer = gateOf(state, campaign, request);
    if (answer.ok) return state;
    losers.push({ campaign: campaign.id, gate: answer.gate, until: answer.until });
    return null;
  }

  /** A place that is free now, until 60 s after the offer is shown; null where there is none. */
  async #takePlace(campaign: Campaign, { now }: EngageRequest): Promise<Place | null> {
    const decisionId = `dec_${uuidv7()}`;
    const state = this.#store.load()?.state;
    if (!campaign.requires_agent || state === undefined) return { decisionId, agent: null };
    const delayMs = delayOf(state, campaign);
    const desk = this.#env.SITE_DESK.getByName(state.site);
    const lease = await desk.lease({ decisionId, skill: campaign.skill ?? null, delayMs, now });
    return lease.ok ? { decisionId, agent: { name: lease.agent.name, until: lease.expiresAt } } : null;
  }

  async #giveBack({ decisionId, agent }: Place): Promise<void> {
    const site = this.#store.load()?.state.site;
    if (agent === null || site === undefined) return;
    await this.#env.SITE_DESK.getByName(site).release(decisionId);
  }

  /** The moment is this campaign's, in whichever arm. One row: the exposure, who lost to what, who stood behind. */
  async #expose(
    before: VisitorState,
    campaign: Campaign,
    place: Place,
    request: EngageRequest,
    { losers, behind, said }: { losers: Loser[]; behind: readonly Campaign[]; said: Said },
  ): Promise<EngageAnswer> {
    const { state, exposure, decision } = expose(before, campaign, place.decisionId, place.agent, request);
    const outcomes: [string, OutcomeCode][] = [
      ...outcomesOf(losers, before.exposures, request.now),
      [campaign.id, exposure.arm],
      ...behind.map(({ id }): [string, OutcomeCode] => [id, "outranked"]),
    ];
    await this.#keep(request, state, outcomes, said);
    if (decision === null) await this.#giveBack(place);
    return { decision, exposure, losers, askAgain: false };
  }

  /** Save `state` with what this moment is to be remembered by. Nothing is written where nothing is new. */
  async #keep(
    { notes, eligible, free, now }: EngageRequest,
    state: VisitorState,
    outcomes: [string, OutcomeCode][],
    said: Said,
  ): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null) return;
    const noted = noteMoment(state, { ...notes, outcomes: [...notes.outcomes, ...outcomes] }, now);
    const marked = eligible ? markEligible(noted, isCovered(free, said), now) : noted;
    await this.#outbox.keep(marked, loaded.state, loaded.seen, null, now);
  }

  /** Counted by page view; one that is not named is the visitor's last. */
  #mayAskAgain({ viewId, asked: known }: EngageRequest): boolean {
    const view = viewOf(this.#store.load()?.state.visit ?? null, viewId)?.id ?? "";
    const asked = Math.max(this.#agentWakes.get(view) ?? 0, known);
    this.#agentWakes.set(view, asked + 1);
    return asked < MAX_AGENT_WAKES;
  }
}
