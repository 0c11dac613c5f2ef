/**
 * What the figures ask for: findings, each with the figure that it rests on and one thing to do.
 *
 * A finding is made only where all of an interval lies on the wrong side of its bound, so that chance alone raises few;
 * what is not known is a finding of its own only where something could be done to know it.
 *
 * Shapes  `Finding.code` names the rule, `action` the one thing to do; `subject` is the campaign it is about, or null.
 *         The most costly come first: what makes results unreadable, then what loses visitors, then what could be better.
 * Units   those of the figure; shares are fractions, waiting in seconds.
 * Errors  none.
 */
import type { Interval } from "../experiments/effect.ts";
import type { KpiFigures } from "../kpi/figures.ts";
import type { Figure } from "../kpi/figure.ts";
import type { LedgerRow } from "./ledger.ts";

export const FINDINGS = [
  "no_holdout",
  "holdout_too_few",
  "harm",
  "wait_long",
  "abandonment_high",
  "capacity_missing",
  "no_effect",
  "lift_low",
  "lift_small",
  "acceptance_low",
  "never_shown",
  "csat_low",
  "few_answers",
  "no_margin",
] as const;
export type FindingCode = (typeof FINDINGS)[number];

/** One thing to do for each. */
export const ACTIONS = {
  no_holdout: "hold_out",
  holdout_too_few: "raise_holdout",
  harm: "pause",
  wait_long: "staff",
  abandonment_high: "staff",
  capacity_missing: "staff",
  no_effect: "change_rule",
  lift_low: "change_offer",
  lift_small: "change_offer",
  acceptance_low: "change_message",
  never_shown: "check_rule",
  csat_low: "read_conversations",
  few_answers: "shorten_survey",
  no_margin: "enter_margin",
} as const satisfies Record<FindingCode, string>;
export type Action = (typeof ACTIONS)[FindingCode];

export type Finding = {
  code: FindingCode;
  action: Action;
  subject: string | null;
  figure: {
    kpi: string;
    value: number | null;
    numerator: number | null;
    denominator: number | null;
    n: number;
    interval: Interval | null;
  };
  /** What it was held against; null where nothing. */
  bound: number | null;
};

export type GuideInput = {
  site: KpiFigures;
  /** Figures by campaign, of the same span. */
  campaigns: ReadonlyMap<string, KpiFigures>;
  ledger: readonly LedgerRow[];
  waitTargetSeconds: number;
  margin: number | null;
};

/** Behind which a rate of a campaign says something of its message or its rule. */
const FEWEST_SHOWN = 100;
/** Triggers of a rule that has had its chance. */
const FEWEST_TRIGGERED = 500;
/** Conversions in the hold-out below which no effect is read (`kpis.md`, result panel). */
const FEWEST_CONVERSIONS = 10;
const ABANDONED = 0.1;
const SATISFIED = 0.8;
const ANSWERED = 0.1;
const FEWEST_CHATS = 100;
/** Of those who were eligible. */
const COVERED = 0.5;

export function guide(input: GuideInput): Finding[] {
  const found = [...input.ledger.flatMap((row) => ofCampaign(row, input)), ...ofSite(input)];
  return found.toSorted((a, b) => FINDINGS.indexOf(a.code) - FINDINGS.indexOf(b.code));
}

function ofCampaign(row: LedgerRow, { site, campaigns }: GuideInput): Finding[] {
  if (row.status !== "live") return [];
  const figures = campaigns.get(row.campaign);
  return [
    ...trust(row),
    ...effect(row),
    ...(figures === undefined ? [] : message(row.campaign, figures, site)),
    ...(row.triggered > FEWEST_SHOWN && row.displayed === 0 && row.heldOut < row.triggered
      ? [finding("never_shown", row.campaign, count("displayed", row.displayed, row.triggered), null)]
      : []),
  ];
}

/** Whether the effect can be known at all. */
function trust(row: LedgerRow): Finding[] {
  if (row.effect.state === "not_measurable" && row.triggered > 0) {
    const held = count("held_out", row.heldOut, row.triggered);
    return [finding("no_holdout", row.campaign, held, null)];
  }
  const few = row.effect.controlConversions;
  const tried = row.triggered >= FEWEST_TRIGGERED;
  if (row.effect.state === "too_few" && few !== null && few < FEWEST_CONVERSIONS && tried) {
    const figure = { ...count("holdout_conversions", few, row.effect.control), interval: null };
    return [finding("holdout_too_few", row.campaign, figure, FEWEST_CONVERSIONS)];
  }
  return [];
}

/** The lift that a campaign without a plan is held to: with less, a rule that fires does nothing that anybody would see. */
const USUAL_LIFT = 0.1;

/** The difference below which an effect is none: what was planned to be seen, or the usual part of what comes unasked. */
function smallestEffect({ planned, controlConversions, control }: LedgerRow["effect"]): number | null {
  if (planned !== null) return planned;
  return controlConversions === null || control === 0 ? null : (USUAL_LIFT * controlConversions) / control;
}

function effect({ campaign, effect: measured, triggered }: LedgerRow): Finding[] {
  const { difference, interval } = measured;
  if (measured.state === "too_few" || difference === null || interval === null) return [];
  const figure = {
    kpi: "effect",
    value: difference,
    numerator: null,
    denominator: null,
    n: measured.control + measured.treated,
    interval,
  };
  if (interval[1] < 0) return [finding("harm", campaign, figure, 0)];
  const smallest = smallestEffect(measured);
  // All of the interval below it: the effect is smaller, if there is one.
  if (smallest === null || interval[1] >= smallest || triggered < FEWEST_TRIGGERED) return [];
  // That visitors accept is no effect; and only what was planned can be fallen short of.
  const code = interval[0] <= 0 ? "no_effect" : measured.planned === null ? "lift_small" : "lift_low";
  return [finding(code, campaign, figure, smallest)];
}

/** Fewer accept this campaign than the site's others. */
function message(campaign: string, figures: KpiFigures, site: KpiFigures): Finding[] {
  const own = figures.acceptance_rate;
  const all = site.acceptance_rate.value;
  if (all === null || own.interval === null || (own.denominator ?? 0) < FEWEST_SHOWN) return [];
  return own.interval[1] < all
    ? [finding("acceptance_low", campaign, shown("acceptance_rate", own), all)]
    : [];
}

function ofSite({ site, waitTargetSeconds, margin, ledger }: GuideInput): Finding[] {
  const found: Finding[] = [];
  const above = (code: FindingCode, kpi: keyof KpiFigures, bound: number): void => {
    const figure = site[kpi];
    if (figure.interval !== null && figure.n >= FEWEST_SHOWN && figure.interval[0] > bound) {
      found.push(finding(code, null, shown(kpi, figure), bound));
    }
  };
  const below = (code: FindingCode, kpi: keyof KpiFigures, bound: number, fewest = FEWEST_SHOWN): void => {
    const figure = site[kpi];
    if (figure.interval !== null && figure.n >= fewest && figure.interval[1] < bound) {
      found.push(finding(code, null, shown(kpi, figure), bound));
    }
  };
  above("wait_long", "waiting_p90", waitTargetSeconds);
  above("abandonment_high", "abandonment_rate", ABANDONED);
  below("capacity_missing", "coverage_rate", COVERED);
  below("csat_low", "csat", SATISFIED, 30);
  below("few_answers", "survey_response_rate", ANSWERED, FEWEST_CHATS);
  if (margin === null && ledger.some((row) => row.effect.incrementalSales !== null)) {
    const missing = { kpi: "margin", value: null, numerator: null, denominator: null, n: 0, interval: null };
    found.push(finding("no_margin", null, missing, null));
  }
  return found;
}

function finding(
  code: FindingCode,
  subject: string | null,
  figure: Finding["figure"],
  bound: number | null,
): Finding {
  return { code, action: ACTIONS[code], subject, figure, bound };
}

function shown(kpi: string, { value, numerator, denominator, n, interval }: Figure): Finding["figure"] {
  return { kpi, value, numerator, denominator, n, interval };
}

function count(kpi: string, numerator: number, denominator: number): Finding["figure"] {
  const value = denominator > 0 ? numerator / denominator : null;
  return { kpi, value, numerator, denominator, n: denominator, interval: null };
}
