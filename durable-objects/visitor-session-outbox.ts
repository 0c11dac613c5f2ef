/**
 * What a visitor's object owes history. The state carries its own outbox, so that what is owed is written with what
 * happened; whatever is not confirmed is sent again by the alarm.
 */
import { due, nextRetryAt, sent } from "../domain/history/outbox.ts";
import { type Confirmation, type HistoryRecord, MAX_REPLAY_LENGTH } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { confirmRecords, outgoingRecords } from "../domain/visit/outgoing.ts";
import type { SeenMessages } from "../domain/visit/seen.ts";
import type { VisitorState } from "../domain/visit/state.ts";
import { gzipBase64 } from "./gzip.ts";
import { clearOverdue, reportOverdue, sendHistory } from "./history-queue.ts";
import type { VisitorSessionStore } from "./visitor-session-store.ts";

const DAY_MS = 86_400_000;
/** The longest that anything about a visitor is kept after the last visit: the life of a consented identifier. */
export const RETENTION_MS = 395 * DAY_MS;

export class VisitorSessionOutbox {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #store: VisitorSessionStore;

  constructor(ctx: DurableObjectState, env: Env, store: VisitorSessionStore) {
    this.#ctx = ctx;
    this.#env = env;
    this.#store = store;
  }

  /** Save `state`, send what it newly owes D1, and see to being woken. */
  async keep(
    state: VisitorState,
    before: VisitorState,
    seen: SeenMessages,
    idleMs: number | null,
    now: EpochMs,
  ): Promise<void> {
    if (state === before) return;
    const kept = idleMs === null ? state : { ...state, idleMs };
    this.#store.save(kept, seen);
    this.#ctx.waitUntil(this.#send(kept, newKeys(kept, before)));
    await this.#store.wakeBy(Math.max(nextLook(kept), now));
  }

  /** D1 holds these records: they leave the outbox. */
  async confirm(confirmations: readonly Confirmation[], now: EpochMs): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null) return;
    const state = confirmRecords(loaded.state, confirmations);
    if (state.outbox.length === loaded.state.outbox.length) return;
    this.#store.save(state, loaded.seen);
    await clearOverdue(this.#env, ownerOf(state), loaded.state.outbox, state.outbox, now);
  }

  /** Save `state`, send what it newly owes and what is due again, and see to being woken. */
  async resend(state: VisitorState, before: VisitorState, seen: SeenMessages, now: EpochMs): Promise<void> {
    const again = due(state.outbox, now);
    const kept = { ...state, outbox: sent(state.outbox, new Set(again.map(({ key }) => key)), now) };
    if (state !== before || again.length > 0) this.#store.save(kept, seen);
    await this.#send(kept, again.map(({ key }) => key).concat(newKeys(state, before)));
    await reportOverdue(this.#env, ownerOf(kept), kept.outbox, now);
    await this.#store.wakeBy(nextLook(kept));
  }

  async #send(state: VisitorState, keys: string[]): Promise<void> {
    const wanted = new Set(keys);
    const records = outgoingRecords(
      state,
      state.outbox.filter(({ key }) => wanted.has(key)),
    );
    const whole = await Promise.all(records.map((record) => withReplay(record, state.replays)));
    await sendHistory(this.#env, state.site, ownerOf(state), whole);
  }
}

/** `record` with the moments of the visit that it completes; a visit whose moments are too many is told without. */
async function withReplay(record: HistoryRecord, replays: VisitorState["replays"]): Promise<HistoryRecord> {
  const replay = record.table === "sessions" && record.ended_at !== null ? replays[record.id] : undefined;
  if (record.table !== "sessions" || replay === undefined) return record;
  const packed = await gzipBase64(JSON.stringify(replay));
  return { ...record, replay: packed.length <= MAX_REPLAY_LENGTH ? packed : null };
}

/** When there may be something to do: an entry to send again, a visit to end, a visitor to forget. */
function nextLook(state: VisitorState): EpochMs {
  const retryAt = nextRetryAt(state.outbox) ?? Infinity;
  const endsAt = state.visit === null ? Infinity : state.visit.lastAt + state.idleMs;
  return Math.min(retryAt, endsAt, state.lastAt + RETENTION_MS);
}

function ownerOf(state: VisitorState): { kind: "visitor"; name: string } {
  return { kind: "visitor", name: `${state.site}:${state.visitor}` };
}

/** The outbox keys of `state` that are new or at a higher revision than in `before`. */
function newKeys(state: VisitorState, before: VisitorState): string[] {
  const known = new Map(before.outbox.map(({ key, revision }) => [key, revision]));
  return state.outbox.filter(({ key, revision }) => revision > (known.get(key) ?? 0)).map(({ key }) => key);
}
