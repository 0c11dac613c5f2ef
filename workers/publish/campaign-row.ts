/** A campaign as D1 keeps it, and as everybody else sees it. */
import { isoOf } from "../../domain/ids.ts";
import { Campaign, CampaignInput } from "../../domain/targeting/campaign.ts";
import type { campaigns } from "../../migrations/schema.ts";

export type CampaignRow = typeof campaigns.$inferSelect;

export function campaignOf(row: CampaignRow): Campaign {
  return {
    ...CampaignInput.parse(JSON.parse(row.body)),
    id: row.id,
    version: row.version,
    phase: row.phase,
    created_at: isoOf(row.createdAt),
    updated_at: isoOf(row.updatedAt),
  };
}
