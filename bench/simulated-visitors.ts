/**
 * Visitors whose truth is known: how often each kind of interval holds it, and what comparing those who accepted with
 * those who declined would have said of an offer that changes nothing.
 *
 * Shapes  every function takes its dice, so that a seed gives the same visitors everywhere.
 * Units   rates and differences from 0 to 1; money is made up.
 */
import {
  compare,
  type CupedSums,
  type Interval,
  type RatioSums,
  type Sums,
} from "../domain/experiments/effect.ts";
import { fiellerLift } from "../domain/experiments/fieller.ts";
import { normalCritical } from "../domain/experiments/distributions.ts";
import { newcombe } from "../domain/experiments/small-counts.ts";
import type { Arm } from "../domain/incrementality/arm.ts";
import { conversationEffect } from "../domain/incrementality/conversation-effect.ts";
import type { Dice } from "./dice.ts";
import { binomialDraws } from "./simulated-campaigns.ts";

export type Coverage = { method: string; runs: number; covered: number };

/** How often the 95 % interval of each method holds a true effect that is not nothing. */
export function coverages(runs: number, dice: Dice): Coverage[] {
  const trials = [
    { method: "mean (revenue a visitor)", trial: meanTrial(dice) },
    { method: "ratio (revenue an order)", trial: ratioTrial(dice) },
    { method: "mean adjusted by the past", trial: adjustedTrial(dice) },
    { method: "relative lift, small hold-out", trial: liftTrial(dice) },
    { method: "difference of small counts", trial: fewTrial(dice) },
  ];
  return trials.map(({ method, trial }) => {
    let covered = 0;
    for (let run = 0; run < runs; run += 1) if (trial()) covered += 1;
    return { method, runs, covered };
  });
}

const holds = ([low, high]: Interval, truth: number) => low <= truth && truth <= high;

const SPREAD = 0.6;
const meanAmount = (log: number) => Math.exp(log + SPREAD ** 2 / 2);

function meanTrial(dice: Dice): () => boolean {
  const draw = binomialDraws(dice);
  const n = 5_000;
  const arm = (rate: number): Sums => {
    const sums = { n, sum: 0, sumsq: 0 };
    for (let buyers = draw(n, rate); buyers > 0; buyers -= 1) {
      const amount = Math.exp(4 + SPREAD * dice.normal());
      sums.sum += amount;
      sums.sumsq += amount ** 2;
    }
    return sums;
  };
  const truth = 0.01 * meanAmount(4);
  return () => {
    const found = compare({ kind: "mean", control: arm(0.05), treatment: arm(0.06) }, "absolute");
    return found.ok && holds(found.ci, truth);
  };
}

/** One buyer in five orders twice, for similar amounts: orders are not independent, visitors are. */
function ratioTrial(dice: Dice): () => boolean {
  const draw = binomialDraws(dice);
  const n = 5_000;
  const arm = (log: number): RatioSums => {
    const sums = { n, sum: 0, sumsq: 0, divisorSum: 0, divisorSumsq: 0, product: 0 };
    for (let buyers = draw(n, 0.06); buyers > 0; buyers -= 1) {
      const orders = dice.next() < 0.2 ? 2 : 1;
      const spent = orders * Math.exp(log + SPREAD * dice.normal());
      sums.sum += spent;
      sums.sumsq += spent ** 2;
      sums.divisorSum += orders;
      sums.divisorSumsq += orders ** 2;
      sums.product += spent * orders;
    }
    return sums;
  };
  const truth = meanAmount(4.05) - meanAmount(4);
  return () => {
    const found = compare({ kind: "ratio", control: arm(4), treatment: arm(4.05) }, "absolute");
    return found.ok && holds(found.ci, truth);
  };
}

function adjustedTrial(dice: Dice): () => boolean {
  const n = 500;
  const arm = (effect: number): CupedSums => {
    const sums = { n, sum: 0, sumsq: 0, preSum: 0, preSumsq: 0, product: 0 };
    for (let visitor = 0; visitor < n; visitor += 1) {
      const before = 10 + dice.normal();
      const after = 3 + effect + 0.7 * before + 0.7 * dice.normal();
      sums.sum += after;
      sums.sumsq += after ** 2;
      sums.preSum += before;
      sums.preSumsq += before ** 2;
      sums.product += before * after;
    }
    return sums;
  };
  return () => {
    const found = compare({ kind: "cuped", control: arm(0), treatment: arm(0.1) }, "absolute");
    return found.ok && holds(found.ci, 0.1);
  };
}

function liftTrial(dice: Dice): () => boolean {
  const draw = binomialDraws(dice);
  const of = (n: number, rate: number) => {
    const mean = draw(n, rate) / n;
    return { mean, variance: (mean * (1 - mean)) / n };
  };
  const critical = normalCritical(0.05);
  return () => {
    const lift = fiellerLift(of(2_000, 0.02), of(18_000, 0.024), critical);
    return lift === null || holds(lift, 0.2);
  };
}

function fewTrial(dice: Dice): () => boolean {
  const draw = binomialDraws(dice);
  return () => {
    const arms = { control: { n: 400, x: draw(400, 0.012) }, treatment: { n: 400, x: draw(400, 0.03) } };
    const interval = newcombe(arms);
    return interval !== null && holds(interval, 0.018);
  };
}

export type Selection = {
  runs: number;
  /** Means over the runs, in rate. */
  acceptedMinusDeclined: number;
  acceptedMinusHeldOut: number;
  invitedMinusHeldOut: number;
  perConversation: number;
  acceptorsRate: number;
  declinersRate: number;
  /** How many runs' interval of the effect per conversation held the truth, which is 0. */
  covered: number;
};

const VISITORS = 100_000;
const HELD_OUT = 0.1;
const logit = (share: number) => Math.log(share / (1 - share));
const share = (odds: number) => 1 / (1 + Math.exp(-odds));

/**
 * An offer that changes nothing. How set a visitor is on buying, which nobody sees, moves both whether they buy and
 * whether they talk: one deviation more, and the odds of each are e times as high.
 */
export function selfSelection(runs: number, dice: Dice, onRun: (done: number) => void = () => {}): Selection {
  const sum = {
    declined: 0,
    heldOut: 0,
    invited: 0,
    conversation: 0,
    acceptors: 0,
    decliners: 0,
    covered: 0,
  };
  for (let run = 0; run < runs; run += 1) {
    const { treatment, control } = invite(dice);
    const effect = conversationEffect({ treatment, control }).conversion;
    const acceptors = treatment.acceptedConversions / treatment.accepted;
    const decliners =
      (treatment.conversions - treatment.acceptedConversions) / (treatment.n - treatment.accepted);
    const held = control.conversions / control.n;
    sum.declined += acceptors - decliners;
    sum.heldOut += acceptors - held;
    sum.invited += treatment.conversions / treatment.n - held;
    sum.conversation += effect.point ?? 0;
    sum.acceptors += acceptors;
    sum.decliners += decliners;
    sum.covered += effect.ci !== null && holds(effect.ci, 0) ? 1 : 0;
    onRun(run + 1);
  }
  return {
    runs,
    acceptedMinusDeclined: sum.declined / runs,
    acceptedMinusHeldOut: sum.heldOut / runs,
    invitedMinusHeldOut: sum.invited / runs,
    perConversation: sum.conversation / runs,
    acceptorsRate: sum.acceptors / runs,
    declinersRate: sum.decliners / runs,
    covered: sum.covered,
  };
}

function invite(dice: Dice): { treatment: Arm; control: Arm } {
  const treatment = emptyArm();
  const control = emptyArm();
  const [buying, talking] = [logit(0.02), logit(0.05)];
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    const set = dice.normal();
    const held = dice.next() < HELD_OUT;
    const buys = dice.next() < share(buying + set) ? 1 : 0;
    const arm = held ? control : treatment;
    arm.n += 1;
    arm.conversions += buys;
    if (held || dice.next() >= share(talking + set)) continue;
    arm.accepted += 1;
    arm.acceptedConversions += buys;
  }
  return { treatment, control };
}

function emptyArm(): Arm {
  return {
    n: 0,
    conversions: 0,
    revenue: 0,
    revenueSquares: 0,
    accepted: 0,
    acceptedConversions: 0,
    acceptedRevenue: 0,
  };
}
