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
import { completedAt, forgetAt, isForEnd, isSettled, nextLook } from "../domain/visit/settled.ts";
import type { VisitorState } from "../domain/visit/state.ts";
import { gzipBase64 } from "./gzip.ts";
import { clearOverdue, reportOverdue, sendHistory } from "./history-queue.ts";
import type { VisitorSessionStore } from "./visitor-session-store.ts";

export class VisitorSessionOutbox {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #store: VisitorSessionStore;
  /** D1 is known to hold a whole visit up to this moment: the run over D1 comes by that visit (`forget`). */
  #completedAt: EpochMs = -Infinity;
  /** A visit has ended that the stored state still says to be on: its next alarm would end it the same. */
  #endUnwritten = false;

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
    const fresh = newKeys(kept, before);
    if (fresh.length > 0) this.#ctx.waitUntil(this.#send(kept, fresh));
    await this.#wake(kept, now);
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
    this.#completedAt = Math.max(this.#completedAt, completedAt(loaded.state, confirmations) ?? -Infinity);
    this.#store.hold(state, loaded.seen);
    if (!this.#findsNothing(state, now)) await this.#store.wakeAt(Math.max(nextLook(state), now));
    await clearOverdue(this.#env, ownerOf(state), loaded.state.outbox, state.outbox, now);
  }

  /**
   * The alarm of `rangFor` has rung: end a visit that is over, send what is due, or forget a visitor who stayed away.
   * A visit ends without a row, since what is stored ends the same at the next alarm; what that one tells once more is
   * written, so that it is sent less and less often.
   */
  async look(rangFor: EpochMs, now: EpochMs): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null) return;
    const { state: before, seen } = loaded;
    if (now >= forgetAt(before)) return this.#clear(before, now);
    const state = endVisit(before, before.idleMs, now);
    const again = due(state.outbox, now);
    const kept = { ...state, outbox: sent(state.outbox, new Set(again.map(({ key }) => key)), now) };
    const writes = again.length > 0 || (state !== before && !isForEnd(rangFor));
    if (writes) this.#store.save(kept, seen);
    else this.#store.hold(kept, seen);
    this.#endUnwritten = !writes && (this.#endUnwritten || state !== before);
    await this.#wake(kept, now);
    await this.#send(kept, again.map(({ key }) => key).concat(newKeys(state, before)));
    await reportOverdue(this.#env, ownerOf(kept), kept.outbox, now);
  }

  /**
   * History's run has come to a visit of this visitor that was over at `lastAt`, and to none that began later: forget
   * him if that is due by what is known here. One who came back is left to his next visit's row or to what is still
   * owed; one whose last visit is this and not old enough yet, to his own alarm.
   */
  async forget(lastAt: EpochMs, now: EpochMs): Promise<"forgotten" | "kept"> {
    const loaded = this.#store.load();
    if (loaded === null) return "forgotten";
    const { state } = loaded;
    if (now >= forgetAt(state)) {
      await this.#clear(state, now);
      return "forgotten";
    }
    if (state.lastAt <= lastAt) await this.#store.wakeBy(Math.max(nextLook(state), now));
    return "kept";
  }

  /** Nothing of him is kept, nor does the operator's table name him any longer. */
  async #clear(state: VisitorState, now: EpochMs): Promise<void> {
    this.#completedAt = -Infinity;
    this.#endUnwritten = false;
    await this.#store.clear();
    await clearOverdue(this.#env, ownerOf(state), state.outbox, [], now);
  }

  /** See to being woken, unless all was told and the run over D1 sees to the rest. */
  async #wake(state: VisitorState, now: EpochMs): Promise<void> {
    if (this.#isHistorys(state)) return;
    await this.#store.wakeBy(Math.max(nextLook(state), now));
  }

  /** Nothing is left to tell, and D1 holds the visit by which it will find him. */
  #isHistorys(state: VisitorState): boolean {
    return isSettled(state) && this.#completedAt >= state.lastAt;
  }

  /**
   * The alarm may stay where it is: it rings while this is still in memory, finds nothing to do, and none stands after
   * it. That saves the row that moving it costs. (If memory is gone by then, the end is told once more, and written.)
   */
  #findsNothing(state: VisitorState, now: EpochMs): boolean {
    const { alarmAt } = this.#store;
    const soon = alarmAt !== null && alarmAt <= now + FIRST_RETRY_MS;
    return soon && this.#endUnwritten && this.#isHistorys(state);
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

function ownerOf(state: VisitorState): { kind: "visitor"; name: string } {
  return { kind: "visitor", name: `${state.site}:${state.visitor}` };
}

/** The outbox keys of `state` that are new or at a higher revision than in `before`. */
function newKeys(state: VisitorState, before: VisitorState): string[] {
  if (state.outbox === before.outbox) return [];
  const known = new Map(before.outbox.map(({ key, revision }) => [key, revision]));
  return state.outbox.filter(({ key, revision }) => revision > (known.get(key) ?? 0)).map(({ key }) => key);
}
