/**
 * How the visitors of a phase were split, whole and by group: a fault that only one browser has, or one day had, may leave
 * the whole as it was planned, and no difference means anything all the same.
 *
 * Shapes  counts are parallel to the decision rule's weights: the hold-out's first, then the variants' (of a bandit, all
 *         together).
 * Units   counts of units, by the day, device and browser of their first eligible moment.
 */
import { checkGroups, checkSplit, type Group, type SplitReport } from "../experiments/srm.ts";
import { countedDays, type PhaseFacts, rulePlan, type Totals } from "./phase.ts";
import type { ArmSums } from "./sums.ts";
import { HOLDOUT } from "./units.ts";

export type SplitGroup = Group & { dimension: "day" | "device" | "browser" };
export type Gap = {
  dimension: SplitGroup["dimension"];
  name: string;
  treated: number;
  holdout: number;
  p: number;
};
export type Split = {
  /** The smallest of all checks, each answering for all of them; null where there are too few visitors to check. */
  p: number | null;
  flag: boolean;
  /** How many checks were made: of the whole, and of its days, devices and browsers. */
  checks: number;
  users: number[];
  planned: number[];
  /** Whether the whole is not as planned, or a group of it alone. */
  whole: boolean;
  /** Only of a split that is flagged: the group that it is surest of, or where the whole is worst; and the day since which. */
  largestGap: Gap | null;
  since: string | null;
};

/** Fewer are not named as what a fault of the whole comes from. */
const MIN_IN_GROUP = 50;

const variantKeys = ({ variants }: Pick<PhaseFacts, "variants">) =>
  variants.map(({ key }) => `treated:${key}`);

/** How many are in each arm of the rule, by the arms' keys. */
export function usersOf(
  facts: Pick<PhaseFacts, "variants" | "fixedShares">,
  of: (key: string) => number,
): number[] {
  const variants = variantKeys(facts).map(of);
  return [of(HOLDOUT), ...(facts.fixedShares ? variants : [variants.reduce((sum, n) => sum + n, 0)])];
}

/** The visitors of each day, device and browser. */
export function splitGroups(facts: PhaseFacts, { control, variants }: Totals): SplitGroup[] {
  const days = countedDays(facts).map(([name, arms]): SplitGroup => ({
    dimension: "day",
    name,
    users: usersOf(facts, (key) => arms[key]?.n ?? 0),
  }));
  const arms = new Map<string, ArmSums>([[HOLDOUT, control]]);
  for (const [key, sums] of variants) arms.set(`treated:${key}`, sums);
  const byName = (["device", "browser"] as const).flatMap((dimension) => {
    const names = new Set([...arms.values()].flatMap((sums) => Object.keys(sums[dimension])));
    return [...names].map((name): SplitGroup => ({
      dimension,
      name,
      users: usersOf(facts, (key) => arms.get(key)?.[dimension][name] ?? 0),
    }));
  });
  return [...days, ...byName];
}

export function splitOf(facts: PhaseFacts, totals: Totals): Split {
  const { weights } = rulePlan(facts, 1);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const users = usersOf(facts, (key) =>
    key === HOLDOUT ? totals.control.n : (totals.variants.get(key.slice("treated:".length))?.n ?? 0),
  );
  const groups = splitGroups(facts, totals);
  const report = check(facts, users, groups, weights);
  return {
    p: report.p,
    flag: report.flag,
    checks: report.checks,
    users,
    planned: weights.map((weight) => (all > 0 ? weight / all : 0)),
    whole: report.isWholeUneven,
    largestGap: report.flag ? largestGap(report, groups, weights) : null,
    since: report.isWholeUneven ? splitSince(facts, weights) : null,
  };
}

/** Without anybody held out there is no share of the hold-out to check. */
function check(
  { holdout }: PhaseFacts,
  users: readonly number[],
  groups: readonly SplitGroup[],
  weights: readonly number[],
): SplitReport<SplitGroup> {
  return checkGroups(users, groups, holdout > 0 ? weights : []);
}

/** The group that is flagged by itself, or of a whole that is the device or browser whose visitors are split least as planned. */
function largestGap(
  { uneven }: SplitReport<SplitGroup>,
  groups: readonly SplitGroup[],
  weights: readonly number[],
): Gap | null {
  const [surest] = uneven;
  if (surest !== undefined) return gapOf(surest, surest.p);
  const named = groups
    .filter(({ dimension }) => dimension !== "day")
    .map((group) => gapOf(group, checkSplit(group.users, weights).p));
  const large = named.filter(({ treated, holdout }) => treated + holdout >= MIN_IN_GROUP);
  return large.toSorted((a, b) => a.p - b.p)[0] ?? null;
}

function gapOf({ dimension, name, users }: SplitGroup, p: number): Gap {
  const [holdout = 0, ...treated] = users;
  return { dimension, name, treated: treated.reduce((sum, n) => sum + n, 0), holdout, p };
}

/** The first day since which the split of all so far has been wrong without a break. */
function splitSince(facts: PhaseFacts, weights: readonly number[]): string | null {
  const users = new Map<string, number>();
  let since: string | null = null;
  for (const [day, arms] of countedDays(facts)) {
    for (const [key, { n }] of Object.entries(arms)) users.set(key, (users.get(key) ?? 0) + n);
    const { flag } = check(
      facts,
      usersOf(facts, (key) => users.get(key) ?? 0),
      [],
      weights,
    );
    since = flag ? (since ?? day) : null;
  }
  return since;
}
