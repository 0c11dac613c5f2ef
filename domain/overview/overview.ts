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
import type { CoursePoint, EarningsState, PhaseRead } from "./earnings.ts";
import type { Finding } from "./findings.ts";
import { SHOWN_KPIS, type ShownKpi } from "./shown.ts";

export type Compared = { now: Figure; before: Figure; change: Change | null };
export type Shown = Record<ShownKpi, Compared>;

export type Earned = {
  /** By the hold-out over all campaigns, or by each campaign's own. */
  basis: "site_holdout" | "campaigns";
  state: EarningsState;
  /** What it is read over: the span, or the last whole weeks of it. */
  from: EpochMs;
  to: EpochMs;
  revenue: Span | null;
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

export function shownOf(now: KpiFigures, before: KpiFigures): Shown {
  return Object.fromEntries(
    SHOWN_KPIS.map((name) => [
      name,
      { now: now[name], before: before[name], change: changeOf(now[name], before[name]) },
    ]),
  ) as Shown;
}

/**
 * What the revenue is worth after what was sold and who served is paid; `figures` are of the span that it is read over,
 * and `isWhole` says that nobody was served whose part in the revenue is not known.
 */
export function worthOf(
  { revenue, isWhole }: { revenue: Span | null; isWhole: boolean },
  figures: KpiFigures,
  economics: Economics,
): Worth {
  const margin = economics.margin ?? null;
  const cost = figures.cost_total.value;
  const income = revenue === null ? NOTHING : { point: revenue.value, ci: pairOf(revenue) };
  const value = netValue({ orders: NOTHING, revenue: income }, { margin, cost });
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
