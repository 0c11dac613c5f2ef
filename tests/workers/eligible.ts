/** Visitors for whom a campaign's first phase was eligible, as history is told of them. */
import type { RecordOf } from "../../domain/history/records.ts";
import { FROM } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";

const HOUR = 3_600_000;

/** One visitor, invited an hour into the world. */
export function seen(visitor: string, campaignId: string): [RecordOf<"sessions">, RecordOf<"exposures">] {
  const at = FROM + HOUR;
  const session = sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    started_at: at,
    last_at: at,
    ended_at: at,
  });
  return [
    session,
    {
      table: "exposures",
      id: `dec_${visitor}`,
      revision: 1,
      visitor_id: visitor,
      session_id: session.id,
      campaign_id: campaignId,
      phase: 1,
      variant: "a",
      kind: "content",
      arm: "treated",
      probability: 1,
      eligible_at: at,
      shown_at: at,
      opened_at: null,
      declined_at: null,
      ignored_at: null,
      clicked_at: null,
    },
  ];
}
