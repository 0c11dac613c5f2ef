/** A visit as its owner tells history of it. */
import type { RecordOf } from "../../domain/history/records.ts";

type SessionRecord = RecordOf<"sessions">;

/** The record of a visit of which nothing is known but `part`. */
export function sessionRecord(
  part: Pick<SessionRecord, "id" | "visitor_id"> & Partial<SessionRecord>,
): SessionRecord {
  return {
    table: "sessions",
    revision: 1,
    user_id: null,
    started_at: 1_000,
    last_at: 1_000,
    ended_at: null,
    pages: 1,
    events: 1,
    seconds: 0,
    entry_path: "/",
    referrer: null,
    channel: "Direct",
    utm: {},
    device_type: null,
    browser: null,
    os: null,
    language: null,
    country: null,
    region: null,
    city: null,
    cart_value: 0,
    cart_items: 0,
    global_holdout: false,
    covered: false,
    eligible: false,
    segments: [],
    outcomes: {},
    replay: null,
    ...part,
  };
}
