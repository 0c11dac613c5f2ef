/**
 * One agent at work on one site: the desk, a room for each conversation, and what is before the agent's eyes.
 *
 * A conversation that ended without the agent stays in the list until the agent has concluded it.
 */
import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { Author } from "../../domain/chat/wire.ts";
import type { DeskConversation } from "../../domain/desk/wire.ts";
import type { Me, Membership } from "../shared/session.ts";
import { Attention } from "./alerts/attention.ts";
import { Desk, type WrapUp } from "./live/desk.ts";
import { Room } from "./live/room.ts";
import { forgetSeat } from "./live/seat.ts";
import { Reading } from "./live/reading.ts";
import { readCanned, type Canned } from "./model/canned.ts";
import { type Conclusion, readConclusion, readSkills, type Skill } from "./model/wrap-up.ts";
import { waitingSince } from "./model/log.ts";
import { go, place, shownConversation } from "./route.ts";

export type Notice = { key: string; name: string } | null;
/** What a conversation on screen is to this agent: their own, one to advise on, a colleague's, or one that waits. */
export type Standing = "own" | "consult" | "colleague" | "waiting";

export class Office {
  readonly me: Me["user"];
  readonly site: Membership;
  readonly desk: Desk;
  /** How this agent is called to a request. */
  readonly attention: Attention;
  readonly canned: Reading<Canned[]>;
  readonly rooms = signal<ReadonlyMap<string, Room>>(new Map());
  /** Said once beside the list, as where a conversation went to somebody else. */
  readonly notice = signal<Notice>(null);
  readonly mine: ReadonlySignal<readonly DeskConversation[]>;
  readonly selected: ReadonlySignal<DeskConversation | null>;
  readonly unread: ReadonlySignal<number>;
  /** What the list shows below the queue: one's own conversations or, for supervisors, everybody else's. */
  readonly scope = signal<"mine" | "others">("mine");

  readonly #ended = signal<readonly DeskConversation[]>([]);
  /** The conversation looked at without having it; it stays in sight when it leaves the desk's lists. */
  readonly #watched = signal<DeskConversation | null>(null);
  readonly #loginLost: () => void;
  readonly #undo: (() => void)[] = [];
  #skills: Reading<Skill[]> | null = null;
  #conclusion: Reading<Conclusion> | null = null;

  constructor(me: Me["user"], site: Membership, loginLost: () => void) {
    this.me = me;
    this.site = site;
    this.#loginLost = loginLost;
    this.desk = new Desk(site.key, {
      assigned: (item) => this.#assigned(item),
      revoked: (item, reason) => this.#revoked(item, reason),
      loginLost,
    });
    this.canned = new Reading(`/api/sites/${site.key}/canned?limit=100`, readCanned);
    this.mine = computed(() => {
      const held = this.desk.mine.value;
      const ended = this.#ended.value.filter(
        (item) => !held.some((one) => one.conversation === item.conversation),
      );
      return [...held, ...ended];
    });
    this.selected = computed(() => {
      const conversation = shownConversation();
      const own = this.mine.value.find((item) => item.conversation === conversation);
      if (own !== undefined) return own;
      return this.#watched.value?.conversation === conversation ? this.#watched.value : null;
    });
    this.unread = computed(() =>
      [...this.rooms.value.values()].reduce((sum, room) => sum + room.unread.value, 0),
    );
    this.attention = new Attention(site.key, this.desk, () => this.unread.value);
    this.#undo.push(
      effect(() => this.#watch()),
      effect(() => this.#openRooms(this.mine.value, this.#watched.value)),
    );
  }

  /** What conversations can be passed to, read when it is first wanted. */
  get skills(): Reading<Skill[]> {
    return (this.#skills ??= new Reading(`/api/sites/${this.site.key}/skills?limit=100`, readSkills));
  }

  /** By what the site concludes a conversation, read when it is first wanted. */
  get conclusion(): Reading<Conclusion> {
    return (this.#conclusion ??= new Reading(`/api/sites/${this.site.key}/wrap-up-codes`, readConclusion));
  }

  /** The server's time now, in EpochMs, by this machine's clock `now`. */
  serverTime(now: number): number {
    return now + this.desk.offsetMs.value;
  }

  /** Show the next (1) or previous (-1) of my conversations. */
  step(direction: 1 | -1): void {
    const items = this.mine.value;
    if (items.length === 0) return;
    const at = items.findIndex((item) => item.conversation === this.selected.value?.conversation);
    const next = items[(at + direction + items.length) % items.length] ?? items[0];
    if (next !== undefined) go({ name: "conversation", conversation: next.conversation });
  }

  /** Take what is offered; without an offer, ask for the first in the queue that nobody is offered. */
  takeNext(): void {
    const { desk } = this;
    const next = desk.offers.value[0]?.item ?? desk.firstWaiting;
    if (next === null) return;
    if (desk.offers.value.length > 0) desk.accept(next.conversation);
    else desk.takeBeyond(next.conversation);
  }

  /** Since when the visitor of `conversation` waits for this agent, or null. */
  turnSince(conversation: string): string | null {
    const room = this.rooms.value.get(conversation);
    if (room === undefined || room.status.value === "closed") return null;
    return waitingSince(room.log.value);
  }

  /** End the conversation for both and record how it ended. While the desk is out of reach nothing changes. */
  conclude(conversation: string, how: WrapUp): void {
    if (this.desk.wrapUp(conversation, how)) this.#leave(conversation);
  }

  /** What `item` is to this agent now. */
  standingOf(item: DeskConversation): Standing {
    const { conversation } = item;
    if (this.mine.value.some((one) => one.conversation === conversation)) return "own";
    if (this.desk.queue.value.some((one) => one.conversation === conversation)) return "waiting";
    if (this.desk.others.value.some((one) => one.conversation === conversation)) return "colleague";
    return this.desk.consults.list.value.some((one) => one.item.conversation === conversation)
      ? "consult"
      : "colleague";
  }

  stop(): void {
    for (const undo of this.#undo) undo();
    this.attention.stop();
    this.desk.stop();
    for (const room of this.rooms.value.values()) room.stop();
  }

  #assigned(item: DeskConversation): void {
    this.#ended.value = this.#ended.value.filter((one) => one.conversation !== item.conversation);
    const writing = shownConversation();
    const busy = writing !== null && this.rooms.value.get(writing)?.drafted === true;
    if (!busy) go({ name: "conversation", conversation: item.conversation });
  }

  #revoked(item: DeskConversation, reason: string): void {
    if (reason === "closed") {
      this.#ended.value = [...this.#ended.value, item];
      return;
    }
    const key = reason === "transferred" ? "notice_transferred" : "notice_other";
    this.notice.value = { key, name: item.name ?? "" };
    this.#leave(item.conversation);
  }

  #leave(conversation: string): void {
    batch(() => {
      this.desk.mine.value = this.desk.mine.value.filter((item) => item.conversation !== conversation);
      this.#ended.value = this.#ended.value.filter((item) => item.conversation !== conversation);
      if (shownConversation() === conversation) go({ name: "desk" });
    });
  }

  /** What is on screen and is not one's own: a consult or, for supervisors, anything at the desk. */
  #watch(): void {
    const shown = shownConversation();
    const own = this.mine.value.some((item) => item.conversation === shown);
    const { consults, others, queue, role } = this.desk;
    const watchable = [
      ...consults.list.value.map(({ item }) => item),
      ...(role.value === "admin" ? [...others.value, ...queue.value] : []),
    ];
    const found = own ? undefined : watchable.find((item) => item.conversation === shown);
    const before = untracked(() => this.#watched.value);
    if (found !== undefined) this.#watched.value = found;
    else if (own || before?.conversation !== shown) this.#watched.value = null;
    if (found !== undefined) untracked(() => this.desk.consults.see(found.conversation));
  }

  #openRooms(mine: readonly DeskConversation[], watched: DeskConversation | null): void {
    const before = untracked(() => this.rooms.value);
    const own = new Set(mine.map((item) => item.conversation));
    const wanted = new Set([...own, ...(watched === null ? [] : [watched.conversation])]);
    for (const [conversation, room] of before) {
      if (wanted.has(conversation)) room.looksOn.value = !own.has(conversation);
    }
    if (wanted.size === before.size && [...wanted].every((conversation) => before.has(conversation))) return;
    const after = new Map<string, Room>();
    for (const conversation of wanted) {
      const looksOn = !own.has(conversation);
      after.set(
        conversation,
        before.get(conversation) ?? untracked(() => this.#openRoom(conversation, looksOn)),
      );
    }
    for (const [conversation, room] of before) {
      if (wanted.has(conversation)) continue;
      stopLater(room);
      if (!room.looksOn.peek()) forgetSeat(`${this.me.id}:${conversation}`);
    }
    this.rooms.value = after;
  }

  #openRoom(conversation: string, looksOn: boolean): Room {
    const me: Author = { role: "agent", id: this.me.id, name: this.me.name };
    return new Room({ site: this.site.key, conversation, me, looksOn, loginLost: this.#loginLost });
  }
}

/** Stopping changes what effects read: not within the one that lets the room go. */
function stopLater(room: Room): void {
  queueMicrotask(() => room.stop());
}

/** On a phone one pane shows at a time; this is its name. */
export function shownPane(): "list" | "conversation" | "visitor" | "screen" {
  const { name } = place.value;
  if (name === "desk") return "list";
  if (name === "screen") return "screen";
  return name === "visitor" ? "visitor" : "conversation";
}
