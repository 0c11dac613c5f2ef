/** What is told of a day that is final is kept as other rows are, and counts nowhere: the operator hears of it. */
import type { HistoryRecord } from "../../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { CountedSettings } from "../kpis/site-settings.ts";

/** Say how many of `records` are of final days; an amount that is given back counts on the day of its order. */
export function tellOfLate(
  site: SiteKey,
  records: readonly HistoryRecord[],
  { sealed }: CountedSettings,
): void {
  const late = records.filter((record) => {
    const at = momentOf(record);
    return at !== null && at < sealed.until;
  });
  if (late.length === 0) return;
  const what = "told of days that are final";
  console.error(JSON.stringify({ level: "warn", what, site, records: late.length }));
}

function momentOf(record: HistoryRecord): EpochMs | null {
  switch (record.table) {
    case "sessions":
    case "agent_states":
      return record.started_at;
    case "exposures":
      return record.eligible_at;
    case "conversations":
      return record.created_at;
    case "exempt_counts":
      return record.hour;
    case "orders":
    case "leads":
    case "surveys":
      return record.at;
    case "refunds":
    case "identities":
    case "contacts":
    case "conversation_logs":
    case "left_messages":
      return null; // None makes a figure of the day it is told for.
    default:
      return record satisfies never;
  }
}
