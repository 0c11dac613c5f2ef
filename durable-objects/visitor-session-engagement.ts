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
import { expose, firstAllowed, type Loser, markEligible, type Moment } from "../domain/visit/engage.ts";
import { viewOf } from "../domain/visit/state.ts";
import type { VisitorSessionOutbox } from "./visitor-session-outbox.ts";
import type { VisitorSessionStore } from "./visitor-session-store.ts";

const ENGAGING_MS = 5_000;
/** A page asks again every 15 s while only a free agent is missing, but no more often than this. */
const MAX_AGENT_WAKES = 8;

export type EngageRequest = Moment & {
  /** The page view that asks. */
  viewId: string | null;
  /** What matched, in the order in which it may win. */
  campaigns: Campaign[];
  covered: boolean;
};
export type EngageAnswer = {
  decision: Decision | null;
  losers: Loser[];
  /** Only a free agent is missing, and the page may ask again for one. */
  askAgain: boolean;
};

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
    const { now, covered } = request;
    const loaded = this.#store.load();
    if (loaded === null || now < this.#engagingUntil) return { decision: null, losers: [], askAgain: false };
    this.#engagingUntil = now + ENGAGING_MS;
    try {
      return await this.#decide(request);
    } finally {
      this.#engagingUntil = 0;
      const after = this.#store.load();
      if (after !== null)
        await this.#outbox.keep(markEligible(after.state, covered, now), after.state, after.seen, null, now);
    }
  }

  async #decide(request: EngageRequest): Promise<EngageAnswer> {
    const losers: Loser[] = [];
    let noFreeAgent = false;
    for (const campaign of request.campaigns) {
      const before = this.#store.load();
      if (before === null) break;
      const first = firstAllowed(before.state, [campaign], request);
      losers.push(...first.losers);
      if (first.campaign === null) continue;

      const decisionId = `dec_${uuidv7()}`;
      const desk = this.#env.SITE_DESK.getByName(before.state.site);
      const lease = campaign.requires_agent
        ? await desk.lease({ decisionId, skill: campaign.skill ?? null, now: request.now })
        : null;
      if (lease !== null && !lease.ok) {
        noFreeAgent = true;
        losers.push({ campaign: campaign.id, gate: "capacity", until: null });
        continue;
      }
      const after = this.#store.load();
      const still = after === null ? null : firstAllowed(after.state, [campaign], request);
      if (after === null || still === null || still.campaign === null) {
        if (lease !== null) await desk.release(decisionId);
        losers.push(...(still?.losers ?? []));
        continue;
      }
      const agent = lease === null ? null : { name: lease.agent.name, until: lease.expiresAt };
      const exposed = expose(after.state, campaign, decisionId, agent, request);
      await this.#outbox.keep(
        markEligible(exposed.state, request.covered, request.now),
        after.state,
        after.seen,
        null,
        request.now,
      );
      if (exposed.decision === null && lease !== null) await desk.release(decisionId);
      return { decision: exposed.decision, losers, askAgain: false };
    }
    return { decision: null, losers, askAgain: noFreeAgent && this.#mayAskAgain(request.viewId) };
  }

  /** Counted by page view; one that is not named is the visitor's last. */
  #mayAskAgain(viewId: string | null): boolean {
    const view = viewOf(this.#store.load()?.state.visit ?? null, viewId)?.id ?? "";
    const asked = this.#agentWakes.get(view) ?? 0;
    this.#agentWakes.set(view, asked + 1);
    return asked < MAX_AGENT_WAKES;
  }
}
