/**
 * The ledger of rules: what each campaign set off in a span, what that changed, what it cost, and what is left.
 *
 * What it set off is of the span; effect, margin, cost and what is left are those of its present phase, over everybody who
 * could be invited, so that what is left is the margin less the cost. That cost is a campaign's only one: the time that
 * agents were busy with its conversations (`domain/results/money.ts`).
 *
 * Units   effects in points of conversion as fractions; money in the site's currency, not rounded.
 * Errors  what nobody entered or measured is null.
 */
import type { Interval } from "../experiments/effect.ts";
import type { Verdict } from "../experiments/hybrid.ts";
import type { KpiFigures } from "../kpi/figures.ts";
import type { Figure } from "../kpi/figure.ts";

/** The effect of a campaign's phase, as far as it may be read. */
export type MeasuredEffect = {
  state: Verdict["kind"];
  treated: number;
  control: number;
  controlConversions: number | null;
  difference: number | null;
  interval: Interval | null;
  /** The smallest difference that was planned to be seen. */
  planned: number | null;
  incrementalSales: Ranged | null;
  incrementalRevenue: Ranged | null;
  /** Null where nobody entered a margin. */
  incrementalMargin: Ranged | null;
  /** What the agents' time cost; null where nobody entered an hour's price. */
  cost: number | null;
  /** The margin less the cost. */
  net: Ranged | null;
};
export type Ranged = { value: number; low: number; high: number };

export type LedgerCampaign = {
  campaign: string;
  name: string;
  status: "draft" | "live" | "paused" | "ended" | "deleted";
  effect: MeasuredEffect;
};

export type LedgerRow = LedgerCampaign & {
  triggered: number;
  heldOut: number;
  displayed: number;
  acceptance: Pick<Figure, "value" | "numerator" | "denominator" | "interval">;
  chats: number;
};

const NOTHING: LedgerRow["acceptance"] = { value: null, numerator: 0, denominator: 0, interval: null };

export function ledgerRows(
  campaigns: readonly LedgerCampaign[],
  figures: ReadonlyMap<string, KpiFigures>,
): LedgerRow[] {
  return campaigns.map((campaign) => {
    const own = figures.get(campaign.campaign);
    return {
      ...campaign,
      triggered: own?.triggered.value ?? 0,
      heldOut: own?.held_out.value ?? 0,
      displayed: own?.displayed.value ?? 0,
      acceptance: own?.acceptance_rate ?? NOTHING,
      chats: own?.chats_handled.value ?? 0,
    };
  });
}
