/** What a campaign's phase keeps of its rests: a save that pauses or ends the campaign begins one, a save that lets it go on ends it. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { EpochMs } from "../../domain/ids.ts";
import { campaignPhases } from "../../migrations/schema.ts";
import type { CampaignRow } from "../publish/campaign-row.ts";

const RESTS = sql`json_array_length(rests) > 0 AND json_extract(rests, '$[#-1][1]') IS NULL`;

/**
 * The statement that keeps what becomes of the phase `row` is in, once the campaign has `status`; it does nothing unless
 * `when`, and nothing a second time. A phase that is followed by another while it rests goes on resting for good.
 */
export function restUpdate(
  db: DrizzleD1Database,
  row: CampaignRow,
  { status, phase }: { status: string; phase: number },
  now: EpochMs,
  when: SQL,
) {
  const rests =
    status !== "live"
      ? sql`CASE WHEN ${RESTS} OR ${row.status} <> 'live' THEN rests
          ELSE json_insert(rests, '$[#]', json_array(${now}, NULL)) END`
      : phase === row.phase
        ? sql`CASE WHEN ${RESTS} THEN json_set(rests, '$[#-1][1]', ${now}) ELSE rests END`
        : sql`rests`;
  return db
    .update(campaignPhases)
    .set({ rests })
    .where(
      and(
        eq(campaignPhases.site, row.site),
        eq(campaignPhases.campaignId, row.id),
        eq(campaignPhases.phase, row.phase),
        when,
      ),
    );
}
