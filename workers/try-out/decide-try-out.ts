/**
 * What a browser that tries a campaign out is shown: that campaign, draft or live, as soon as its condition holds,
 * whatever schedule, caps, hold-out and agents say. Nothing of it reaches history: there is no exposure, and what the
 * visitor answers is acknowledged and forgotten.
 */
import { and, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Message } from "../../domain/events/message.ts";
import { isoOf } from "../../domain/ids.ts";
import type { Campaign } from "../../domain/targeting/campaign.ts";
import { TRY_OUT_ID } from "../../domain/targeting/try-out-id.ts";
import { creativeOf, OFFER_MS } from "../../domain/visit/engage.ts";
import type { TestMode } from "../../domain/visit/state.ts";
import { campaigns } from "../../migrations/schema.ts";
import { judgeEvents, type Seen } from "../ingest/judging.ts";
import { campaignOf } from "../publish/campaign-row.ts";
import type { LiveSite } from "../site/site-config.ts";
import type { Decided } from "../ingest/decide.ts";

/** Whether `message` answers something that was only tried out. */
export function answersTryOut({ properties }: Message): boolean {
  const decision = properties?.decision_id;
  return typeof decision === "string" && decision.startsWith(TRY_OUT_ID);
}

/** The decision of one moment of a try-out; the page view names it, so that it is shown once on each. */
export async function decideTryOut(
  env: Env,
  live: LiveSite,
  mode: TestMode,
  seen: Seen & { viewId: string | null; languages: string[] },
): Promise<Decided> {
  const campaign = await tried(env, live.config.site, mode);
  if (campaign === null) return { decisions: [], wakeAfterMs: null, excluded: false };
  const alone = { ...live, config: { ...live.config, campaigns: [campaign] } };
  const { matched, wakeAfterMs } = judgeEvents(alone, seen, () => seen.now);
  const variant = campaign.variants.find(({ key }) => key === mode.variant) ?? campaign.variants[0];
  if (matched.length === 0 || variant === undefined) return { decisions: [], wakeAfterMs, excluded: false };
  const decision = {
    id: `${TRY_OUT_ID}${campaign.id}_${campaign.version}_${seen.viewId ?? ""}`,
    kind: campaign.kind,
    campaign: campaign.id,
    variant: variant.key,
    creative: creativeOf(campaign, variant.key, seen.languages),
    expires_at: isoOf(seen.now + OFFER_MS),
  };
  return { decisions: [decision], wakeAfterMs: null, excluded: false };
}

/** The campaign as it is saved now, taken as live and without a schedule; null where this site has none of that id. */
async function tried(env: Env, site: string, mode: TestMode): Promise<Campaign | null> {
  const row = await drizzle(env.DB)
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.site, site), eq(campaigns.id, mode.campaign), isNull(campaigns.deletedAt)))
    .get();
  return row === undefined ? null : { ...campaignOf(row), status: "live", schedule: {} };
}
