/**
 * Files that no message shows are let go of after a day: somebody chose them, and thought better of it.
 *
 * Whether one is shown is read from the log that history has, and only once that log is whole: what was acknowledged
 * is never lost because history was late. Each file is looked at until that is known, and then never again.
 */
import type { EpochMs } from "../../domain/ids.ts";
import { type LogEvent, readLog } from "../routes/conversation-logs.ts";
import { type FilePlace, keyOf } from "./address.ts";
import { dropRow, markSent } from "./rows.ts";

const DAY_MS = 86_400_000;
const PAGE = 100;
/** A log that is not whole by then is not waited for: its files are kept as long as their conversation is. */
const GIVEN_UP_MS = 7 * DAY_MS;

type Row = { site: string; conversation_id: string; id: string; created_at: EpochMs; known: number };

/** Let go of what nobody showed; returns how many. */
export async function dropUnsentFiles(env: Env, now: EpochMs): Promise<number> {
  const { results } = await env.DB.prepare(
    `select site, conversation_id, id, created_at, exists (
       select 1 from conversations where conversations.site = files.site and conversations.id = conversation_id
     ) as known
     from files where sent_at is null and created_at < ? order by created_at limit ?`,
  )
    .bind(now - DAY_MS, PAGE)
    .all<Row>();
  let dropped = 0;
  for (const [conversation, rows] of Map.groupBy(results, ({ conversation_id }) => conversation_id)) {
    const [first] = rows;
    if (first === undefined) continue;
    const { site } = first;
    const log = first.known === 1 ? await readLog(env, site, conversation) : null;
    const shown = log === null ? new Set<string>() : filesIn(log);
    // Of a conversation in which nobody spoke there is no log to wait for.
    const whole = log === null || isWhole(log);
    for (const { id, created_at } of rows) {
      const place: FilePlace = { site, conversation, file: id };
      if (shown.has(id) || (!whole && created_at < now - GIVEN_UP_MS)) await markSent(env, place, now);
      else if (whole) {
        await env.FILES.delete(keyOf(place));
        await dropRow(env, place);
        dropped += 1;
      }
    }
  }
  return dropped;
}

/** From its first event to its end without a gap. */
function isWhole(log: readonly LogEvent[]): boolean {
  return (
    log.every(({ seq }, index) => seq === index + 1) &&
    log.some((event) => event.type === "event" && event["name"] === "closed")
  );
}

function filesIn(log: readonly LogEvent[]): Set<string> {
  const bodies = log.filter((event) => event.type === "message" && event["kind"] === "file");
  return new Set(bodies.map((event) => idIn(String(event["body"]))).filter((id) => id !== null));
}

function idIn(body: string): string | null {
  const match = /"id":"(fil_[A-Za-z0-9_-]{22})"/.exec(body);
  return match?.[1] ?? null;
}
