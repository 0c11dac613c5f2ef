/**
 * What a visitor's object owes history. The state carries its own outbox, so that what is owed is written with what
 * happened; whatever is not confirmed is sent again by the alarm.
 */
import { due, FIRST_RETRY_MS, sent } from "../domain/history/outbox.ts";
import { type Confirmation, type HistoryRecord, MAX_REPLAY_LENGTH } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { confirmRecords, outgoingRecords } from "../domain/visit/outgoing.ts";
import { endVisit } from "../domain/visit/record.ts";
import type { SeenMessages } from "../domain/visit/seen.ts";
import { endToldAt, forgetAt, nextLook } from "../domain/visit/settled.ts";
import type { VisitorState } from "../domain/visit/state.ts";
import { gzipBase64 } from "./gzip.ts";
import { clearOverdue, reportOverdue, sendHistory } from "./history-queue.ts";
import type { VisitorSessionStore } from "./visitor-session-store.ts";

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

  /**
   * D1 holds these records: they leave the outbox. The alarm that is moved for it says so (`domain/visit/settled.ts`);
   * where something else must be looked at as soon, this is known while the object is in memory, and else told again.
   */
  async confirm(confirmations: readonly Confirmation[], now: EpochMs): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null) return;
    const state = confirmRecords(loaded.state, confirmations);
    if (state.outbox.length === loaded.state.outbox.length) return;
    this.#store.hold(state, loaded.seen);
    await this.#store.wakeAt(Math.max(nextLook(state), now));
    await clearOverdue(this.#env, ownerOf(state), loaded.state.outbox, state.outbox, now);
  }

  /** The alarm has rung: end a visit that is over, send what is due, or forget a visitor who stayed away. */
  async look(now: EpochMs): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null) return;
    const { state: before, seen } = loaded;
    if (now >= forgetAt(before)) return this.#store.clear();
    const state = endVisit(before, before.idleMs, now);
    const again = due(state.outbox, now);
    const kept = { ...state, outbox: sent(state.outbox, new Set(again.map(({ key }) => key)), now) };
    if (again.length > 0 || (state !== before && !canEndAgain(before, now))) this.#store.save(kept, seen);
    else this.#store.hold(kept, seen);
    await this.#store.wakeBy(nextLook(kept));
    await this.#send(kept, again.map(({ key }) => key).concat(newKeys(state, before)));
    await reportOverdue(this.#env, ownerOf(kept), kept.outbox, now);
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

/**
 * Whether the visit of `state` may end without a row: what is stored ends the same at the next alarm. One that was told
 * and not confirmed is written, so that it is sent less and less often.
 */
function canEndAgain({ visit, idleMs }: VisitorState, now: EpochMs): boolean {
  return visit !== null && now < endToldAt(visit, idleMs) + FIRST_RETRY_MS;
}

function ownerOf(state: VisitorState): { kind: "visitor"; name: string } {
  return { kind: "visitor", name: `${state.site}:${state.visitor}` };
}

/** The outbox keys of `state` that are new or at a higher revision than in `before`. */
function newKeys(state: VisitorState, before: VisitorState): string[] {
  const known = new Map(before.outbox.map(({ key, revision }) => [key, revision]));
  return state.outbox.filter(({ key, revision }) => revision > (known.get(key) ?? 0)).map(({ key }) => key);
}
