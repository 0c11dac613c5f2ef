/**
 * What a hold-out costs in days: from what the campaign's phase has seen so far, else from a dry run of the draft.
 *
 * Shapes  `Traffic` is how many visitors become eligible a day and how many of them buy; null where nobody can tell.
 * Units   moments are epoch ms; shares and rates from 0 to 1.
 */
import { daysToSee } from "../../../domain/experiments/sample-size.ts";

export type Traffic = { eligiblePerDay: number; baseRate: number };

type Arm = { visitors: number; conversions: number };
export type PhaseResults = {
  phase: number;
  phases: readonly { phase: number; started_at: string }[];
  arms: { treated: Arm; holdout: Arm };
};

/** One point: what every hold-out is priced at. */
const LIFT = 0.01;
/** Fewer visitors than this say nothing of how many buy. */
const LEAST_VISITORS = 100;
const DAY_MS = 86_400_000;
/** What a hold-out is compared with: the usual small one, or the usual large one beside it. */
const SMALL = 0.05;
const LARGE = 0.2;

/** The traffic of the phase that `results` tell of, as it is at `now`. */
export function trafficOf({ phase, phases, arms }: PhaseResults, now: number): Traffic | null {
  const started = phases.find((one) => one.phase === phase)?.started_at;
  const visitors = arms.treated.visitors + arms.holdout.visitors;
  if (started === undefined || visitors < LEAST_VISITORS) return null;
  const days = Math.max(1, (now - Date.parse(started)) / DAY_MS);
  // Those who see nothing tell the base; before there are enough of them, everybody together is near it.
  const base = arms.holdout.visitors >= LEAST_VISITORS ? [arms.holdout] : [arms.treated, arms.holdout];
  const sum = (key: keyof Arm): number => base.reduce((total, arm) => total + arm[key], 0);
  return { eligiblePerDay: visitors / days, baseRate: sum("conversions") / sum("visitors") };
}

export type Replayed = { eligible: number; from: string | null; to: string | null };

/** The traffic that a dry run foretells; `baseRate` is the site's own, since nobody has been held out yet. */
export function trafficOfDryRun({ eligible, from, to }: Replayed, baseRate: number | null): Traffic | null {
  if (from === null || to === null || baseRate === null) return null;
  const days = Math.max(1, (Date.parse(to) - Date.parse(from)) / DAY_MS);
  return { eligiblePerDay: eligible / days, baseRate };
}

export type Price = { days: number; other: { holdout: number; days: number } | null };

/** The days until one more point is seen at `holdout`, beside those at another share; null where they are unknown. */
export function priceOf(holdout: number, traffic: Traffic | null): Price | null {
  if (traffic === null) return null;
  const at = (share: number): number | null =>
    daysToSee({ holdout: share, baseRate: traffic.baseRate, lift: LIFT }, traffic.eligiblePerDay);
  const days = at(holdout);
  if (days === null) return null;
  const share = holdout > SMALL ? SMALL : LARGE;
  const other = at(share);
  return { days, other: other === null ? null : { holdout: share, days: other } };
}
