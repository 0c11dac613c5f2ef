/**
 * The ledger of rules: what each campaign set off in a span, what that changed, what it cost, and what is left.
 *
 * What it set off and what it cost are of the span; the effect is that of its present phase, over everybody who could be
 * invited. A campaign costs its share of the agents' time and of the platform: as many parts as it had answered
 * conversations among the site's, since nobody tells apart whom an agent waited for.
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
  /** Incremental margin less what the agents cost; null where nobody entered a margin or an hour's price. */
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
  /** Of the span. */
  cost: number | null;
};

const NOTHING: LedgerRow["acceptance"] = { value: null, numerator: 0, denominator: 0, interval: null };

export function ledgerRows(
  campaigns: readonly LedgerCampaign[],
  figures: ReadonlyMap<string, KpiFigures>,
  { chats: all, cost }: { chats: number; cost: number | null },
): LedgerRow[] {
  return campaigns.map((campaign) => {
    const own = figures.get(campaign.campaign);
    const chats = own?.chats_handled.value ?? 0;
    return {
      ...campaign,
      triggered: own?.triggered.value ?? 0,
      heldOut: own?.held_out.value ?? 0,
      displayed: own?.displayed.value ?? 0,
      acceptance: own?.acceptance_rate ?? NOTHING,
      chats,
      cost: cost === null || all === 0 ? null : (cost * chats) / all,
    };
  });
}
