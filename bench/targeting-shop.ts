/**
 * The campaigns of a large shop, generated from a seed, and one of its visitors.
 *
 * Variety  about half ask for a page or a kind of page; the others for an event, a funnel's step, where the visit came
 *          from, a country, a segment, or nothing that can be told apart by equality (signals, the cart, the desk).
 *          Each asks for one to three things more, the page first, which is the order that is best for an evaluator
 *          that gives up at the first "no".
 */
import { type ConditionInterface, evalCondition } from "@growthbook/growthbook";
import type { Segment } from "../domain/site/resources.ts";
import { SiteSettings } from "../domain/site/settings.ts";
import { Campaign, type PublishedSite } from "../domain/targeting/campaign.ts";

type Condition = Record<string, unknown>;
/** A number in [0, 1). */
type Dice = () => number;

export const TIMEZONE = "Europe/Paris";
/** A Monday, 15:20 in Paris. */
export const NOW = Date.parse("2026-11-23T14:20:00Z");

const SEED = 20_261_123;
const CATEGORIES = 60;
const PRODUCTS = 40;
const COUNTRIES = ["FR", "BE", "CH", "DE", "IT", "ES", "GB", "US", "LU", "NL", "PT", "AT"];
const CHANNELS = [
  "Direct",
  "Organic Search",
  "Paid Search",
  "Paid Social",
  "Email",
  "Affiliates",
  "Referral",
];
const EVENTS = [
  "Product Added",
  "Product Removed",
  "Cart Viewed",
  "Checkout Started",
  "Checkout Step Viewed",
  "Coupon Applied",
  "Products Searched",
  "Promotion Clicked",
  "Form Started",
  "Signal Detected",
];
const FUNNELS = ["checkout", "returns", "account", "quote", "loyalty", "gift-card", "made-to-measure"];
const STEPS = ["details", "delivery", "payment", "review"];
const PAGES = [
  "/",
  "/contact",
  "/delivery",
  "/returns",
  "/stores",
  "/sizes",
  "/account",
  "/wishlist",
  "/sale",
];

/** The visitor: on a shirt's page for the second time, with three things in the cart. */
export const FACTS = {
  page: {
    url: "https://shop.example/shop/c7/p12",
    path: "/shop/c7/p12",
    title: "Chemise Oxford",
    referrer: "",
    status: 200,
    seconds: 21,
    scroll: 60,
  },
  session: {
    pages: 6,
    seconds: 340,
    entry_path: "/shop/c7",
    channel: "Paid Search",
    search_terms: "chemise oxford",
    utm: { source: "google", campaign: "winter-3" },
  },
  cart: { value: 187.5, items: 3, views: 2, views_since_add: 1, currency: "EUR" },
  funnel: {},
  form: {},
  signals: { u_turn: 1, dead_click: 1 },
  visitor: { visits: 3, orders: 1, lifetime_value: 129, identified: false, traits: { plan: "club" } },
  device: { type: "mobile", browser: "Safari", os: "iOS", language: "fr" },
  geo: { country: "FR", region: "IDF", city: "Paris" },
  time: { hour: 15, weekday: 1 },
  desk: { covered: true, free_slots: 0, wait_seconds: 40, skills: { shirts: 0 } },
  engagement: { shown: 1, accepted: 0, declined: 0, last_kind: "chat", seconds_since_last: 190 },
  score: { purchase: 0.41 },
  event: { name: "Product Viewed", properties: { product_id: "c7-p12", price: 89, currency: "EUR" } },
};

const segment = (key: string, condition: Condition, more: Partial<Segment> = {}): Segment => ({
  key,
  name: key,
  description: "",
  condition,
  value: null,
  priority: 0,
  skill: null,
  exclude: false,
  ...more,
});

export const SEGMENTS: readonly Segment[] = [
  segment("high-basket", { "cart.value": { $gte: 150 } }, { value: 40 }),
  segment("premium", { "cart.items": { $gt: 3 } }, { value: 60 }),
  segment("hot", { "segment.high-basket": true, "session.pages": { $gte: 5 } }, { value: 80 }),
  segment("in-difficulty", {
    $or: ["rage_click", "dead_click", "script_error"].map((s) => ({ [`signals.${s}`]: { $gte: 1 } })),
  }),
  segment("contact", { "page.path": { $regex: "^/contact" }, "page.seconds": { $gte: 20 } }),
  segment("searching", { "session.search_terms": { $exists: true, $regex: "oxford" } }),
  segment("affiliate", { "session.channel": "Affiliates" }),
  segment("leaving", { "signals.exit_intent": { $gte: 1 } }),
  segment("returning", { "visitor.orders": { $gte: 1 } }, { value: 30 }),
  segment("slow", { "session.seconds": { $gte: 600 } }),
  segment("evening", { "time.hour": { $gte: 18 } }),
  segment("confident", { "visitor.orders": { $gte: 5 }, "session.seconds": { $lt: 120 } }, { exclude: true }),
];

/** mulberry32: the same campaigns everywhere. */
function diceOf(seed: number): Dice {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const below = (dice: Dice, limit: number) => Math.floor(dice() * limit);
function oneOf<T>(dice: Dice, list: readonly T[]): T {
  const found = list[below(dice, list.length)];
  if (found === undefined) throw new Error("an empty list");
  return found;
}

const category = (dice: Dice) => `/shop/c${below(dice, CATEGORIES)}`;
const product = (dice: Dice) => `${category(dice)}/p${below(dice, PRODUCTS)}`;

/** What a campaign is about, with how many of a hundred are of that kind. */
const SUBJECTS: readonly [share: number, make: (dice: Dice) => Condition][] = [
  [26, (dice) => ({ "page.path": product(dice) })],
  [16, (dice) => ({ "page.path": { $regex: `^${category(dice)}` } })],
  [6, (dice) => ({ "page.path": { $in: [product(dice), product(dice), oneOf(dice, PAGES)] } })],
  [4, (dice) => ({ "page.path": oneOf(dice, PAGES) })],
  [
    2,
    (dice) => ({ $or: [{ "page.path": product(dice) }, { "page.path": { $regex: `^${category(dice)}/` } }] }),
  ],
  [12, (dice) => ({ "event.name": oneOf(dice, EVENTS) })],
  [2, (dice) => ({ "event.name": { $in: [oneOf(dice, EVENTS), oneOf(dice, EVENTS)] } })],
  [6, (dice) => ({ "funnel.name": oneOf(dice, FUNNELS), "funnel.step": oneOf(dice, STEPS) })],
  [5, (dice) => ({ "session.channel": oneOf(dice, CHANNELS) })],
  [4, (dice) => ({ "session.utm.campaign": `winter-${below(dice, 40)}` })],
  [3, (dice) => ({ "session.entry_path": category(dice) })],
  [5, (dice) => ({ "geo.country": oneOf(dice, COUNTRIES) })],
  [3, (dice) => ({ [`segment.${oneOf(dice, SEGMENTS).key}`]: true })],
  [2, (dice) => ({ "desk.free_slots": { $gte: 1 + below(dice, 2) } })],
  [2, () => ({ "signals.exit_intent": { $gte: 1 } })],
  [2, (dice) => ({ "cart.value": { $gte: 50 + 10 * below(dice, 40) } })],
];

/** What else it asks for. */
const FURTHER: readonly ((dice: Dice) => Condition)[] = [
  (dice) => ({ "page.seconds": { $gte: 5 * (1 + below(dice, 12)) } }),
  (dice) => ({ "session.seconds": { $gte: 60 * (1 + below(dice, 12)) } }),
  (dice) => ({ "session.pages": { $gte: 2 + below(dice, 10) } }),
  (dice) => ({ "cart.items": { $gte: 1 + below(dice, 5) } }),
  (dice) => ({ "cart.value": { $gte: 25 * below(dice, 12), $lt: 1_000 } }),
  (dice) => ({ "device.type": oneOf(dice, ["mobile", "desktop", "tablet"]) }),
  (dice) => ({ "device.language": oneOf(dice, ["fr", "en", "de"]) }),
  (dice) => ({ "geo.country": { $in: [oneOf(dice, COUNTRIES), oneOf(dice, COUNTRIES), "FR"] } }),
  (dice) => ({ "visitor.visits": { $gt: below(dice, 6) } }),
  (dice) => ({ "visitor.identified": dice() < 0.5 }),
  (dice) => ({ "visitor.traits.plan": { $nin: [oneOf(dice, ["club", "gold", "staff"])] } }),
  (dice) => ({
    [`signals.${oneOf(dice, ["rage_click", "dead_click", "u_turn", "exit_intent"])}`]: { $gte: 1 },
  }),
  (dice) => ({ [`segment.${oneOf(dice, SEGMENTS).key}`]: dice() < 0.8 }),
  (dice) => ({ "time.hour": { $gte: 8 + below(dice, 4), $lt: 14 + below(dice, 9) } }),
  () => ({ "time.weekday": { $lte: 5 } }),
  () => ({ "desk.covered": true }),
  (dice) => ({ "engagement.seconds_since_last": { $exists: true, $gte: 60 * (1 + below(dice, 10)) } }),
  () => ({ $not: { "page.path": { $regex: "^/checkout" } } }),
];

function drawn(dice: Dice): Condition {
  let left = dice() * SUBJECTS.reduce((sum, [share]) => sum + share, 0);
  const subject = SUBJECTS.find(([share]) => (left -= share) < 0)?.[1] ?? (() => ({}));
  const parts = Array.from({ length: 1 + below(dice, 3) }, () => oneOf(dice, FURTHER)(dice));
  const about = subject(dice);
  // Named first, so that the subject comes first, and last, so that nothing takes its place.
  return Object.assign({}, about, ...parts, about);
}

const HOURS: Campaign["schedule"] = {
  hours: [
    { dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], opens: "09:00", closes: "18:00" },
  ],
};

function campaignOf(index: number, condition: Condition, dice: Dice): Campaign {
  return Campaign.parse({
    id: `cmp_${String(index).padStart(5, "0")}`,
    name: `Campaign ${index}`,
    status: "live",
    kind: "chat",
    condition,
    priority: below(dice, 10),
    schedule: dice() < 0.2 ? HOURS : {},
    variants: [{ key: "a", creative: {} }],
    version: 1,
    phase: 1,
    created_at: "2026-11-01T00:00:00Z",
    updated_at: "2026-11-01T00:00:00Z",
  });
}

/** What `condition` asks of the page, the event and other facts by equality; the rest of it left out. */
function equalitiesOf(condition: Condition): Condition {
  const kept = Object.entries(condition).flatMap(([key, operand]): [string, unknown][] => {
    if (key === "$or" && Array.isArray(operand)) return [[key, operand.map(equalitiesOf)]];
    if (key.startsWith("$") || /^(?:segment|time|desk)\./.test(key)) return [];
    const names = typeof operand === "object" && operand !== null ? Object.keys(operand) : ["$eq"];
    const equal = names.every((name) => name === "$eq" || name === "$in");
    return equal || (key === "page.path" && names[0] === "$regex") ? [[key, operand]] : [];
  });
  return Object.fromEntries(kept);
}

/** Whether the page, the event and the other equalities that `condition` asks for are those of the visitor. */
function isRelevant(condition: Condition): boolean {
  return evalCondition(FACTS, equalitiesOf(condition) as ConditionInterface);
}

/** `count` campaigns, of which no more than `mostRelevant` are relevant to the visitor. */
export function campaignsOf(
  count: number,
  mostRelevant = Number.POSITIVE_INFINITY,
): { campaigns: Campaign[]; relevant: number } {
  const dice = diceOf(SEED);
  const campaigns: Campaign[] = [];
  let relevant = 0;
  while (campaigns.length < count) {
    const condition = drawn(dice);
    if (isRelevant(condition)) {
      if (relevant >= mostRelevant) continue;
      relevant += 1;
    }
    campaigns.push(campaignOf(campaigns.length, condition, dice));
  }
  return { campaigns, relevant };
}

export function siteOf(campaigns: Campaign[]): PublishedSite {
  return {
    site: "demo",
    version: 1,
    published_at: "2026-11-23T00:00:00Z",
    settings: SiteSettings.parse({ key: "demo", name: "Demo", timezone: TIMEZONE }),
    campaigns,
    segments: [...SEGMENTS],
    funnels: [],
  };
}

/** Which segments the visitor is in, as the rivals are told it. */
export function segmentFacts(): Record<string, boolean> {
  const held: Record<string, boolean> = {};
  // A segment stands after those it asks about.
  for (const { key, condition } of SEGMENTS) {
    held[key] = evalCondition({ ...FACTS, segment: held }, condition as ConditionInterface);
  }
  return held;
}
