/**
 * Whether a phase's figures can be trusted: the split of visitors, and where it goes wrong; who was seen twice; what
 * is still coming in; and whether the arms were alike before anything was shown.
 *
 * Units   shares from 0 to 1; days are local; moments are `EpochMs`.
 */
import { compare } from "../experiments/effect.ts";
import { checkSplit, enoughToCheck, SRM_P } from "../experiments/srm.ts";
import {
  comparedVariants,
  countedDays,
  daysWithVisitors,
  rulePlan,
  type PhaseFacts,
  type Totals,
} from "./phase.ts";
import type { ArmSums, Counts } from "./sums.ts";
import { HOLDOUT } from "./units.ts";

export type Gap = {
  dimension: "device" | "browser";
  name: string;
  treated: number;
  holdout: number;
  p: number;
};
export type Split = {
  p: number;
  flag: boolean;
  /** The hold-out's first, then the variants' (of a bandit, all together). */
  users: number[];
  planned: number[];
  /** Only of a split that is flagged: where it is worst, and the day since which it is. */
  largestGap: Gap | null;
  since: string | null;
};
export type Guards = {
  split: Split;
  multiple: { visitors: number; share: number | null };
  /** Whole days so far on which somebody came, and the weeks that they make. */
  days: number;
  wholeWeeks: number;
  maturing: number;
  /** Whether both arms had spent alike before: a test of the split on the visitors themselves. */
  alikeBefore: { p: number | null; passed: boolean };
  spendCap: { amount: number; visitors: number } | null;
  variants: number;
};

const DAY_MS = 86_400_000;
const MIN_IN_GROUP = 50;

export function guardsOf(facts: PhaseFacts, totals: Totals): Guards {
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
    maturing: control.maturing + treated.maturing,
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

function splitOf(facts: PhaseFacts, { control, treated, variants }: Totals): Split {
  const { weights } = rulePlan(facts, 1);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const users = facts.fixedShares
    ? [control.n, ...facts.variants.map(({ key }) => variants.get(key)?.n ?? 0)]
    : [control.n, treated.n];
  const { p, flag } = checkArms(facts.holdout, users, weights);
  return {
    p,
    flag,
    users,
    planned: weights.map((weight) => (all > 0 ? weight / all : 0)),
    largestGap: flag ? largestGap(facts.holdout, control, treated) : null,
    since: flag ? splitSince(facts) : null,
  };
}

/** Without anybody held out there is no share of the hold-out to check; of a handful of visitors none that says anything. */
function checkArms(holdout: number, users: readonly number[], weights: readonly number[]) {
  return holdout > 0 && enoughToCheck(users, weights) ? checkSplit(users, weights) : { p: 1, flag: false };
}

/** The device or browser whose visitors are split least as planned. */
function largestGap(holdout: number, control: ArmSums, treated: ArmSums): Gap | null {
  const gaps = (["device", "browser"] as const).flatMap((dimension) =>
    namesOf(control[dimension], treated[dimension]).map((name): Gap => {
      const [c, t] = [control[dimension][name] ?? 0, treated[dimension][name] ?? 0];
      return { dimension, name, treated: t, holdout: c, p: checkSplit([c, t], [holdout, 1 - holdout]).p };
    }),
  );
  const large = gaps.filter((gap) => gap.treated + gap.holdout >= MIN_IN_GROUP);
  return large.toSorted((a, b) => a.p - b.p)[0] ?? null;
}

function namesOf(...counts: readonly Counts[]): string[] {
  return [...new Set(counts.flatMap((each) => Object.keys(each)))];
}

/** The first day since which the split of all so far has been wrong without a break. */
function splitSince(facts: PhaseFacts): string | null {
  let [held, invited] = [0, 0];
  let since: string | null = null;
  for (const [day, arms] of countedDays(facts)) {
    for (const [key, { n }] of Object.entries(arms)) {
      if (key === HOLDOUT) held += n;
      else invited += n;
    }
    const { flag } = checkArms(facts.holdout, [held, invited], [facts.holdout, 1 - facts.holdout]);
    since = flag ? (since ?? day) : null;
  }
  return since;
}
