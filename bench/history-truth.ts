/**
 * The campaigns of the generated history, and what is true of them: who buys without an invitation, and what the
 * invitation of each variant adds. Figures that are measured on the history can be held against this.
 *
 * Units   rates and lifts are shares of eligible visitors, moments are shares of the whole span.
 */
import type { Dice } from "./dice.ts";

export type VariantTruth = { key: string; weight: number; lift: number };
export type PhaseTruth = {
  phase: number;
  /** The stretch of the span in which it ran. */
  from: number;
  to: number;
  holdout: number;
  variants: VariantTruth[];
};
export type CampaignTruth = {
  id: string;
  kind: "chat" | "video" | "offer" | "content" | "callback";
  skill: string | null;
  /** How often it is met, against the others that run. */
  weight: number;
  /** The share of eligible visitors who buy without an invitation. */
  base: number;
  phases: PhaseTruth[];
};

const CAMPAIGNS = 20;
const KINDS = ["chat", "chat", "chat", "video", "offer", "content", "chat", "callback"] as const;
export const SKILLS = ["sales", "delivery", "returns"] as const;
const LIFTS = [0, 0, 0.002, 0.004, 0.006, 0.01, -0.003];
const HOLDOUTS = [0.1, 0.2, 0.5, 0.1, 0];

/** `CAMPAIGNS` campaigns of one to three phases with one to three variants, by `dice`. */
export function campaignsOf(dice: Dice): CampaignTruth[] {
  return Array.from({ length: CAMPAIGNS }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? "chat";
    const from = index < 6 ? 0 : dice.next() * 0.7;
    const to = index < 6 ? 1 : Math.min(1, from + 0.15 + dice.next() * 0.4);
    const phases = 1 + (index % 3);
    return {
      id: `cmp_bench_${String(index + 1).padStart(2, "0")}`,
      kind,
      skill: index % 4 === 0 ? null : dice.pick(SKILLS),
      weight: 0.5 + dice.next() * 2,
      base: 0.01 + dice.next() * 0.03,
      phases: Array.from({ length: phases }, (__, phase) => ({
        phase: phase + 1,
        from: from + ((to - from) * phase) / phases,
        to: from + ((to - from) * (phase + 1)) / phases,
        holdout: HOLDOUTS[(index + phase) % HOLDOUTS.length] ?? 0.1,
        variants: ["a", "b", "c"].slice(0, 1 + ((index + phase) % 3)).map((key, nth) => ({
          key,
          weight: nth === 0 ? 2 : 1,
          lift: dice.pick(LIFTS),
        })),
      })),
    };
  });
}
