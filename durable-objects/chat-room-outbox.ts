/**
 * What a room owes others: its report to the desk (`desk`), the news of its end to the visitor's object (`visitor`),
 * its records to history. An entry is written with the fact, in its row, and leaves only when the other side has it.
 */
import { cutChunks } from "../domain/chat/log.ts";
import type { RoomState } from "../domain/chat/state.ts";
import type { Place, RoomReport } from "../domain/desk/report.ts";
import { confirm, due, type Entry, nextRetryAt, put, sent } from "../domain/history/outbox.ts";
import type { Confirmation } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { logId, recordsFor } from "./chat-room-history.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import { clearOverdue, reportOverdue, sendHistory } from "./history-queue.ts";
import { reportFault } from "./report-fault.ts";

/** How long an open conversation's new events wait before history hears of them. */
export const LOG_EVERY_MS = 5 * 60_000;

export class ChatRoomOutbox {
  readonly #env: Env;
  readonly #store: ChatRoomStore;
  /** Keys that are to be sent at once, beside those whose retry is due. */
  readonly #fresh = new Set<string>();

  constructor(env: Env, store: ChatRoomStore) {
    this.#env = env;
    this.#store = store;
  }

  /**
   * Owe what `names` say, as of `room`. Called inside the transaction that writes the fact. Each entry is stored as
   * sent already, since `deliver` follows at once; where a crash comes between, the alarm sends it.
   */
  put(room: RoomState, names: readonly string[], now: EpochMs): void {
    const revisions: Record<string, [key: string, revision: number]> = {
      desk: ["desk", room.deskRevision],
      visitor: ["visitor", 1],
      conversations: [`conversations:${room.conversation}`, room.revision],
      ...(room.staff ? {} : { surveys: [`surveys:${room.conversation}`, room.revision] }),
    };
    this.#putAll(
      names.flatMap((name) => (revisions[name] === undefined ? [] : [revisions[name]])),
      now,
    );
  }

  /** Owe history the events that it has not heard of: at once where the conversation is closed, else now and then. */
  flushLog(room: RoomState, now: EpochMs): void {
    const { head } = this.#store.head();
    // A conversation in which nobody spoke is none.
    if (head === room.loggedSeq || room.queuedAt === null) return;
    if (room.status !== "closed" && now - room.loggedAt < LOG_EVERY_MS) return;
    const known = this.#store.chunks();
    const last = known.at(-1);
    const chunks = cutChunks(this.#store.sizes(last?.fromSeq ?? 1), last?.chunk ?? 0);
    const logged = { ...room, loggedSeq: head, loggedAt: now, revision: room.revision + 1 };
    this.#store.atomically(() => {
      const keys: [string, number][] = [];
      for (const chunk of chunks) {
        const before = known.find((other) => other.chunk === chunk.chunk);
        if (before?.toSeq === chunk.toSeq) continue;
        const revision = (before?.revision ?? 0) + 1;
        this.#store.setChunk({ ...chunk, revision });
        keys.push([`conversation_logs:${logId(room, chunk)}`, revision]);
      }
      this.#store.setRoom(logged);
      this.#putAll(keys, now);
      this.put(logged, ["conversations"], now);
    });
  }

  /**
   * Keep `room` and owe all of it anew, the log from its beginning: others know of another course of things. Returns how
   * many chunks the log has.
   */
  retell(room: RoomState, now: EpochMs): number {
    const told = { ...room, loggedSeq: this.#store.head().head, loggedAt: now };
    // A conversation in which nobody spoke is none.
    const chunks = room.queuedAt === null ? [] : cutChunks(this.#store.sizes(1), 0);
    this.#store.atomically(() => {
      this.#store.setRoom(told);
      this.#store.setChunks(chunks.map((chunk) => ({ ...chunk, revision: room.revision })));
      if (room.queuedAt === null) return;
      this.#putAll(
        chunks.map((chunk) => [`conversation_logs:${logId(room, chunk)}`, room.revision]),
        now,
      );
      this.put(told, ["desk", "conversations", ...(room.survey === null ? [] : ["surveys"])], now);
    });
    return chunks.length;
  }

  /** Send what is fresh or due. Answers the visitor's place where the desk told it. */
  async deliver(now: EpochMs): Promise<Place | null> {
    const room = this.#store.room();
    if (room === null) return null;
    const before = this.#store.owed();
    const late = due(before, now);
    const lateKeys = new Set(late.map(({ key }) => key));
    if (late.length > 0) this.#store.setOwed(sent(before, lateKeys, now));
    const entries = before.filter(({ key }) => lateKeys.has(key) || this.#fresh.has(key));
    this.#fresh.clear();

    const [place] = await Promise.all([
      this.#tellDesk(room, entries),
      this.#tellVisitor(room, entries),
      this.#tellHistory(room, entries),
    ]);
    if (late.length > 0) await reportOverdue(this.#env, this.#owner(room), this.#store.owed(), now);
    return place;
  }

  /** These records are in D1, or the other object has taken what it was told. */
  async confirm(room: RoomState, confirmations: readonly Confirmation[], now: EpochMs): Promise<void> {
    const before = this.#store.owed();
    const after = confirm(before, confirmations);
    this.#store.holdOwed(after);
    await clearOverdue(this.#env, this.#owner(room), before, after, now);
  }

  /** When the alarm must look again; null where nothing is owed and nothing new was said. */
  nextAt(room: RoomState, head: number): EpochMs | null {
    const retry = nextRetryAt(this.#store.owed());
    const log = head > room.loggedSeq ? this.logAt(room) : null;
    if (retry === null || log === null) return retry ?? log;
    return Math.min(retry, log);
  }

  /** When history hears of what is said now; null where nothing that is said is a conversation yet. */
  logAt(room: RoomState): EpochMs | null {
    return room.queuedAt === null ? null : room.loggedAt + LOG_EVERY_MS;
  }

  #putAll(keys: readonly [key: string, revision: number][], now: EpochMs): void {
    let after: readonly Entry[] = this.#store.owed();
    for (const [key, revision] of keys) {
      after = put(after, key, revision, now);
      this.#fresh.add(key);
    }
    this.#store.setOwed(sent(after, new Set(keys.map(([key]) => key)), now));
  }

  async #tellDesk(room: RoomState, entries: readonly Entry[]): Promise<Place | null> {
    const entry = entries.find(({ key }) => key === "desk");
    if (entry === undefined) return null;
    const report: RoomReport = {
      conversation: room.conversation,
      revision: room.deskRevision,
      status: room.status === "closed" ? "closed" : "queued",
      visitor: room.visitor,
      name: room.name,
      verified: room.verified,
      preview: this.#store.firstWords(),
      page: room.page,
      place: room.place,
      skill: room.skill,
      priority: room.priority,
      decisionId: room.decisionId,
      locale: room.locale,
      waitingSince: room.queuedAt ?? room.createdAt,
      turn: room.turn,
      preferredAgent: room.preferredAgent,
      ...(room.restoredAt !== null && { restored: { at: room.restoredAt, agent: room.agent?.id ?? null } }),
    };
    try {
      const place = await this.#env.SITE_DESK.getByName(room.site).roomChanged(report);
      this.#done([{ key: "desk", revision: report.revision }]);
      return place;
    } catch (error) {
      reportFault("warn", "room", "desk", error);
      return null;
    }
  }

  async #tellVisitor(room: RoomState, entries: readonly Entry[]): Promise<void> {
    const entry = entries.find(({ key }) => key === "visitor");
    if (entry === undefined) return;
    try {
      const visitor = this.#env.VISITOR_SESSION.getByName(`${room.site}:${room.visitor}`);
      await visitor.conversationClosed({
        conversation: room.conversation,
        agent: room.agent?.id ?? null,
        surveyedAt: room.surveyAsked === true ? room.closedAt : null,
      });
      this.#done([{ key: "visitor", revision: entry.revision }]);
    } catch (error) {
      reportFault("warn", "room", "visitor", error);
    }
  }

  async #tellHistory(room: RoomState, entries: readonly Entry[]): Promise<void> {
    const keys = entries.map(({ key }) => key).filter((key) => key !== "desk" && key !== "visitor");
    if (keys.length === 0) return;
    const records = await recordsFor(this.#store, room, keys);
    await sendHistory(this.#env, room.site, this.#owner(room), records);
  }

  #done(confirmations: readonly Confirmation[]): void {
    this.#store.holdOwed(confirm(this.#store.owed(), confirmations));
  }

  #owner(room: RoomState): { kind: "room"; name: string } {
    return { kind: "room", name: room.conversation };
  }
}
