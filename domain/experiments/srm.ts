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

/**
 * Where a mismatch comes from: the groups of one dimension (days, devices, browsers) that are flagged by themselves, the
 * surest first. Each p answers for all groups that were looked through (Holm).
 */
export function unevenGroups(
  groups: readonly Group[],
  weights: readonly number[],
): { name: string; users: readonly number[]; p: number }[] {
  const checks = groups.map(({ users }) => checkSplit(users, weights).p);
  return holm(checks)
    .flatMap((p, index) => {
      const group = groups[index];
      return group === undefined || p >= SRM_P ? [] : [{ name: group.name, users: group.users, p }];
    })
    .toSorted((a, b) => a.p - b.p);
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
