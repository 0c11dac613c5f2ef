/**
 * The overview of a span: the one figure and how it was come by, what it is worth, and the shown figures with their change.
 *
 * Shapes  `Overview` is everything that screen, API and weekly report tell.
 * Units   money in major units; moments are `EpochMs`, days local dates.
 */
import type { EpochMs } from "../ids.ts";
import { netValue } from "../incrementality/net-value.ts";
import type { Figure } from "../kpi/figure.ts";
import type { KpiFigures } from "../kpi/figures.ts";
import type { Span } from "../results/reading.ts";
import type { Economics } from "../site/settings.ts";
import { type Change, changeOf } from "./change.ts";
import { judged } from "./judge.ts";
import type { CoursePoint, EarningsState, PhaseRead } from "./earnings.ts";
import type { Finding } from "./findings.ts";
import { JUDGED_KPIS, SHOWN_KPIS, type ShownKpi, WINDOWED_KPIS } from "./shown.ts";

export type Compared = {
  now: Figure;
  before: Figure;
  change: Change | null;
  /** Where orders of the last chats may still come: what `change` compares, and up to when; null where all has matured. */
  maturing: { to: EpochMs | null; now: Figure | null; before: Figure | null } | null;
};
export type Shown = Record<ShownKpi, Compared>;
export type ShownFigures = Pick<KpiFigures, ShownKpi>;

export type Earned = {
  /** By the hold-out over all campaigns, or by each campaign's own. */
  basis: "site_holdout" | "campaigns";
  state: EarningsState;
  /** What it is read over: the span, or the last whole weeks of it. */
  from: EpochMs;
  to: EpochMs;
  revenue: Span | null;
  /** What of it is left of margin, discounts taken off; null where nobody entered one. */
  margin: Span | null;
  visitors: { invited: number; heldOut: number };
  bought: { invited: number; heldOut: number } | null;
  course: CoursePoint[];
  countedAt: EpochMs | null;
};

export type Worth = {
  margin: { share: number; amount: Span | null } | null;
  agentsAndPlatform: number | null;
  /** Null too where somebody was invited whose effect is not in the revenue: the costs are of all of them. */
  net: Span | null;
  roi: Span | null;
  /** Credited to answered chats: attributed, not incremental. */
  attributed: { revenue: number; orders: number };
};

export type CampaignRow = PhaseRead & {
  kind: string;
  status: string;
  /** What was planned to be seen; null without a plan. */
  smallest: number | null;
  plannedVisitors: number | null;
  isLive: boolean;
};

export type Overview = {
  from: EpochMs;
  to: EpochMs;
  before: { from: EpochMs; to: EpochMs };
  /** Whether the first reply is counted inside business hours only. */
  businessHours: boolean;
  timezone: string;
  currency: string;
  locale: "fr" | "en";
  site: string;
  earned: Earned;
  worth: Worth;
  shown: Shown;
  findings: Finding[];
  campaigns: CampaignRow[];
};

/** `matured` are the figures of what has matured on both sides, up to `to`; null where all of the span has. */
export function shownOf(
  now: ShownFigures,
  before: ShownFigures,
  matured: { to: EpochMs | null; now: ShownFigures | null; before: ShownFigures | null } | null,
): Shown {
  const compared = SHOWN_KPIS.map((name): [ShownKpi, Compared] => {
    const whole = { now: now[name], before: before[name] };
    if (matured === null || !WINDOWED_KPIS.includes(name)) {
      return [name, { ...whole, change: changeOf(whole.now, whole.before), maturing: null }];
    }
    const own = { now: matured.now?.[name] ?? null, before: matured.before?.[name] ?? null };
    const change = own.now === null || own.before === null ? null : changeOf(own.now, own.before);
    return [name, { ...whole, change, maturing: { to: matured.to, ...own } }];
  });
  const changes = judged(
    new Map(
      compared.flatMap(([name, { change }]) =>
        change === null || !JUDGED_KPIS.includes(name) ? [] : [[name, change] as const],
      ),
    ),
  );
  return Object.fromEntries(
    compared.map(([name, one]) => [name, { ...one, change: changes.get(name) ?? one.change }]),
  ) as Shown;
}

/** The figures that worth is made of. */
export const WORTH_KPIS = ["cost_total", "attributed_revenue", "assisted_orders"] as const;

/**
 * What is left after what was sold and who served is paid; `figures` are of the span that it is read over, and `isWhole` says that nobody was served whose part in the revenue is not known.
 */
export function worthOf(
  { margin: left, isWhole }: { margin: Span | null; isWhole: boolean },
  figures: Pick<KpiFigures, (typeof WORTH_KPIS)[number]>,
  economics: Economics,
): Worth {
  const margin = economics.margin ?? null;
  const cost = figures.cost_total.value;
  // Discounts are off already, so all of what is left is margin here.
  const kept = left === null ? NOTHING : { point: left.value, ci: pairOf(left) };
  const value = netValue({ orders: NOTHING, revenue: kept }, { margin: margin === null ? null : 1, cost });
  const spanOf = ({ point, ci }: typeof value.net): Span | null =>
    point === null || ci === null ? null : { value: point, low: ci[0], high: ci[1] };
  return {
    margin: margin === null ? null : { share: margin, amount: spanOf(value.incrementalMargin) },
    agentsAndPlatform: cost,
    net: isWhole ? spanOf(value.net) : null,
    roi: isWhole ? spanOf(value.roi) : null,
    attributed: {
      revenue: figures.attributed_revenue.value ?? 0,
      orders: figures.assisted_orders.value ?? 0,
    },
  };
}

const NOTHING = { point: null, ci: null };
const pairOf = ({ low, high }: Span): readonly [number, number] => [low, high];
