/**
 * What the right pane tells of a visitor, read from `GET /api/sites/{site}/visitors/{id}`.
 *
 * Shapes  every part may be missing: a visitor without consent has hardly more than a page. Moments come as ISO
 *         8601 or EpochMs and leave as EpochMs.
 * Units   `seconds` on a page are whole; money is in major units of the cart's currency.
 */
import * as z from "zod/mini";
import type { EpochMs } from "../../../domain/ids.ts";

const moment = z.pipe(
  z.union([z.number(), z.string()]),
  z.transform((at: number | string) => (typeof at === "number" ? at : Date.parse(at))),
);
const text = z.nullish(z.string());
const amount = z.nullish(z.number());

const Step = z.object({ at: moment, path: text, url: text, title: text, seconds: amount });
const Line = z.object({ price: z._default(z.number(), 0), quantity: z._default(z.number(), 1), name: text });
const Exposure = z.object({
  id: z.string(),
  campaign: z.string(),
  campaign_name: text,
  variant: text,
  kind: text,
  arm: text,
  shownAt: z.nullish(moment),
  openedAt: z.nullish(moment),
  reasons: z.nullish(z.array(z.string())),
});
const Past = z.object({ id: z.string(), created_at: moment, status: text, outcome: text });

const Snapshot = z.object({
  visits: amount,
  orders: amount,
  lifetime_value: amount,
  traits: z.nullish(z.record(z.string(), z.unknown())),
  trail: z.nullish(z.array(Step)),
  cart: z.nullish(z.object({ lines: z.nullish(z.record(z.string(), Line)), currency: text })),
  engagement: z.nullish(z.array(Exposure)),
  conversations: z.nullish(z.array(Past)),
});

export type TrailStep = { at: EpochMs; title: string; seconds: number | null };
export type CartLine = { name: string; quantity: number; total: number };
export type Invitation = { campaign: string; variant: string | null; kind: string | null; reasons: string[] };
export type PastConversation = { id: string; at: EpochMs; outcome: string | null; open: boolean };
export type VisitorView = {
  visits: number | null;
  orders: number | null;
  lifetimeValue: number | null;
  currency: string | null;
  trail: TrailStep[];
  cart: CartLine[];
  cartTotal: number;
  invitation: Invitation | null;
  past: PastConversation[];
};

/** The last pages that fit beside a conversation. */
const TRAIL_SHOWN = 12;

/** The answer as the pane shows it. Throws where it is no visitor. `decisionId` is what the conversation began with. */
export function readVisitor(answer: unknown, decisionId: string | null, conversation: string): VisitorView {
  const known = Snapshot.parse(answer);
  const cart = Object.entries(known.cart?.lines ?? {}).map(([id, line]) => ({
    name: line.name ?? id,
    quantity: line.quantity,
    total: line.price * line.quantity,
  }));
  return {
    visits: known.visits ?? null,
    orders: known.orders ?? null,
    lifetimeValue: known.lifetime_value ?? null,
    currency: known.cart?.currency ?? null,
    trail: (known.trail ?? []).slice(-TRAIL_SHOWN).map(({ at, path, url, title, seconds }) => ({
      at,
      title: title ?? path ?? url ?? "",
      seconds: seconds ?? null,
    })),
    cart,
    cartTotal: cart.reduce((sum, line) => sum + line.total, 0),
    invitation: invitationOf(known.engagement ?? [], decisionId),
    past: (known.conversations ?? [])
      .filter((past) => past.id !== conversation)
      .map((past) => ({
        id: past.id,
        at: past.created_at,
        outcome: past.outcome ?? null,
        open: past.status !== "closed",
      })),
  };
}

function invitationOf(
  exposures: readonly z.infer<typeof Exposure>[],
  decisionId: string | null,
): Invitation | null {
  const found = exposures.find((exposure) => exposure.id === decisionId);
  if (found === undefined) return null;
  return {
    campaign: found.campaign_name ?? found.campaign,
    variant: found.variant ?? null,
    kind: found.kind ?? null,
    reasons: found.reasons ?? [],
  };
}
