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
  visits: z.array(z.unknown()),
  orders: z.array(z.object({ total: z.number(), currency: z.string() })),
  offers: z.array(z.object({ id: z.string(), campaign: z.string(), variant: z.string() })),
  conversations: z.array(z.object({ id: z.string(), created_at: moment, status: z.string(), outcome: text })),
});
type Answer = z.infer<typeof Answer>;

export type TrailStep = { at: EpochMs; title: string; seconds: number | null };
export type CartLine = { name: string; variant: string | null; quantity: number; total: number };
export type Cart = { lines: CartLine[]; total: number; currency: string };
export type Bought = { count: number; total: number; currency: string | null };
export type Invitation = { campaign: string; variant: string };
export type PastConversation = { id: string; at: EpochMs; outcome: string | null; open: boolean };
export type VisitorView = {
  verified: boolean;
  visits: number;
  bought: Bought;
  trail: TrailStep[];
  cart: Cart;
  invitation: Invitation | null;
  past: PastConversation[];
};

/** The last pages that fit beside a conversation. */
const TRAIL_SHOWN = 12;
const DEFAULT_CURRENCY = "EUR";

/**
 * The answer as the pane shows it beside `conversation`, which began with the decision `decisionId`. Throws where
 * it is no visitor.
 */
export function readVisitor(answer: unknown, decisionId: string | null, conversation: string): VisitorView {
  const known = Answer.parse(answer);
  const offer = known.offers.find(({ id }) => id === decisionId);
  return {
    verified: known.verified,
    visits: Math.max(known.present?.visits ?? 0, known.visits.length),
    bought: boughtOf(known),
    trail: trailOf(known),
    cart: cartOf(known),
    invitation: offer === undefined ? null : { campaign: offer.campaign, variant: offer.variant },
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
  return (present?.trail ?? []).slice(-TRAIL_SHOWN).map(({ at, path, url, title, seconds }) => ({
    at,
    title: title ?? path ?? url ?? "",
    seconds: seconds ?? null,
  }));
}

function cartOf({ present }: Answer): Cart {
  const lines = Object.entries(present?.cart?.lines ?? {}).map(([id, line]) => ({
    // A line's key is the product's, then its variant; a key that has to stand for the name is shown whole.
    name: line.name ?? id,
    variant: line.name && id.includes("/") ? id.slice(id.indexOf("/") + 1) : null,
    quantity: line.quantity,
    total: line.price * line.quantity,
  }));
  const total = lines.reduce((sum, line) => sum + line.total, 0);
  return { lines, total, currency: present?.cart?.currency ?? DEFAULT_CURRENCY };
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
