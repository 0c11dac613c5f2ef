/** The overview as the API answers it. Moments are ISO 8601, days local dates, shares from 0 to 1, money in major units. */
import * as z from "zod";
import { type EpochMs, isoOf } from "../ids.ts";
import { RESULT_STATES } from "../results/wire.ts";
import type { PhaseRead } from "./earnings.ts";
import type { Finding } from "./findings.ts";
import type { CampaignRow, Overview } from "./overview.ts";
import { SHOWN_KPIS, type ShownKpi } from "./shown.ts";

const Span = z.object({ value: z.number(), low: z.number(), high: z.number() });
const Figure = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  n: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  too_few: z.literal(true).optional(),
});
const RatioWire = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
});
const Compared = z.object({
  now: Figure,
  before: Figure,
  /**
   * With its own 95 % interval; null where either side has none. `p` is adjusted for all changes that are judged together;
   * null where this one is not judged.
   */
  change: Span.extend({ p: z.number().nullable() }).nullable(),
  /**
   * Where chats of the last days may still be followed by orders: `change` compares what has matured on both sides, of
   * chats before `to`; all null where nothing has. Null where everything has matured, or the figure has no such window.
   */
  maturing: z
    .object({ to: z.string().nullable(), now: Figure.nullable(), before: Figure.nullable() })
    .nullable(),
});
const compared = Object.fromEntries(SHOWN_KPIS.map((name) => [name, Compared])) as Record<
  ShownKpi,
  typeof Compared
>;
const Arms = z.object({ invited: z.number(), held_out: z.number() });
const HIDDEN_STATES = [...RESULT_STATES, "counting", "nobody"] as const;

const CampaignWire = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  phase: z.int(),
  state: z.enum(HIDDEN_STATES),
  /** A campaign that is after leads adds nothing to the one figure. */
  goal: z.enum(["sale", "lead"]),
  /** Of the whole phase. */
  visitors: z.int(),
  held_out: z.int(),
  planned_visitors: z.int().nullable(),
  earliest_reading_at: z.string().nullable(),
  users: z.array(z.int()).nullable(),
  planned_shares: z.array(z.number()).nullable(),
  basis: z.enum(["sequential", "final"]).nullable(),
  /** Of conversion, treated minus held out; null where the state hides it. */
  difference: Span.nullable(),
  smallest: z.number().nullable(),
  /** What it adds to the one figure; null where it contributes nothing. */
  contributes: Span.nullable(),
  /** Whether somebody of the period was, or may have been, served whose effect is not in the one figure. */
  is_missing: z.boolean(),
});

const campaign = { campaign: z.string(), name: z.string() };
const Finding = z.discriminatedUnion("code", [
  z.object({ code: z.literal("history_late"), letters: z.int(), behind_seconds: z.number() }),
  z.object({
    code: z.literal("unusable_split"),
    ...campaign,
    users: z.array(z.int()),
    planned: z.array(z.number()),
  }),
  z.object({
    code: z.enum(["worse", "better", "no_difference", "holdout_missing", "too_few"]),
    ...campaign,
  }),
  z.object({
    code: z.literal("long_waits"),
    day: z.string(),
    from_hour: z.int(),
    to_hour: z.int(),
    chats: z.int(),
    late: z.int(),
    target_seconds: z.number(),
  }),
  z.object({ code: z.enum(["margin_missing", "costs_missing", "no_campaign"]) }),
]);
export type FindingWire = z.infer<typeof Finding>;

export const OverviewWire = z.object({
  from: z.string(),
  to: z.string(),
  before: z.object({ from: z.string(), to: z.string() }),
  /** Whether the first reply is counted inside business hours only, or by the clock. */
  business_hours: z.boolean(),
  timezone: z.string(),
  currency: z.string(),
  /** Revenue that would not have come without inviting. */
  earned: z.object({
    basis: z.enum(["site_holdout", "campaigns"]),
    state: z.enum([
      "measured",
      "collecting",
      "not_measurable",
      "unusable_split",
      "too_few",
      "leads",
      "nobody",
    ]),
    from: z.string(),
    to: z.string(),
    revenue: Span.nullable(),
    visitors: z.object({ invited: z.int(), held_out: z.int() }),
    bought: Arms.nullable(),
    course: z.array(Span.extend({ day: z.string() })),
    counted_at: z.string().nullable(),
  }),
  margin: z.object({ share: z.number(), amount: Span.nullable() }).nullable(),
  agents_and_platform: z.number().nullable(),
  /** Null where a cost or the margin is missing, and where somebody was served whose effect is not in the revenue. */
  net: Span.nullable(),
  roi: Span.nullable(),
  /** Credited to answered chats: attributed, not incremental. */
  attributed: z.object({ revenue: z.number(), orders: z.number() }),
  figures: z.object(compared),
  needs_you: z.array(Finding),
  campaigns: z.array(CampaignWire),
});
export type OverviewWire = z.infer<typeof OverviewWire>;
export const HoursWire = z.object({
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  target_seconds: z.number(),
  cells: z.array(
    z.object({
      /** 1 is Monday. */
      weekday: z.int(),
      hour: z.int(),
      /** How often this hour was in the span: 0, and nothing can be said of it. */
      times: z.int(),
      conversations: z.int(),
      late: RatioWire,
      conversion: RatioWire,
    }),
  ),
});
export type HoursWire = z.infer<typeof HoursWire>;
export type CampaignWire = z.infer<typeof CampaignWire>;
export type ComparedWire = z.infer<typeof Compared>;

export function overviewWire(overview: Overview): OverviewWire {
  const { earned, worth, before } = overview;
  return {
    from: isoOf(overview.from),
    to: isoOf(overview.to),
    before: { from: isoOf(before.from), to: isoOf(before.to) },
    business_hours: overview.businessHours,
    timezone: overview.timezone,
    currency: overview.currency,
    earned: {
      basis: earned.basis,
      state: earned.state,
      from: isoOf(earned.from),
      to: isoOf(earned.to),
      revenue: earned.revenue,
      visitors: { invited: earned.visitors.invited, held_out: earned.visitors.heldOut },
      bought: earned.bought && { invited: earned.bought.invited, held_out: earned.bought.heldOut },
      course: earned.course,
      counted_at: momentOf(earned.countedAt),
    },
    margin: worth.margin,
    agents_and_platform: worth.agentsAndPlatform,
    net: worth.net,
    roi: worth.roi,
    attributed: worth.attributed,
    figures: figuresOf(overview.shown),
    needs_you: overview.findings.map(findingWire),
    campaigns: overview.campaigns.map(campaignWire),
  };
}

function figuresOf(shown: Overview["shown"]): OverviewWire["figures"] {
  const copied = (figure: Overview["shown"][ShownKpi]["now"]): z.infer<typeof Figure> => ({
    ...figure,
    interval: figure.interval && [figure.interval[0], figure.interval[1]],
  });
  return Object.fromEntries(
    SHOWN_KPIS.map((name) => {
      const { now, before, change, maturing } = shown[name];
      const young = maturing && {
        to: momentOf(maturing.to),
        now: maturing.now && copied(maturing.now),
        before: maturing.before && copied(maturing.before),
      };
      return [name, { now: copied(now), before: copied(before), change, maturing: young }];
    }),
  ) as OverviewWire["figures"];
}

function campaignWire(row: CampaignRow): CampaignWire {
  const { comparison, state } = row;
  const verdict = comparison?.verdict;
  return {
    id: row.campaign,
    name: row.name,
    kind: row.kind,
    status: row.status,
    phase: row.phase,
    state,
    goal: row.goal,
    visitors: row.visitors,
    held_out: row.heldOut,
    planned_visitors: row.plannedVisitors,
    earliest_reading_at: verdict?.kind === "collecting" ? momentOf(verdict.earliestReadingAt) : null,
    users: verdict?.kind === "unusable_split" ? [...verdict.users] : null,
    planned_shares: verdict?.kind === "unusable_split" ? [...verdict.planned] : null,
    basis: comparison?.basis ?? null,
    difference: differenceOf(comparison),
    smallest: row.smallest,
    contributes: row.revenue,
    is_missing: row.isMissing,
  };
}

function differenceOf(comparison: PhaseRead["comparison"]): CampaignWire["difference"] {
  if (comparison === null || comparison.difference === null) return null;
  const { value, low, high } = comparison.difference;
  return { value, low, high };
}

function findingWire(finding: Finding): FindingWire {
  switch (finding.code) {
    case "history_late":
      return {
        code: finding.code,
        letters: finding.letters,
        behind_seconds: Math.round(finding.behindMs / 1_000),
      };
    case "long_waits": {
      const { code, day, chats, late } = finding;
      return {
        code,
        day,
        from_hour: finding.fromHour,
        to_hour: finding.toHour,
        chats,
        late,
        target_seconds: finding.targetSeconds,
      };
    }
    case "unusable_split":
      return { ...finding, users: [...finding.users], planned: [...finding.planned] };
    default:
      return finding;
  }
}

function momentOf(at: EpochMs | null): string | null {
  return at === null || !Number.isFinite(at) ? null : isoOf(at);
}
