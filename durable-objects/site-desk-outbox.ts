/**
 * What a desk owes others: commands to rooms (in order, until the room has obeyed), revocations, and the agents'
 * stretches of presence to history (until D1 has them).
 */
import type { DeskCommand, Place } from "../domain/desk/report.ts";
import type { Agent, Desk } from "../domain/desk/desk.ts";
import { confirm, due, FIRST_RETRY_MS, put, sent } from "../domain/history/outbox.ts";
import { type Confirmation, recordKey, type RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { clearOverdue, reportOverdue, sendHistory } from "./history-queue.ts";
import type { SiteDeskStore } from "./site-desk-store.ts";
import { reportFault } from "./report-fault.ts";

export class SiteDeskOutbox {
  readonly #env: Env;
  readonly #site: string;
  readonly #store: SiteDeskStore;
  #fresh: RecordOf<"agent_states">[] = [];
  #telling: Promise<void> | null = null;

  constructor(env: Env, site: string, store: SiteDeskStore) {
    this.#env = env;
    this.#site = site;
    this.#store = store;
  }

  /** Owe history each stretch of an agent's state and capacity that began or ended between `before` and `after`. */
  putStretches(before: Desk, after: Desk, now: EpochMs): void {
    for (const { before: earlier, after: agent } of before.agents.differences(after.agents)) {
      if (earlier?.since === agent?.since && earlier?.state === agent?.state) continue;
      const endedAt = agent?.since ?? Math.max(now, (earlier?.since ?? 0) + 1);
      if (earlier !== null) this.#putStretch(earlier, endedAt, now);
      if (agent !== null) this.#putStretch(agent, null, now);
    }
  }

  hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** Hand what was just written to the queue; the alarm repeats what is not confirmed. */
  async sendFresh(): Promise<void> {
    const records = this.#fresh;
    this.#fresh = [];
    await sendHistory(this.#env, this.#site, this.#owner(), records);
  }

  /** Send again what is due, and tell rooms what they have not taken. */
  async resend(now: EpochMs): Promise<void> {
    const entries = this.#store.outbox();
    const late = due(entries, now);
    if (late.length > 0) {
      const keys = new Set(late.map(({ key }) => key));
      const records = entries.filter(({ key }) => keys.has(key)).map(({ record }) => record);
      for (const entry of sent(late, keys, now)) {
        const { record } = entries.find(({ key }) => key === entry.key) ?? {};
        if (record !== undefined) this.#store.putOutbox(entry, record);
      }
      await sendHistory(this.#env, this.#site, this.#owner(), records);
      await reportOverdue(this.#env, this.#owner(), this.#store.outbox(), now);
    }
    await this.tellRooms();
  }

  /** These records are in D1. */
  async confirm(confirmations: readonly Confirmation[], now: EpochMs): Promise<void> {
    const before = this.#store.outbox();
    const after = confirm(before, confirmations);
    const kept = new Set(after.map(({ key }) => key));
    for (const { key } of before) if (!kept.has(key)) this.#store.dropOutbox(key);
    await clearOverdue(this.#env, this.#owner(), before, after, now);
  }

  /** Tell rooms what was decided and who must go, one after the other, so that each hears it in order. */
  tellRooms(): Promise<void> {
    const run = (this.#telling ?? Promise.resolve()).then(() => this.#tellRoomsNow());
    this.#telling = run;
    return run;
  }

  /** A waiting visitor's place has changed. Lost where the room cannot be reached: it asks when it needs it. */
  async tellPlace(conversation: string, place: Place): Promise<void> {
    try {
      await this.#env.CHAT_ROOM.getByName(conversation).placed(place);
    } catch (error) {
      reportFault("warn", "desk", "place", error);
    }
  }

  /** When the alarm must look again; null where nothing is owed. */
  nextAt(now: EpochMs): EpochMs | null {
    const retry = this.#store.nextRetryAt();
    if (!this.#store.owesRooms()) return retry;
    return Math.min(retry ?? Infinity, now + FIRST_RETRY_MS);
  }

  /** Rooms are told side by side, each of its own in order. */
  async #tellRoomsNow(): Promise<void> {
    const byRoom = Map.groupBy(this.#store.commands(), ({ conversation }) => conversation);
    await Promise.all([...byRoom.values()].map((commands) => this.#tellRoom(commands)));
    for (const seat of this.#store.revokedSeats()) {
      try {
        await this.#env.CHAT_ROOM.getByName(seat.conversation).revokeUser({ userId: seat.user });
        this.#store.dropSeat(seat);
      } catch (error) {
        reportFault("warn", "desk", "revocation", error);
      }
    }
  }

  /** What one of them does not take keeps those behind it. */
  async #tellRoom(commands: readonly DeskCommand[]): Promise<void> {
    try {
      for (const command of commands) {
        await this.#env.CHAT_ROOM.getByName(command.conversation).obey(command);
        this.#store.dropCommand(command.n);
      }
    } catch (error) {
      reportFault("warn", "desk", "command", error);
    }
  }

  #putStretch(agent: Agent, endedAt: EpochMs | null, now: EpochMs): void {
    const record: RecordOf<"agent_states"> = {
      table: "agent_states",
      id: `${agent.id}:${agent.since}`,
      revision: endedAt === null ? 1 : 2,
      agent_id: agent.id,
      state: agent.state,
      capacity: agent.capacity,
      started_at: agent.since,
      ended_at: endedAt,
    };
    const key = recordKey(record);
    for (const entry of sent(put([], key, record.revision, now), new Set([key]), now)) {
      this.#store.putOutbox(entry, record);
    }
    this.#fresh.push(record);
  }

  #owner(): { kind: "desk"; name: string } {
    return { kind: "desk", name: this.#site };
  }
}
