/** The visitor as an agent sees him. */
import type { EpochMs } from "../ids.ts";
import { type KnownFacts, knownFacts } from "./known.ts";
import type { KnownExposure, Step, VisitorState } from "./state.ts";
import { trailOf } from "./trail.ts";

export type VisitorSnapshot = {
  visitor: string;
  visits: number;
  user_id: string | null;
  traits: VisitorState["traits"];
  orders: number;
  lifetime_value: number;
  facts: KnownFacts;
  trail: (Omit<Step, "missing"> & { seconds: number | null })[];
  cart: NonNullable<VisitorState["visit"]>["cart"] | null;
  engagement: KnownExposure[];
  conversation: string | null;
  last_at: EpochMs;
};

/** `state` as it is at `now`; a step's seconds are known once the next one began. */
export function snapshotOf(state: VisitorState, now: EpochMs): VisitorSnapshot {
  const trail = state.visit === null ? [] : trailOf(state.visit);
  return {
    visitor: state.visitor,
    visits: state.visits,
    user_id: state.userId,
    traits: state.traits,
    orders: state.orders,
    lifetime_value: state.lifetimeValue,
    facts: knownFacts(state, null, now),
    trail: trail.map(({ missing: _missing, ...step }, index) => {
      const next = trail[index + 1];
      return { ...step, seconds: next === undefined ? null : Math.round((next.at - step.at) / 1_000) };
    }),
    cart: state.visit?.cart ?? null,
    engagement: state.exposures,
    conversation: state.conversation?.id ?? null,
    last_at: state.lastAt,
  };
}
