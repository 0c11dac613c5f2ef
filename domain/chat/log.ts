/**
 * The conversation's log as history keeps it: cut into chunks that fit one message, and as searchable text.
 *
 * Shapes  a `Chunk` covers `fromSeq…toSeq`; only the last one can still grow.
 * Units   sizes are UTF-8 bytes of the events' JSON before compression.
 */
import type { Entry } from "./room.ts";
import { utf8Bytes } from "./room.ts";

export const CHUNK_EVENTS = 100;
/** Text that does not compress still fits: base64 of 60 KB is 80 KB, below the 90 KB of a log record. */
export const CHUNK_BYTES = 60_000;
const SEARCHABLE_BYTES = 60_000;

export type Chunk = { chunk: number; fromSeq: number; toSeq: number };

/**
 * Cut `events`, which begin where chunk number `first` begins, into chunks. Cutting goes from the oldest event
 * on, so a chunk that is full keeps its bounds for ever.
 */
export function cutChunks(events: readonly { seq: number; bytes: number }[], first: number): Chunk[] {
  const chunks: Chunk[] = [];
  let bytes = 0;
  for (const event of events) {
    const last = chunks.at(-1);
    const fits =
      last !== undefined && event.seq - last.fromSeq < CHUNK_EVENTS && bytes + event.bytes <= CHUNK_BYTES;
    if (fits) {
      last.toSeq = event.seq;
      bytes += event.bytes;
    } else {
      chunks.push({ chunk: first + chunks.length, fromSeq: event.seq, toSeq: event.seq });
      bytes = event.bytes;
    }
  }
  return chunks;
}

/** What was said aloud, for full-text search: no notes, no names, at most `SEARCHABLE_BYTES`. */
export function searchableText(entries: Iterable<Entry>): string {
  const lines: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (entry.type !== "message" || entry.kind !== "text") continue;
    // As JSON, since that is how it travels: control characters grow sixfold.
    bytes += utf8Bytes(JSON.stringify(entry.body));
    if (bytes > SEARCHABLE_BYTES) break;
    lines.push(entry.body);
  }
  return lines.join("\n");
}
