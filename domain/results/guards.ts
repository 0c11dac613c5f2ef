/**
 * Whether a phase's figures can be trusted: the split of visitors (`split.ts`); who was seen twice; whose purchases
 * are still coming in; and whether the arms were alike before anything was shown.
 *
 * Units   shares from 0 to 1; days are local; moments are `EpochMs`.
 */
import { compare } from "../experiments/effect.ts";
import { SRM_P } from "../experiments/srm.ts";
import { comparedVariants, daysWithVisitors, type PhaseFacts, type Totals } from "./phase.ts";
import { type Split, splitOf } from "./split.ts";
import type { ArmSums } from "./sums.ts";

export type Guards = {
  split: Split;
  multiple: { visitors: number; share: number | null };
  /** Whole days so far on which somebody came, and the weeks that they make. */
  days: number;
  wholeWeeks: number;
  /** Visitors of days that are not read yet, because somebody's window is open. */
  maturing: number;
  /** Whether both arms had spent alike before: a test of the split on the visitors themselves. */
  alikeBefore: { p: number | null; passed: boolean };
  spendCap: { amount: number; visitors: number } | null;
  variants: number;
};

const DAY_MS = 86_400_000;

/** Of everybody who counts; `read` are those whose purchases are in. */
export function guardsOf(facts: PhaseFacts, totals: Totals, read: Totals): Guards {
  const { sums, now, startedAt, stoppedAt, plan } = facts;
  const { control, treated } = totals;
  const counted = control.n + treated.n + sums.multiple;
  const elapsed = Math.max(0, Math.floor(((stoppedAt ?? now) - startedAt) / DAY_MS));
  const days = Math.min(elapsed, daysWithVisitors(facts));
  const alike = compare(
    { kind: "mean", control: spentBefore(control), treatment: spentBefore(treated) },
    "absolute",
  );
  return {
    split: splitOf(facts, totals),
    multiple: { visitors: sums.multiple, share: counted === 0 ? null : sums.multiple / counted },
    days,
    wholeWeeks: Math.floor(days / 7),
    maturing: control.n + treated.n - read.control.n - read.treated.n,
    alikeBefore: { p: alike.ok ? alike.p : null, passed: !alike.ok || alike.p >= SRM_P },
    spendCap:
      plan?.spend_cap == null ? null : { amount: plan.spend_cap, visitors: control.capped + treated.capped },
    // A bandit's variants are compared with nobody.
    variants: Math.max(1, comparedVariants(facts).size),
  };
}

function spentBefore({ n, before_cents, before_sq }: ArmSums) {
  return { n, sum: before_cents, sumsq: before_sq };
}
