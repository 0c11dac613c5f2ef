/**
 * A site's history as it might have been, by seed: visits, invitations in both arms, conversations, orders, refunds,
 * surveys, shifts and identities, in the order in which they began, each as the record that its owner last told.
 *
 * At scale 1 and 365 days: 1,000,000 sessions, 200,000 exposures, 50,000 conversations, 30,000 orders, each within a
 * few percent. What the campaigns truly add is known (`history-truth.ts`); who accepts is self-selected, as in life.
 */
import type { HistoryRecord, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { type Dice, diceOf } from "./dice.ts";
import { handsOf } from "./history-hands.ts";
import { campaignsOf, type CampaignTruth, type PhaseTruth, SKILLS } from "./history-truth.ts";
import { shiftsOf } from "./history-shifts.ts";

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
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SESSIONS_A_DAY = 1_000_000 / 365;
/** Of the visits of a day, by the hour of UTC. */
const BY_HOUR = [1, 1, 0.6, 0.4, 0.4, 0.8, 2, 4, 6, 7, 7.5, 7, 6.5, 6, 6.5, 7, 7, 7, 7.5, 8, 8, 6, 4, 2];
const CHANNELS = [
  { name: "Direct", weight: 25 },
  { name: "Organic Search", weight: 35 },
  { name: "Paid Search", weight: 18 },
  { name: "Email", weight: 9 },
  { name: "Referral", weight: 6 },
  { name: null, weight: 1 },
];
const DEVICES = [
  { name: "mobile", weight: 58 },
  { name: "desktop", weight: 36 },
  { name: "tablet", weight: 5 },
  { name: null, weight: 1 },
];
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
  confirmed: 0.85,
  refunded: 0.06,
  lead: 0.005,
  surveyed: 0.35,
};

type Visitor = { id: string; keen: boolean; user: string | null };

/** Everything that belongs to one visit, and what the visitor does after it. */
type Visit = {
  at: EpochMs;
  end: EpochMs;
  visitor: Visitor;
  session: string;
  covered: boolean;
  agents: readonly string[];
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
  readonly #regulars: Visitor[] = [];
  #count = 0;

  constructor(plan: HistoryPlan, campaigns: CampaignTruth[]) {
    this.#plan = plan;
    this.#campaigns = campaigns;
    this.#dice = diceOf(plan.seed + 1);
    this.#prefix = plan.prefix ?? "";
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
    yield this.#session(visit, seconds, exposed);
    if (visitor.user !== null && dice.chance(0.5)) yield this.#identity(visitor, visitor.user, at);
    if (exposed !== null) yield exposed.record;
    const { keen } = visitor;
    const accepts = RATES.accepted * (keen ? KEEN.accepts : OTHERS.accepts);
    const invited = exposed?.inviting === true && dice.chance(accepts) ? exposed : null;
    if (invited !== null || dice.chance(RATES.reactive)) yield* this.#conversation(visit, invited);
    const base = exposed?.base ?? RATES.bought;
    const buys = base * (keen ? KEEN.buys : OTHERS.buys) + (exposed?.lift ?? 0);
    if (dice.chance(buys)) yield* this.#order(visit, exposed?.record.eligible_at ?? at);
    if (dice.chance(RATES.lead)) yield this.#lead(visit);
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

  #session(visit: Visit, seconds: number, exposed: Exposed | null): RecordOf<"sessions"> {
    const dice = this.#dice;
    const pages = 1 + Math.floor(dice.wait(4));
    const eligible = exposed !== null || dice.chance(0.2);
    return {
      table: "sessions",
      id: visit.session,
      revision: 3,
      visitor_id: visit.visitor.id,
      user_id: visit.visitor.user,
      started_at: visit.at,
      last_at: visit.end,
      ended_at: visit.end,
      pages,
      events: pages + dice.below(10),
      seconds,
      entry_path: `/shop/product-${dice.below(40)}`,
      referrer: null,
      channel: dice.weighted(CHANNELS).name,
      utm: {},
      device_type: dice.weighted(DEVICES).name,
      browser: "Firefox",
      os: "Linux",
      language: "fr",
      country: "FR",
      region: null,
      city: null,
      cart_value: 0,
      cart_items: 0,
      global_holdout: false,
      covered: visit.covered,
      eligible,
      segments: [],
      outcomes:
        exposed !== null
          ? { [exposed.record.campaign_id]: [exposed.record.arm] }
          : eligible
            ? { [dice.pick(this.#campaigns).id]: [dice.chance(0.3) ? "capacity" : "cooldown"] }
            : {},
      ...wayOf(visit, pages),
      replay: null,
    };
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

  *#conversation(visit: Visit, invited: Exposed | null): Generator<HistoryRecord> {
    const dice = this.#dice;
    const id = this.#id("cnv");
    const created_at = (invited?.record.eligible_at ?? visit.at) + 3_000 + dice.below(30_000);
    const spoke = dice.chance(0.97);
    const first = created_at + 2_000 + dice.below(20_000);
    const answered = spoke && dice.chance(visit.covered ? 0.94 : 0.35);
    const assigned_at = answered ? first + Math.floor(dice.wait(25_000)) : null;
    const reply = assigned_at === null ? null : assigned_at + 1_000 + Math.floor(dice.wait(18_000));
    const closed =
      reply === null
        ? first + Math.floor(dice.wait(60_000))
        : reply + Math.floor(Math.exp(12.6 + 0.7 * dice.normal()));
    const closed_at = closed < this.#plan.until ? closed : null;
    const agent = visit.agents.length > 0 ? dice.pick(visit.agents) : `${this.#prefix}agent_0`;
    const messages = 1 + dice.below(12);
    yield {
      table: "conversations",
      id,
      revision: 4,
      visitor_id: visit.visitor.id,
      user_id: visit.visitor.user,
      decision_id: invited?.record.id ?? null,
      skill: invited === null ? (dice.chance(0.4) ? dice.pick(SKILLS) : null) : invited.skill,
      locale: "fr",
      page: "/shop",
      status: closed_at === null ? "open" : "closed",
      agent_id: answered ? agent : null,
      created_at,
      queued_at: spoke ? first : null,
      assigned_at,
      first_visitor_message_at: spoke ? first : null,
      first_agent_message_at: reply,
      last_message_at: spoke ? (reply ?? first) : null,
      closed_at,
      close_reason: closed_at === null ? null : "visitor_left",
      outcome: null,
      visitor_messages: spoke ? messages : 0,
      agent_messages: answered ? messages : 0,
      ...(reply === null
        ? { handovers: [], canned: [] }
        : handsOf({
            seed: hashOf(id),
            agent,
            colleagues: visit.agents,
            at: reply,
            prefix: this.#prefix,
          })),
      ...(closed_at === null ? {} : askedOf(hashOf(id), answered)),
      text: null,
    };
    if (answered && closed_at !== null && dice.chance(RATES.surveyed)) {
      yield this.#survey(id, visit.visitor.id, closed_at + dice.below(10 * MINUTE_MS));
    }
  }

  #survey(id: string, visitor_id: string, at: EpochMs): RecordOf<"surveys"> {
    const dice = this.#dice;
    const maybe = (p: number, value: number) => (dice.chance(p) ? value : null);
    return {
      table: "surveys",
      id,
      revision: 1,
      visitor_id,
      at,
      welcome: maybe(0.5, 1 + dice.below(3)),
      wait: maybe(0.5, 1 + dice.below(3)),
      answer: maybe(0.5, 1 + dice.below(3)),
      csat: maybe(0.9, 1 + Math.floor(5 * Math.sqrt(dice.next()))),
      nps: maybe(0.7, Math.floor(11 * Math.sqrt(dice.next()))),
      ces: maybe(0.6, 1 + Math.floor(7 * Math.sqrt(dice.next()))),
      resolved: dice.chance(0.8) ? dice.chance(0.78) : null,
      comment: null,
    };
  }

  *#order(visit: Visit, from: EpochMs): Generator<HistoryRecord> {
    const dice = this.#dice;
    const later = dice.chance(0.15);
    const at = later
      ? visit.end + Math.floor(dice.next() * 60 * HOUR_MS)
      : from + Math.floor((visit.end - from) * dice.next()) + dice.below(20 * MINUTE_MS);
    if (at >= this.#plan.until) return;
    const id = this.#id("ord");
    const total = Math.round(100 * Math.exp(4.1 + 0.6 * dice.normal())) / 100;
    const confirmed = dice.chance(RATES.confirmed);
    yield {
      table: "orders",
      id,
      revision: 2,
      visitor_id: visit.visitor.id,
      user_id: visit.visitor.user,
      session_id: later ? null : visit.session,
      at,
      received_at: at + dice.below(5_000),
      total,
      currency: dice.chance(0.01) ? "CHF" : (this.#plan.currency ?? "EUR"),
      status: confirmed ? "confirmed" : "claimed",
      items: 1 + dice.below(4),
      covered: visit.covered,
    };
    const back = at + Math.floor(dice.next() * 20 * DAY_MS);
    if (!dice.chance(RATES.refunded) || back >= this.#plan.until) return;
    yield {
      table: "refunds",
      id: this.#id("ref"),
      revision: 1,
      order_id: id,
      visitor_id: visit.visitor.id,
      at: back,
      amount: dice.chance(0.5) ? null : Math.round(total * 100 * dice.next()) / 100,
      status: confirmed ? "confirmed" : "claimed",
    };
  }

  #lead(visit: Visit): RecordOf<"leads"> {
    const dice = this.#dice;
    const valued = dice.chance(0.6);
    return {
      table: "leads",
      id: this.#id("lead"),
      revision: 1,
      visitor_id: visit.visitor.id,
      session_id: visit.session,
      at: visit.end,
      value: valued ? 10 + dice.below(200) : null,
      currency: valued ? (this.#plan.currency ?? "EUR") : null,
    };
  }

  #identity(visitor: Visitor, user: string, at: EpochMs): RecordOf<"identities"> {
    return { table: "identities", id: user, revision: 1, visitor_id: visitor.id, at };
  }

  #exempt(hour: EpochMs): RecordOf<"exempt_counts"> {
    const page_views = this.#dice.below(Math.ceil(20 * this.#plan.scale) + 1);
    return { table: "exempt_counts", id: `${this.#prefix}${hour}-0`, revision: 1, hour, page_views };
  }
}

const SHOP = ["/shop", "/shop/shirts", "/shop/trousers", "/guide", "/search", "/help", "/account"];
/** Of those who came so far: to the cart, from there to the checkout, to the order. */
const WALKED = [0.12, 0.55, 0.6];
const WALKED_STEPS = [
  ["cart", "/cart"],
  ["checkout", "/checkout"],
  ["order", "/thanks"],
] as const;

/** Where the visit went and how far it came, by dice of its own, so that nothing else falls otherwise for it. */
function wayOf(visit: Visit, pages: number): Pick<RecordOf<"sessions">, "funnels" | "path" | "not_found"> {
  const own = diceOf(hashOf(visit.session));
  const path = Array.from({ length: Math.min(pages, 9) }, () =>
    own.chance(0.5) ? `/shop/product-${own.below(40)}` : own.pick(SHOP),
  );
  const steps: Record<string, number> = {};
  let seconds = own.below(60);
  for (const [at, [step, page]] of WALKED_STEPS.entries()) {
    if (!own.chance(WALKED[at] ?? 0)) break;
    path.push(page);
    steps[step] = seconds;
    seconds += 5 + Math.floor(own.wait(40));
  }
  const groups = path.filter((page, at) => page !== path[at - 1]);
  return {
    path: groups,
    ...(Object.keys(steps).length === 0 ? {} : { funnels: { checkout: { steps, next: null } } }),
    ...(own.chance(0.01) ? { not_found: [[`/old/${own.below(20)}`, groups[0] ?? null]] } : {}),
  };
}

type Exposed = {
  record: RecordOf<"exposures">;
  /** Shown, and of a kind that leads to a conversation. */
  inviting: boolean;
  skill: string | null;
  base: number;
  lift: number;
};

const HOURS = BY_HOUR.map((weight, hour) => ({ weight, hour }));

/** One in four of those that somebody answered is not asked; one in eight is of before it was told. */
function askedOf(hash: number, answered: boolean): { survey_asked?: boolean } {
  return (hash & 7) === 7 ? {} : { survey_asked: answered && (hash & 3) !== 0 };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
