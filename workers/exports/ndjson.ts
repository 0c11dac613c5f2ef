/** Conversations as NDJSON: one line each event of their logs, in order, with whose conversation it is. */
import { eventsOf, type Span } from "./pages.ts";

/** The export `messages` in `span`. */
export async function* ndjsonOf(env: Env, span: Span): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const events of eventsOf(env, span)) {
    yield encoder.encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }
}
