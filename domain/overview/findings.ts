/**
 * What needs somebody: at most five findings, each with one thing to do, the most pressing first.
 *
 * What makes figures wrong comes before what loses visitors, and that before what could be decided or known.
 *
 * Shapes  a `Finding` names its kind and what its sentence is made of; the screens and the weekly report word it.
 * Units   counts; shares from 0 to 1.
 * Errors  none.
 */
import type { PhaseRead } from "./earnings.ts";
import type { LongWait } from "./waits.ts";

export const FINDINGS = [
  "history_late",
  "unusable_split",
  "worse",
  "long_waits",
  "better",
  "no_difference",
  "holdout_missing",
  "too_few",
  "margin_missing",
  "costs_missing",
  "no_campaign",
] as const;
export type FindingCode = (typeof FINDINGS)[number];

type Campaign = { campaign: string; name: string };
export type Finding =
  | { code: "history_late"; letters: number; behindMs: number }
  | ({ code: "unusable_split"; users: readonly number[]; planned: readonly number[] } & Campaign)
  | ({ code: "worse" | "better" | "no_difference" | "holdout_missing" | "too_few" } & Campaign)
  | ({ code: "long_waits"; targetSeconds: number } & LongWait)
  | { code: "margin_missing" | "costs_missing" | "no_campaign" };

export type Noticed = {
  phases: readonly (PhaseRead & { isLive: boolean })[];
  /** A hold-out over all campaigns stands in for those that have none of their own. */
  hasSiteHoldout: boolean;
  worstWait: LongWait | null;
  targetSeconds: number;
  margin: number | null;
  hasCosts: boolean;
  late: Lateness;
};

export const MOST_FINDINGS = 5;
/** Behind by less, and the next look has it. */
const BEHIND_MS = 10 * 60_000;

/** What of a site has not arrived in history: messages that it refused, and how far it is behind. */
export type Lateness = { letters: number; behindMs: number };
/** Whether figures lack something that nobody may wait for. */
export const isLate = ({ letters, behindMs }: Lateness) => letters > 0 || behindMs >= BEHIND_MS;

/** Whoever has seen so few has not waited long enough to be told that it is too few. */
const FEWEST_TRIED = 500;

export function findingsOf(noticed: Noticed): Finding[] {
  const { phases, worstWait, late, targetSeconds } = noticed;
  const found: Finding[] = phases.flatMap((phase) => ofPhase(phase, noticed));
  if (isLate(late)) found.push({ code: "history_late", ...late });
  if (worstWait !== null) found.push({ code: "long_waits", targetSeconds, ...worstWait });
  if (!phases.some(({ isLive }) => isLive)) found.push({ code: "no_campaign" });
  else if (noticed.margin === null) found.push({ code: "margin_missing" });
  else if (!noticed.hasCosts) found.push({ code: "costs_missing" });
  return found
    .toSorted((a, b) => FINDINGS.indexOf(a.code) - FINDINGS.indexOf(b.code))
    .slice(0, MOST_FINDINGS);
}

function ofPhase(
  { campaign, name, comparison, arms, isLive }: Noticed["phases"][number],
  { hasSiteHoldout }: Noticed,
): Finding[] {
  if (comparison === null || !isLive) return [];
  const { verdict } = comparison;
  const own = { campaign, name };
  switch (verdict.kind) {
    case "unusable_split":
      return [{ code: "unusable_split", ...own, users: verdict.users, planned: verdict.planned }];
    case "likely_better":
      return [{ code: "better", ...own }];
    case "likely_worse":
      return [{ code: "worse", ...own }];
    case "no_difference_planned":
      return [{ code: "no_difference", ...own }];
    case "not_measurable":
      return hasSiteHoldout ? [] : [{ code: "holdout_missing", ...own }];
    case "too_few":
      return arms.treated.n + arms.control.n >= FEWEST_TRIED || verdict.ended
        ? [{ code: "too_few", ...own }]
        : [];
    case "collecting":
    case "inconclusive":
      return [];
    default:
      return verdict satisfies never;
  }
}
