/**
 * What happened in one room, as its clients saw it: every call with its outcome, every hello, every event shown.
 *
 * Shapes  a `Fact` is one line; facts stand in the order in which this process learned them. `client` is one socket's
 *         owner, `sender` is whose words it says: two tabs of a visitor are two clients and one sender.
 * Units   `at` is the client's own clock in milliseconds; it says when, the order of facts says what came first.
 */
import type { EventFrame, MessageFrame } from "../domain/chat/wire.ts";

export type LogFrame = MessageFrame | EventFrame;

export type Fact = { client: string; at: number } & (
  | { what: "invoke"; sender: string; call: string; kind: string; body: string }
  /** Acknowledged under this `seq`. */
  | { what: "ok"; call: string; seq: number }
  /** Refused for good: it is stored nowhere. */
  | { what: "fail"; call: string; code: string }
  /** The connection went, or a soft refusal came, before an answer: it may be stored or not. */
  | { what: "info"; call: string }
  | { what: "hello"; epoch: string | null; after: number }
  | { what: "welcome"; epoch: string; head: number }
  | { what: "reset"; epoch: string; head: number; from: number }
  /** An event arrived; `text` is the frame as it came. */
  | { what: "saw"; seq: number; text: string }
  /** It asked for these again: events up to `to` may come once more. */
  | { what: "range"; from: number; to: number }
  | { what: "lost" }
  /** The room's storage was emptied or set back on purpose: what was acknowledged before it may be gone. */
  | { what: "wiped" }
);

/** The room's log as a reader who was never there gets it in the end. */
export type FinalLog = { epoch: string; head: number; events: readonly LogFrame[] };

/** `Fact` without what `History.note` adds. */
export type Noted = Fact extends infer F ? (F extends Fact ? Omit<F, "at"> : never) : never;

export class History {
  readonly facts: Fact[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  note(fact: Noted): void {
    this.facts.push({ ...fact, at: this.#now() } as Fact);
  }
}
