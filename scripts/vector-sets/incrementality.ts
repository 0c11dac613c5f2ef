/** The set `incrementality`: what inviting added, per visitor, per conversation and in money, from the sums of both arms. */
import * as z from "zod";
import type { Arm, Arms } from "../../domain/incrementality/arm.ts";
import { conversationEffect } from "../../domain/incrementality/conversation-effect.ts";
import { cannibalisation, incrementalOf, shareOfTreatment } from "../../domain/incrementality/incremental.ts";
import { effectOf, intentionToTreat } from "../../domain/incrementality/intention-to-treat.ts";
import { netValue } from "../../domain/incrementality/net-value.ts";
import { acceptorsBaseline, selectionBias } from "../../domain/incrementality/selection-bias.ts";
import type { VectorSet } from "./vector-set.ts";

const ArmInput = z.object({
  n: z.number(),
  conv: z.number(),
  rev_sum: z.number(),
  rev_sumsq: z.number(),
  accepted: z.number(),
  conv_accepted: z.number(),
  rev_accepted: z.number(),
});
const Input = z.object({
  treatment: ArmInput,
  control: ArmInput,
  cost: z.number().nullish(),
  margin: z.number().nullish(),
  discounts: z.number().nullish(),
});

const armOf = (arm: z.infer<typeof ArmInput>): Arm => ({
  n: arm.n,
  conversions: arm.conv,
  revenue: arm.rev_sum,
  revenueSquares: arm.rev_sumsq,
  accepted: arm.accepted,
  acceptedConversions: arm.conv_accepted,
  acceptedRevenue: arm.rev_accepted,
});

function effects(arms: Arms) {
  const conversion = intentionToTreat(arms, "conversion");
  const revenue = intentionToTreat(arms, "revenue");
  const orders = incrementalOf(effectOf(conversion), arms.treatment);
  return {
    itt_conversion: {
      treatment_rate: conversion.treatment,
      control_rate: conversion.control,
      ...differenceOf(conversion),
      relative_ci_delta: conversion.liftCiDelta,
    },
    incremental_sales: {
      ...orders,
      share_of_treatment_sales: shareOfTreatment(conversion.diff, conversion.treatment),
    },
    itt_revenue_per_visitor: {
      treatment: revenue.treatment,
      control: revenue.control,
      ...differenceOf(revenue),
    },
    incremental_revenue: incrementalOf(effectOf(revenue), arms.treatment),
  };
}

function differenceOf({ diff, se, ci, z: score, p, lift, liftCi }: ReturnType<typeof intentionToTreat>) {
  return { diff, se, ci, z: score, p, relative_lift: lift, relative_ci_fieller: liftCi };
}

function perConversation(arms: Arms) {
  const { firstStage, conversion, revenue } = conversationEffect(arms);
  const wald = ({ point, se, ci }: typeof conversion) => ({ point, se_delta: se, ci_delta: ci });
  return {
    first_stage: {
      acceptance_treatment: firstStage.treatment,
      acceptance_control: firstStage.control,
      diff: firstStage.diff,
      z: firstStage.z,
    },
    cace_conversion: { ...wald(conversion), ci_anderson_rubin: conversion.robust },
    cace_revenue: wald(revenue),
  };
}

function naive(arms: Arms) {
  const bias = selectionBias(arms);
  return {
    conversion_accepted: bias.accepted,
    conversion_declined: bias.declined,
    accepted_minus_declined: bias.acceptedMinusDeclined,
    accepted_minus_control: bias.acceptedMinusControl,
    naive_incremental_sales: bias.naiveSales,
  };
}

/** Only where nobody held out had a conversation: otherwise the reference says nothing of either. */
function oneSided(arms: Arms) {
  const baseline = acceptorsBaseline(arms);
  if (baseline === null) return {};
  const { withConversation: y1, without: y0 } = baseline;
  const orders = incrementalOf(effectOf(intentionToTreat(arms, "conversion")), arms.treatment);
  const { attributed, cannibalised, rate } = cannibalisation(arms.treatment.acceptedConversions, orders);
  return {
    complier_baseline: { y1, y0, check_diff: y1 === null || y0 === null ? null : y1 - y0 },
    attributed_vs_incremental: {
      attributed_sales: attributed,
      incremental_sales: orders.point,
      cannibalised_sales: cannibalised.point,
      cannibalisation_rate: rate.point,
      cannibalisation_rate_ci: rate.ci,
    },
  };
}

function money(arms: Arms, { cost, margin, discounts }: z.infer<typeof Input>) {
  if (typeof cost !== "number" || typeof margin !== "number") return {};
  const each = (outcome: "conversion" | "revenue") =>
    incrementalOf(effectOf(intentionToTreat(arms, outcome)), arms.treatment);
  const value = netValue(
    { orders: each("conversion"), revenue: each("revenue") },
    { cost, margin, discounts: discounts ?? 0 },
  );
  return {
    roi: {
      incremental_margin: value.incrementalMargin.point,
      cost,
      net: value.net.point,
      net_ci: value.net.ci,
      roi: value.roi.point,
      roi_ci: value.roi.ci,
      cost_per_incremental_sale: value.costPerIncrementalSale.point,
    },
  };
}

export const incrementality: VectorSet = ({ input }) => {
  const parsed = Input.parse(input);
  const arms = { treatment: armOf(parsed.treatment), control: armOf(parsed.control) };
  return {
    ...effects(arms),
    ...perConversation(arms),
    naive_do_not_use: naive(arms),
    ...oneSided(arms),
    ...money(arms, parsed),
  };
};
