/**
 * A site's history as it might have been, by seed: visits, invitations in both arms, conversations, orders, refunds,
 * surveys, shifts and identities, in the order in which they began, each as the record that its owner last told.
 *
 * At scale 1 and 365 days: 1,000,000 sessions, 200,000 exposures, 50,000 conversations, 30,000 orders, each within a
 * few percent. What the campaigns truly add is known (`history-truth.ts`); who accepts is self-selected, as in life.
 */
import type { HistoryRecord, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { type Dice, diceOf, hashOf } from "./dice.ts";
import { conversationOf } from "./history-conversations.ts";
import { nightOf } from "./history-nights.ts";
import { leadOf, ordersOf } from "./history-orders.ts";
import { shiftsOf } from "./history-shifts.ts";
import { campaignsOf, type CampaignTruth, type PhaseTruth } from "./history-truth.ts";
import { type Exposed, type Pen, sessionOf, type Visit, type Visitor } from "./history-visit.ts";

export type HistoryPlan = {
  seed: number;
  /** 1 is a million sessions a year. */
  scale: number;
  /** The end of the span; nothing begins after it. */
  until: EpochMs;
  days: number;
  /** Before every id, so that two sites' histories do not meet. */
  prefix?: string;
  currency?: string;
  /** The hour of UTC at which the site's day begins, for visits that last over it; absent, there are none of these. */
  midnight?: number;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SESSIONS_A_DAY = 1_000_000 / 365;
/** Of the visits of a day, by the hour of UTC. */
const BY_HOUR = [1, 1, 0.6, 0.4, 0.4, 0.8, 2, 4, 6, 7, 7.5, 7, 6.5, 6, 6.5, 7, 7, 7, 7.5, 8, 8, 6, 4, 2];
/** A keen visitor accepts more and buys more, invited or not: the bias that a comparison of acceptors falls for. */
const KEEN = { share: 0.2, buys: 2.6, accepts: 2.5 };
const OTHERS = { buys: 0.6, accepts: 0.625 };
const RATES = {
  returns: 0.45,
  known: 0.12,
  exposed: 0.2,
  accepted: 0.205,
  reactive: 0.031,
  bought: 0.031,
  lead: 0.005,
};

/** The truth behind `plan`: the same campaigns that its history tells of. */
export function truthOf({ seed }: Pick<HistoryPlan, "seed">): CampaignTruth[] {
  return campaignsOf(diceOf(seed));
}

/** The records of `plan`, day by day. */
export function* generateHistory(plan: HistoryPlan): Generator<HistoryRecord> {
  const writer = new Writer(plan, truthOf(plan));
  const from = plan.until - plan.days * DAY_MS;
  for (let day = 0; day < plan.days; day += 1) yield* writer.day(from + day * DAY_MS);
}

class Writer {
  readonly #plan: HistoryPlan;
  readonly #campaigns: CampaignTruth[];
  readonly #dice: Dice;
  readonly #prefix: string;
  readonly #pen: Pen;
  readonly #regulars: Visitor[] = [];
  #count = 0;

  constructor(plan: HistoryPlan, campaigns: CampaignTruth[]) {
    this.#plan = plan;
    this.#campaigns = campaigns;
    this.#dice = diceOf(plan.seed + 1);
    this.#prefix = plan.prefix ?? "";
    this.#pen = {
      dice: this.#dice,
      until: plan.until,
      prefix: this.#prefix,
      currency: plan.currency ?? "EUR",
      idOf: (kind) => this.#id(kind),
    };
  }

  *day(start: EpochMs): Generator<HistoryRecord> {
    const { scale, until, days } = this.#plan;
    const dice = this.#dice;
    const { records, onlineAt } = shiftsOf(dice, start, this.#prefix, until);
    yield* records;
    const weekday = new Date(start).getUTCDay();
    const season = 1 + 0.25 * Math.sin((2 * Math.PI * (start - (until - days * DAY_MS))) / (365 * DAY_MS));
    const quiet = weekday === 0 || weekday === 6 ? 0.8 : 1.08;
    const visits = Math.round(SESSIONS_A_DAY * scale * season * quiet);
    const starts = Array.from({ length: visits }, () => start + Math.floor(this.#momentOfDay()));
    for (const at of starts.toSorted((a, b) => a - b)) {
      if (at < until) yield* this.#visit(at, onlineAt(at));
    }
    for (let hour = 0; hour < 24; hour += 1) yield this.#exempt(start + hour * HOUR_MS);
    const { midnight } = this.#plan;
    if (midnight === undefined) return;
    const { prefix, currency } = this.#pen;
    const at = start + midnight * HOUR_MS;
    const seed = hashOf(`${this.#plan.seed} ${at}`);
    yield* nightOf({ seed, midnight: at, until, prefix, currency, campaigns: this.#campaigns, onlineAt });
  }

  #momentOfDay(): number {
    const hour = this.#dice.weighted(HOURS).hour;
    return (hour + this.#dice.next()) * HOUR_MS;
  }

  *#visit(at: EpochMs, agents: readonly string[]): Generator<HistoryRecord> {
    const dice = this.#dice;
    const visitor = this.#visitor();
    const seconds = Math.round(20 + dice.wait(220));
    const visit: Visit = {
      at,
      end: at + seconds * 1_000,
      visitor,
      session: this.#id("ses"),
      covered: agents.length > 0 && dice.chance(0.85),
      agents,
    };
    const exposed = dice.chance(RATES.exposed) ? this.#exposure(visit) : null;
    yield sessionOf(dice, visit, { seconds, exposed, campaigns: this.#campaigns });
    if (visitor.user !== null && dice.chance(0.5)) yield this.#identity(visitor, visitor.user, at);
    if (exposed !== null) yield exposed.record;
    const { keen } = visitor;
    const accepts = RATES.accepted * (keen ? KEEN.accepts : OTHERS.accepts);
    const invited = exposed?.inviting === true && dice.chance(accepts) ? exposed : null;
    if (invited !== null || dice.chance(RATES.reactive)) yield* conversationOf(this.#pen, visit, invited);
    const base = exposed?.base ?? RATES.bought;
    const buys = base * (keen ? KEEN.buys : OTHERS.buys) + (exposed?.lift ?? 0);
    if (dice.chance(buys)) yield* ordersOf(this.#pen, visit, exposed?.record.eligible_at ?? at);
    if (dice.chance(RATES.lead)) yield leadOf(this.#pen, visit);
  }

  #visitor(): Visitor {
    const dice = this.#dice;
    if (this.#regulars.length > 0 && dice.chance(RATES.returns)) return dice.pick(this.#regulars);
    const keen = dice.chance(KEEN.share);
    // One user in six has been seen as somebody else before: then both are one person.
    const user = dice.chance(RATES.known) ? `${this.#prefix}u${this.#count - dice.below(6)}` : null;
    const visitor = { id: this.#id("v"), keen, user };
    const limit = Math.max(50, Math.round(25_000 * this.#plan.scale));
    if (this.#regulars.length < limit) this.#regulars.push(visitor);
    else this.#regulars[dice.below(limit)] = visitor;
    return visitor;
  }

  #id(kind: string): string {
    this.#count += 1;
    return `${this.#prefix}${kind}_${String(this.#count).padStart(9, "0")}`;
  }

  #running(at: EpochMs): { weight: number; campaign: CampaignTruth; phase: PhaseTruth }[] {
    const { until, days } = this.#plan;
    const share = 1 - (until - at) / (days * DAY_MS);
    return this.#campaigns.flatMap((campaign) =>
      campaign.phases
        .filter(({ from, to }) => from <= share && share < to)
        .map((phase) => ({ weight: campaign.weight, campaign, phase })),
    );
  }

  #exposure(visit: Visit): Exposed {
    const dice = this.#dice;
    const { campaign, phase } = dice.weighted(this.#running(visit.at));
    // The arm is the person's for the whole phase, whatever they do.
    const own = diceOf(hashOf(`${visit.visitor.user ?? visit.visitor.id} ${campaign.id} ${phase.phase}`));
    const held = own.chance(phase.holdout);
    const { key, lift } = own.weighted(phase.variants);
    const eligible_at = Math.min(visit.end, visit.at + Math.floor(dice.wait(40_000)));
    const shown = !held && dice.chance(0.95);
    const answer = shown ? dice.next() : 1;
    const shown_at = shown ? eligible_at + 300 : null;
    const after = (low: number, high: number) =>
      answer >= low && answer < high ? eligible_at + 2_000 + dice.below(20_000) : null;
    const record: RecordOf<"exposures"> = {
      table: "exposures",
      id: this.#id("dec"),
      revision: 2,
      visitor_id: visit.visitor.id,
      session_id: visit.session,
      campaign_id: campaign.id,
      phase: phase.phase,
      variant: key,
      kind: campaign.kind,
      arm: held ? "holdout" : "treated",
      probability: held ? phase.holdout : 1 - phase.holdout,
      eligible_at,
      shown_at,
      opened_at: after(0, 0.12),
      declined_at: after(0.12, 0.4),
      ignored_at: after(0.4, 0.9),
      clicked_at: after(0.1, 0.14),
    };
    const inviting = shown && (campaign.kind === "chat" || campaign.kind === "video");
    return { record, inviting, skill: campaign.skill, base: campaign.base, lift: held ? 0 : lift };
  }

  #identity(visitor: Visitor, user: string, at: EpochMs): RecordOf<"identities"> {
    return { table: "identities", id: user, revision: 1, visitor_id: visitor.id, at };
  }

  #exempt(hour: EpochMs): RecordOf<"exempt_counts"> {
    const page_views = this.#dice.below(Math.ceil(20 * this.#plan.scale) + 1);
    return { table: "exempt_counts", id: `${this.#prefix}${hour}-0`, revision: 1, hour, page_views };
  }
}

const HOURS = BY_HOUR.map((weight, hour) => ({ weight, hour }));
