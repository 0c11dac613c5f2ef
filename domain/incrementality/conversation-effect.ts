/**
 * What one conversation changed, for those who have one because they are invited (the complier average causal effect).
 *
 * The effect of inviting, divided by how many more conversations inviting made. It stands on one assumption that no
 * count can prove, and whoever shows the figure must word it: the invitation acts through the conversation alone.
 *
 * Shapes  `ci` is the usual ± (delta method), `robust` the Anderson–Rubin set, null where inviting may have made no
 *         conversations at all. `strength` says how far either can be trusted.
 * Units   a conversation's change in the share who buy, or in money.
 * Errors  none; null where inviting made neither more nor fewer conversations.
 */
import type { Interval } from "../experiments/effect.ts";
import { andersonRubin } from "./anderson-rubin.ts";
import { acceptanceOf, type Arms, covarianceOf, type Outcome, outcomeOf } from "./arm.ts";
import { around, finite, Z_95 } from "./figure.ts";

/** What has to be believed with every effect per conversation; screens word it by this code. */
export const ASSUMPTION = "acts_only_through_conversation";

/** Below this many standard errors inviting cannot be told from not inviting by the conversations it makes. */
export const Z_NONE = Z_95;
/** Below this many (an F of 10) the usual ± is not to be trusted. */
export const Z_WEAK = 3.2;

export type FirstStage = {
  treatment: number | null;
  control: number | null;
  diff: number | null;
  z: number | null;
  strength: "none" | "weak" | "strong";
};

export type WaldEffect = {
  point: number | null;
  se: number | null;
  ci: Interval | null;
  robust: Interval | null;
};

export type ConversationEffect = {
  firstStage: FirstStage;
  conversion: WaldEffect;
  revenue: WaldEffect;
  assumption: typeof ASSUMPTION;
  /** Whether the held-out had conversations too: then it is the effect of being invited to one, not of having one. */
  contaminated: boolean;
};

/** @param critical standard errors that the robust interval is given, of a reading that may be looked at any day */
export function conversationEffect(arms: Arms, critical: number = Z_95): ConversationEffect {
  return {
    firstStage: firstStageOf(arms),
    conversion: waldEffect(arms, "conversion", critical),
    revenue: waldEffect(arms, "revenue", critical),
    assumption: ASSUMPTION,
    contaminated: arms.control.accepted > 0,
  };
}

/** How many more visitors had a conversation for being invited. */
export function firstStageOf(arms: Arms): FirstStage {
  const treatment = acceptanceOf(arms.treatment);
  const control = acceptanceOf(arms.control);
  const means = { treatment: treatment?.mean ?? null, control: control?.mean ?? null };
  if (treatment === null || control === null) return { ...means, diff: null, z: null, strength: "none" };
  const diff = treatment.mean - control.mean;
  const se = Math.sqrt((treatment.variance ?? 0) + (control.variance ?? 0));
  return { ...means, diff, z: se === 0 ? null : finite(diff / se), strength: strengthOf(diff, se) };
}

/** Everybody in one arm and nobody in the other has no spread, and is as strong as it can be. */
function strengthOf(diff: number, se: number): FirstStage["strength"] {
  if (diff === 0 || Math.abs(diff) < Z_NONE * se) return "none";
  return Math.abs(diff) < Z_WEAK * se ? "weak" : "strong";
}

function waldEffect(arms: Arms, outcome: Outcome, critical: number): WaldEffect {
  const parts = partsOf(arms, outcome);
  const point =
    parts === null || parts.denominator === 0 ? null : finite(parts.numerator / parts.denominator);
  if (parts === null || point === null) return { point: null, se: null, ci: null, robust: null };
  const { numeratorVariance, denominatorVariance, covariance } = parts;
  if (numeratorVariance === null || denominatorVariance === null || covariance === null) {
    return { point, se: null, ci: null, robust: null };
  }
  const spread = numeratorVariance - 2 * point * covariance + point ** 2 * denominatorVariance;
  const se = finite(Math.sqrt(Math.max(0, spread)) / Math.abs(parts.denominator));
  const robust = andersonRubin({ ...parts, numeratorVariance, denominatorVariance, covariance }, critical);
  return { point, se, ci: around(point, se), robust };
}

function partsOf({ treatment, control }: Arms, outcome: Outcome) {
  const [bought, kept] = [outcomeOf(treatment, outcome), outcomeOf(control, outcome)];
  const [talked, reached] = [acceptanceOf(treatment), acceptanceOf(control)];
  if (bought === null || kept === null || talked === null || reached === null) return null;
  return {
    numerator: bought.mean - kept.mean,
    denominator: talked.mean - reached.mean,
    numeratorVariance: sum(bought.variance, kept.variance),
    denominatorVariance: sum(talked.variance, reached.variance),
    covariance: sum(covarianceOf(treatment, outcome), covarianceOf(control, outcome)),
  };
}

const sum = (one: number | null, other: number | null) =>
  one === null || other === null ? null : one + other;
