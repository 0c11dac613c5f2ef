/**
 * What the right pane tells of a visitor, read from `GET /api/sites/{site}/visitors/{id}`.
 *
 * Shapes  every part may be missing: a visitor without consent has hardly more than a page, and one whose identity
 *         is not proven has only this visit. Moments come as ISO 8601 and leave as EpochMs.
 * Units   `seconds` on a page are whole; money is in major units of the currency beside it.
 */
import * as z from "zod/mini";
import type { EpochMs } from "../../../domain/ids.ts";

const moment = z.pipe(
  z.string(),
  z.transform((at: string) => Date.parse(at)),
);
const text = z.nullish(z.string());
const amount = z.nullish(z.number());

const Present = z.object({
  visits: amount,
  orders: amount,
  lifetime_value: amount,
  user_id: text,
  traits: z.nullish(z.record(z.string(), z.unknown())),
  facts: z.nullish(
    z.object({
      session: z.nullish(z.object({ channel: text, search_terms: text })),
    }),
  ),
  trail: z.nullish(z.array(z.object({ at: moment, path: text, url: text, title: text, seconds: amount }))),
  cart: z.nullish(
    z.object({
      lines: z.nullish(
        z.record(z.string(), z.object({ price: z.number(), quantity: z.number(), name: text })),
      ),
      currency: text,
    }),
  ),
});
const Answer = z.object({
  verified: z.boolean(),
  present: z.nullable(Present),
  user_id: text,
  visits: z.array(
    z.object({
      id: z.string(),
      started_at: z.optional(moment),
      pages: amount,
      entry_path: text,
      referrer: text,
      channel: text,
    }),
  ),
  orders: z.array(
    z.object({
      order_id: z.string(),
      at: z.optional(moment),
      total: z.number(),
      currency: z.string(),
      status: text,
    }),
  ),
  invitations: z.nullish(z.array(z.object({ id: z.string(), agent: z.object({ name: text }), text: text }))),
  currency: text,
  offers: z.array(z.object({ id: z.string(), campaign: z.string(), variant: z.string() })),
  conversations: z.array(z.object({ id: z.string(), created_at: moment, status: z.string(), outcome: text })),
});
type Answer = z.infer<typeof Answer>;

export type TrailStep = { at: EpochMs; title: string; seconds: number | null };
export type CartLine = { name: string; variant: string | null; quantity: number; total: number };
export type Cart = { lines: CartLine[]; total: number; currency: string };
export type Bought = { count: number; total: number; currency: string | null };
export type Invitation = { campaign: string; variant: string };
/** The agent who asked by hand, and their own words. */
export type InvitedBy = { agent: string; text: string | null };
/** How this visit began: what was searched for, the site that led here, the kind of way. */
export type Arrival = { words: string | null; host: string | null; channel: string | null };
export type Order = { id: string; at: EpochMs; total: number; currency: string; status: string };
export type VisitBefore = {
  id: string;
  at: EpochMs;
  pages: number;
  entry: string | null;
  channel: string | null;
};
export type PastConversation = { id: string; at: EpochMs; outcome: string | null; open: boolean };
export type VisitorView = {
  verified: boolean;
  visits: number;
  bought: Bought;
  trail: TrailStep[];
  cart: Cart;
  invitation: Invitation | null;
  invitedBy: InvitedBy | null;
  arrival: Arrival;
  orders: Order[];
  /** Newest first, without the one that is on. */
  visitsBefore: VisitBefore[];
  userId: string | null;
  /** Name and value as they may be read; only of a proven visitor. */
  traits: [name: string, value: string][];
  past: PastConversation[];
};

const DEFAULT_CURRENCY = "EUR";

/**
 * The answer as the pane shows it beside `conversation`, which began with the decision `decisionId`. Throws where
 * it is no visitor.
 */
export function readVisitor(answer: unknown, decisionId: string | null, conversation: string): VisitorView {
  const known = Answer.parse(answer);
  const offer = known.offers.find(({ id }) => id === decisionId);
  const byHand = known.invitations?.find(({ id }) => id === decisionId);
  return {
    verified: known.verified,
    visits: Math.max(known.present?.visits ?? 0, known.visits.length),
    bought: boughtOf(known),
    trail: trailOf(known),
    cart: cartOf(known),
    invitation: offer === undefined ? null : { campaign: offer.campaign, variant: offer.variant },
    invitedBy: byHand === undefined ? null : { agent: byHand.agent.name ?? "", text: byHand.text ?? null },
    arrival: arrivalOf(known),
    orders: known.orders.flatMap(({ order_id: id, at, total, currency, status }) =>
      at === undefined ? [] : [{ id, at, total, currency, status: status ?? "" }],
    ),
    visitsBefore: visitsBefore(known),
    userId: known.verified ? (known.user_id ?? null) : null,
    traits: known.verified ? traitsOf(known) : [],
    past: known.conversations
      .filter(({ id }) => id !== conversation)
      .map((past) => ({
        id: past.id,
        at: past.created_at,
        outcome: past.outcome ?? null,
        open: past.status !== "closed",
      })),
  };
}

function trailOf({ present }: Answer): TrailStep[] {
  return (present?.trail ?? []).map(({ at, path, url, title, seconds }) => ({
    at,
    title: title ?? path ?? url ?? "",
    seconds: seconds ?? null,
  }));
}

/** The visit that is on is told by its trail; history lists it first while it lasts. */
function visitsBefore({ visits, present }: Answer): VisitBefore[] {
  const began = present?.trail?.[0]?.at ?? Infinity;
  return visits.flatMap(({ id, started_at: at, pages, entry_path, channel }) =>
    at === undefined || at >= began - 1_000
      ? []
      : [{ id, at, pages: pages ?? 0, entry: entry_path ?? null, channel: channel ?? null }],
  );
}

function arrivalOf({ present, visits }: Answer): Arrival {
  const session = present?.facts?.session;
  const referrer = visits[0]?.referrer ?? null;
  return {
    words: session?.search_terms ?? null,
    host: referrer !== null && URL.canParse(referrer) ? new URL(referrer).host : null,
    channel: session?.channel ?? null,
  };
}

const MOST_TRAITS = 12;
const MOST_TRAIT = 200;

/** What is plain enough to be read in a line. */
function traitsOf({ present }: Answer): [string, string][] {
  return Object.entries(present?.traits ?? {})
    .flatMap(([name, value]): [string, string][] =>
      ["string", "number", "boolean"].includes(typeof value)
        ? [[name, String(value).slice(0, MOST_TRAIT)]]
        : [],
    )
    .slice(-MOST_TRAITS);
}

function cartOf({ present, currency }: Answer): Cart {
  const lines = Object.entries(present?.cart?.lines ?? {}).map(([id, line]) => ({
    // A line's key is the product's, then its variant; a key that has to stand for the name is shown whole.
    name: line.name ?? id,
    variant: line.name && id.includes("/") ? id.slice(id.indexOf("/") + 1) : null,
    quantity: line.quantity,
    total: line.price * line.quantity,
  }));
  const total = lines.reduce((sum, line) => sum + line.total, 0);
  return { lines, total, currency: present?.cart?.currency ?? currency ?? DEFAULT_CURRENCY };
}

/** Orders in several currencies are counted, and not added up. */
function boughtOf({ orders, present }: Answer): Bought {
  const currencies = new Set(orders.map((order) => order.currency));
  const [currency] = currencies;
  return {
    count: Math.max(present?.orders ?? 0, orders.length),
    total: orders.reduce((sum, order) => sum + order.total, 0),
    currency: currencies.size === 1 ? (currency ?? null) : null,
  };
}
