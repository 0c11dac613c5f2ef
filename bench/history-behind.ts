/** Kept figures that history has gone on from, as they are when something has just happened. */
import { setTimeout } from "node:timers/promises";
import type { Miniflare } from "miniflare";
import type { HistoryMessage, RecordOf } from "../domain/history/records.ts";
import { type Call, now } from "./history-calls.ts";

const MINUTE_MS = 60_000;
const MONTH_DAYS = 31;
/** So many visits are told of at once, and nobody has counted for a minute. */
const VISITS = 20;
const LOOK_MS = 20;

let tellings = 0;

/** Bring `site` to where `call` wants it: visits of today have just been told of, or nothing of a month is kept. */
export async function fallBehind(miniflare: Miniflare, site: string, { before }: Call): Promise<void> {
  if (before === undefined) return;
  if (before === "today") await tellVisits(miniflare, site);
  const database = await miniflare.getD1Database("DB");
  const days = before === "today" ? 1 : MONTH_DAYS;
  const forget = before === "today" ? "" : "dirty = max(dirty, built) + 1, since = 0, ";
  await database
    .prepare(
      `UPDATE rollup_marks SET ${forget}built_at = built_at - ?3
       WHERE site = ?1 AND subject IN (SELECT subject FROM rollup_marks
         WHERE site = ?1 AND subject >= 'day:' AND subject < 'day;' ORDER BY subject DESC LIMIT ?2)`,
    )
    .bind(site, days, MINUTE_MS)
    .run();
}

/** Through the queue, as their owners tell of them: every telling is newer and a little longer. Waits until it is written. */
async function tellVisits(miniflare: Miniflare, site: string): Promise<void> {
  tellings += 1;
  const message: HistoryMessage = {
    v: 1,
    site,
    owner: { kind: "exempt", name: `${site}:0` },
    records: Array.from({ length: VISITS }, (_, index) => visitOf(index)),
  };
  const database = await miniflare.getD1Database("DB");
  const written = database.prepare(
    "SELECT count(*) AS n FROM sessions WHERE site = ?1 AND id >= 'ses_just_now' AND id < 'ses_just_nox' AND revision = ?2",
  );
  const queue = await miniflare.getQueueProducer<HistoryMessage>("HISTORY");
  await queue.send(message);
  const isWritten = async () =>
    ((await written.bind(site, tellings).first<{ n: number }>())?.n ?? 0) === VISITS;
  while (!(await isWritten())) await setTimeout(LOOK_MS);
}

function visitOf(index: number): RecordOf<"sessions"> {
  const startedAt = now - index * MINUTE_MS;
  return {
    table: "sessions",
    id: `ses_just_now_${index}`,
    revision: tellings,
    visitor_id: `vis_just_now_${index}`,
    user_id: null,
    started_at: startedAt,
    last_at: startedAt + tellings * 1_000,
    ended_at: null,
    pages: tellings,
    events: tellings,
    seconds: tellings,
    entry_path: null,
    referrer: null,
    channel: "Direct",
    utm: {},
    device_type: "mobile",
    browser: null,
    os: null,
    language: null,
    country: null,
    region: null,
    city: null,
    cart_value: 0,
    cart_items: 0,
    global_holdout: false,
    covered: index % 2 === 0,
    eligible: tellings % 2 === 0,
    segments: [],
    outcomes: {},
    replay: null,
  };
}
