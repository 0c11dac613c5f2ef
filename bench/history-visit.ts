/** One generated visit, and the record of it: who came, where they went, and what they were offered. */
import type { RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { type Dice, diceOf, hashOf } from "./dice.ts";
import type { CampaignTruth } from "./history-truth.ts";

export type Visitor = { id: string; keen: boolean; user: string | null };

/** Everything that belongs to one visit, and what the visitor does after it. */
export type Visit = {
  at: EpochMs;
  end: EpochMs;
  visitor: Visitor;
  session: string;
  covered: boolean;
  agents: readonly string[];
};

export type Exposed = {
  record: RecordOf<"exposures">;
  /** Shown, and of a kind that leads to a conversation. */
  inviting: boolean;
  skill: string | null;
  base: number;
  lift: number;
};

/** With what a history is written: its dice, and what its ids and amounts are to be. */
export type Pen = {
  dice: Dice;
  until: EpochMs;
  prefix: string;
  currency: string;
  idOf(kind: string): string;
};

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

/** The record of a visit that lasted so many `seconds`. */
export function sessionOf(
  dice: Dice,
  visit: Visit,
  { seconds, exposed, campaigns }: { seconds: number; exposed: Exposed | null; campaigns: CampaignTruth[] },
): RecordOf<"sessions"> {
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
          ? { [dice.pick(campaigns).id]: [dice.chance(0.3) ? "capacity" : "cooldown"] }
          : {},
    ...wayOf(visit, pages),
    replay: null,
  };
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
