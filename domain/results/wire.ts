/** A phase's result as the API answers it. Moments are ISO 8601, shares from 0 to 1, money in major units. */
import * as z from "zod";
import { isoOf, type EpochMs } from "../ids.ts";
import type { Fewness } from "../experiments/small-counts.ts";
import type { Ratio } from "../kpi/ratios.ts";
import type { ArmFigures, ResultPanel } from "./panel.ts";
import type { Comparison } from "./reading.ts";

export const RESULT_STATES = [
  "not_measurable",
  "unusable_split",
  "collecting",
  "too_few",
  "likely_better",
  "likely_worse",
  "no_difference_planned",
  "inconclusive",
] as const;

const Span = z.object({ value: z.number(), low: z.number(), high: z.number() });
const OpenSpan = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });
const Figure = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
});
const ArmWire = z.object({
  visitors: z.int(),
  moments: z.int(),
  displayed: z.int(),
  accepted: z.int(),
  reached: z.int(),
  conversions: z.int(),
  orders: z.int(),
  revenue: z.number(),
  conversion: Figure,
  revenue_per_visitor: Figure,
});
const ComparisonWire = z.object({
  state: z.enum(RESULT_STATES),
  basis: z.enum(["sequential", "final"]).nullable(),
  difference: Span.extend({
    method: z.enum(["sequential", "final", "newcombe"]),
    level: z.number(),
  }).nullable(),
  relative: OpenSpan.nullable(),
  revenue_per_visitor: Span.nullable(),
  capped_revenue_per_visitor: Span.nullable(),
  adjusted_revenue_per_visitor: Span.nullable(),
  sequential: z.object({ low: z.number(), high: z.number() }).nullable(),
  fixed: z.object({ low: z.number(), high: z.number(), p: z.number() }).nullable(),
  probability: z
    .object({
      better: z.number(),
      prior_sd: z.number(),
      shrunk: z.number(),
      loss_if_shipped: z.number(),
      loss_if_kept: z.number(),
    })
    .nullable(),
  drifted: z.boolean(),
  decided_at: z.string().nullable(),
  earliest_reading_at: z.string().nullable(),
  scarce: z
    .object({
      arm: z.enum(["control", "treatment"]),
      of: z.enum(["conversions", "non_conversions"]),
      count: z.int(),
    })
    .nullable(),
});
const Effect = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });

export const ResultWire = ComparisonWire.extend({
  arms: z.object({ treated: ArmWire, holdout: ArmWire }),
  variants: z.array(ArmWire.extend({ variant: z.string(), comparison: ComparisonWire.nullable() })),
  between: z.array(z.object({ a: z.string(), b: z.string(), difference: Span })),
  incremental_sales: Span.nullable(),
  incremental_revenue: Span.nullable(),
  incremental_margin: Span.nullable(),
  margin: z.number().nullable(),
  /** What the orders of each arm were lowered by, as far as they told it. */
  discounts: z.object({ treated: z.number(), holdout: z.number() }),
  /** Orders (or leads) in another currency: they count as sales, and their money is in no sum. */
  in_other_currency: z.object({ treated: z.int(), holdout: z.int() }),
  agents: z.object({
    hours: z.number(),
    /** Spent on later visits of the same visitors, for which no effect answers; not in the cost. */
    later_hours: z.number(),
    concurrency: z.number(),
    cost: z.number().nullable(),
  }),
  net: Span.nullable(),
  roi: Span.nullable(),
  cost_per_incremental_sale: OpenSpan.nullable(),
  /** Credited to answered chats: attributed, not incremental. */
  attributed: z.object({ orders: z.int(), revenue: z.number() }),
  cannibalisation: z.object({ orders: Span.nullable(), revenue: Span.nullable() }),
  srm: z.object({
    /** The smallest of all checks, each answering for all of them; null where there are too few visitors to check. */
    p: z.number().nullable(),
    flag: z.boolean(),
    /** How many were made: of the whole, and of its days, devices and browsers. */
    checks: z.int(),
    /** Whether the whole is not as planned, or a group of it alone. */
    whole: z.boolean(),
    users: z.array(z.int()),
    planned: z.array(z.number()),
    largest_gap: z
      .object({
        dimension: z.enum(["day", "device", "browser"]),
        name: z.string(),
        treated: z.int(),
        holdout: z.int(),
        p: z.number(),
      })
      .nullable(),
    since: z.string().nullable(),
  }),
  guards: z.object({
    multiple_exposures: z.object({ visitors: z.int(), share: z.number().nullable() }),
    days: z.int(),
    whole_weeks: z.int(),
    /** Visitors who are not read yet: of days of which somebody's window is open. */
    maturing: z.int(),
    alike_before: z.object({ p: z.number().nullable(), passed: z.boolean() }),
    spend_cap: z.object({ amount: z.number(), visitors: z.int() }).nullable(),
    metrics: z.int(),
    correction: z.enum(["none", "bonferroni"]),
  }),
  plan: z.object({
    baseline: z.number().nullable(),
    effect: z.number().nullable(),
    power: z.number().nullable(),
    alpha: z.number(),
    holdout: z.number(),
    visitors: z.int(),
    planned_visitors: z.int().nullable(),
    planned_end: z.string().nullable(),
    /** When those who came before it are read, their windows having passed. */
    reading_at: z.string().nullable(),
    days_left: z.int().nullable(),
    detectable: z.number().nullable(),
  }),
  course: z.array(z.object({ at: z.string(), visitors: z.int(), difference: Span })),
  per_conversation: z
    .object({
      assumption: z.string(),
      strength: z.enum(["none", "weak", "strong"]),
      contaminated: z.boolean(),
      conversion: Effect.nullable(),
      revenue: Effect.nullable(),
    })
    .nullable(),
  selection: z
    .object({
      accepted: z.number().nullable(),
      declined: z.number().nullable(),
      holdout: z.number().nullable(),
      /** The size of the selection: the first less the second, less the effect of a conversation. */
      wrong_by: z.number().nullable(),
      /** Visitors behind each share. */
      n: z.object({ accepted: z.int(), declined: z.int(), holdout: z.int() }),
    })
    .nullable(),
});
export type ResultWire = z.infer<typeof ResultWire>;
export type ComparisonWire = z.infer<typeof ComparisonWire>;

export function resultWire(panel: ResultPanel): ResultWire {
  const { overall, arms, variants, between, money, guards, plan } = panel;
  const { largestGap, ...split } = guards.split;
  // Two rates side by side are a comparison, whatever stands beside them.
  const isCompared = overall.difference !== null || overall.state === "not_measurable";
  return {
    ...comparisonWire(overall),
    arms: { treated: armWire(arms.treated, isCompared), holdout: armWire(arms.holdout, isCompared) },
    variants: variants.map(({ key, figures, comparison }) => ({
      variant: key,
      ...armWire(figures, isCompared && (comparison !== null || variants.length < 2)),
      comparison: comparison && comparisonWire(comparison),
    })),
    between,
    incremental_sales: money.incrementalSales,
    incremental_revenue: money.incrementalRevenue,
    incremental_margin: money.margin?.amount ?? null,
    margin: money.margin?.share ?? null,
    discounts: money.discounts,
    in_other_currency: money.foreign,
    agents: agentsWire(money.agents),
    net: money.net,
    roi: money.roi,
    cost_per_incremental_sale: money.costPerSale,
    attributed: money.attributed,
    cannibalisation: money.cannibalised,
    srm: { ...split, largest_gap: largestGap },
    guards: {
      multiple_exposures: guards.multiple,
      days: guards.days,
      whole_weeks: guards.wholeWeeks,
      maturing: guards.maturing,
      alike_before: guards.alikeBefore,
      spend_cap: guards.spendCap,
      metrics: 1,
      correction: guards.variants > 1 ? "bonferroni" : "none",
    },
    plan: {
      baseline: plan.baseline,
      effect: plan.effect,
      power: plan.power,
      alpha: plan.alpha,
      holdout: plan.holdout,
      visitors: plan.visitors,
      planned_visitors: plan.plannedVisitors,
      planned_end: momentOf(plan.plannedEnd),
      reading_at: momentOf(plan.readingAt),
      days_left: plan.daysLeft,
      detectable: plan.detectable,
    },
    course: panel.course.map(({ at, ...point }) => ({ at: isoOf(at), ...point })),
    per_conversation: perConversationWire(panel.perConversation),
    selection: selectionWire(panel),
  };
}

/** By how much comparing who talked with who did not misjudges a conversation; unknown where its own effect is. */
function selectionWire({ selection, perConversation }: ResultPanel): ResultWire["selection"] {
  if (selection === null) return null;
  const { accepted, declined, control, n, bias } = selection;
  const isKnown = perConversation !== null && perConversation.firstStage.strength !== "none";
  return {
    accepted,
    declined,
    holdout: control,
    wrong_by: isKnown ? bias.perConversation : null,
    n: { accepted: n.accepted, declined: n.declined, holdout: n.control },
  };
}

function agentsWire({ laterHours, ...agents }: ResultPanel["money"]["agents"]): ResultWire["agents"] {
  return { ...agents, later_hours: laterHours };
}

function armWire({ revenuePerVisitor, ...arm }: ArmFigures, isCompared: boolean): z.infer<typeof ArmWire> {
  const rateOf = ({ value, numerator, denominator }: Ratio) => ({
    value: isCompared ? value : null,
    numerator,
    denominator,
  });
  return { ...arm, conversion: rateOf(arm.conversion), revenue_per_visitor: rateOf(revenuePerVisitor) };
}

function comparisonWire(comparison: Comparison): ComparisonWire {
  const { verdict, revenue, cappedRevenue, adjustedRevenue, margin: _margin, ...shown } = comparison;
  return {
    ...shown,
    revenue_per_visitor: revenue,
    capped_revenue_per_visitor: cappedRevenue,
    adjusted_revenue_per_visitor: adjustedRevenue,
    decided_at: "decidedAt" in verdict ? momentOf(verdict.decidedAt) : null,
    earliest_reading_at: "earliestReadingAt" in verdict ? momentOf(verdict.earliestReadingAt) : null,
    scarce: "fewest" in verdict ? ({ ...verdict.fewest } satisfies Fewness) : null,
  };
}

/** Where inviting made no conversations that could be told, no effect of one is told either. */
function perConversationWire(effect: ResultPanel["perConversation"]): ResultWire["per_conversation"] {
  if (effect === null) return null;
  const { firstStage, assumption, contaminated, conversion, revenue } = effect;
  const shown = ({ point, robust }: typeof conversion) =>
    point === null || firstStage.strength === "none"
      ? null
      : { value: point, low: robust?.[0] ?? null, high: robust?.[1] ?? null };
  return {
    assumption,
    strength: firstStage.strength,
    contaminated,
    conversion: shown(conversion),
    revenue: shown(revenue),
  };
}

function momentOf(at: EpochMs | null): string | null {
  return at === null || !Number.isFinite(at) ? null : isoOf(at);
}
