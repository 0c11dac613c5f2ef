/**
 * Sample-ratio mismatch: whether the arms have as many visitors as their weights promise.
 *
 * Where they have not, who is in which arm depends on something else than chance, and no difference between them means
 * anything: a result with a mismatch is hidden, not footnoted. Count those assigned, never only those reached.
 *
 * Shapes  `users` and `weights` are parallel. An arm without weight should have nobody: it has no degree of freedom, but
 *         visitors in it are missed elsewhere and so show.
 * Errors  none; without a choice between arms, or without visitors, nothing contradicts the plan: p is 1.
 */
import { chiSquareSurvival } from "./distributions.ts";
import { holm } from "./multiple.ts";

/** So low because it is looked at again and again; a real fault soon goes far below. */
export const SRM_P = 0.001;

export type SplitCheck = { chi2: number; df: number; p: number; flag: boolean };

export function checkSplit(users: readonly number[], weights: readonly number[]): SplitCheck {
  const expected = expectedUsers(users, weights);
  let [chi2, arms] = [0, 0];
  for (const [arm, due] of expected.entries()) {
    if (!(due > 0)) continue;
    arms += 1;
    chi2 += ((users[arm] ?? 0) - due) ** 2 / due;
  }
  const df = Math.max(0, arms - 1);
  const p = df === 0 ? 1 : chiSquareSurvival(chi2, df);
  return { chi2, df, p, flag: p < SRM_P };
}

export type Group = { name: string; users: readonly number[] };
/** `p` answers for all that were looked through with it. */
export type Judged<T extends Group> = T & { p: number };

/**
 * Where a mismatch comes from: the groups of one dimension or of several (days, devices, browsers) that are flagged by
 * themselves, the surest first. Each p answers for all groups that were looked through (Holm); of a handful of visitors
 * none is.
 */
export function unevenGroups<T extends Group>(groups: readonly T[], weights: readonly number[]): Judged<T>[] {
  return judgedGroups(groups, weights).filter(({ p }) => p < SRM_P);
}

function judgedGroups<T extends Group>(groups: readonly T[], weights: readonly number[]): Judged<T>[] {
  const enough = groups.filter(({ users }) => enoughToCheck(users, weights));
  const checks = enough.map(({ users }) => rareP(users, weights));
  return holm(checks)
    .flatMap((p, index) => {
      const group = enough[index];
      return group === undefined ? [] : [{ ...group, p }];
    })
    .toSorted((a, b) => a.p - b.p);
}

/**
 * The p of a group, which must hold far below one in a thousand since many are looked through. There the chi-square of a
 * few says too much of an arm that has more than its due, and the likelihood ratio of one that has less: the larger p of
 * the two is right of both.
 */
function rareP(users: readonly number[], weights: readonly number[]): number {
  const { df, p } = checkSplit(users, weights);
  let deviance = 0;
  for (const [arm, due] of expectedUsers(users, weights).entries()) {
    const seen = users[arm] ?? 0;
    if (due > 0) deviance += 2 * ((seen > 0 ? seen * Math.log(seen / due) : 0) - (seen - due));
  }
  return df === 0 ? p : Math.max(p, chiSquareSurvival(Math.max(0, deviance), df));
}

export type SplitReport<T extends Group> = {
  /** The smallest p of all checks, each answering for all of them; null where there are too few visitors to check. */
  p: number | null;
  flag: boolean;
  /** How many checks could be made: the whole, and groups of it. */
  checks: number;
  isWholeUneven: boolean;
  /** The groups that are flagged by themselves, the surest first. */
  uneven: Judged<T>[];
};

/** The whole has one half of the error and its groups together the other, so that the more there are, nothing more is flagged by chance. */
const HALVES = 2;

/** The whole split and its groups, with the error of one check for all of them. */
export function checkGroups<T extends Group>(
  users: readonly number[],
  groups: readonly T[],
  weights: readonly number[],
): SplitReport<T> {
  const nothing = { p: null, flag: false, checks: 0, isWholeUneven: false, uneven: [] };
  const check = checkSplit(users, weights);
  if (check.df === 0 || !enoughToCheck(users, weights)) return nothing;
  const whole = Math.min(1, HALVES * check.p);
  const judged = judgedGroups(groups, weights).map((group) => ({
    ...group,
    p: Math.min(1, HALVES * group.p),
  }));
  const p = Math.min(whole, judged[0]?.p ?? 1);
  return {
    p,
    flag: p < SRM_P,
    checks: 1 + judged.length,
    isWholeUneven: whole < SRM_P,
    uneven: judged.filter((group) => group.p < SRM_P),
  };
}

/** Below this many due in an arm, the chi-square of a split is no guide. */
const MIN_DUE = 5;

/** Whether every arm with weight is due so many that the check says something. */
export function enoughToCheck(users: readonly number[], weights: readonly number[]): boolean {
  return expectedUsers(users, weights).every((due, arm) => !((weights[arm] ?? 0) > 0) || due >= MIN_DUE);
}

/** How many visitors each arm should have. */
export function expectedUsers(users: readonly number[], weights: readonly number[]): number[] {
  const all = users.reduce((sum, count) => sum + count, 0);
  const weight = weights.reduce((sum, share) => sum + Math.max(0, share), 0);
  return weights.map((share) => (weight > 0 ? (Math.max(0, share) / weight) * all : 0));
}
