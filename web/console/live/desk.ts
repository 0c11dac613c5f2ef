/**
 * The desk as this console sees it: who is online, who waits, what is offered to me, what is mine.
 *
 * The server decides; here its frames are kept as signals, and wishes are sent. Nothing is guessed but one thing:
 * after a lost connection the agent's own status is said again, since a desk that missed us may have set us away.
 *
 * Units   `offsetMs` is the server's clock minus this one's, so that waits are true on a wrong clock.
 */
import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import { decode } from "../../../domain/chat/wire.ts";
import {
  DeskServerFrame,
  type AgentState,
  type DeskAgent,
  type DeskClientFrame,
  type DeskConversation,
} from "../../../domain/desk/wire.ts";
import { whoAmI } from "../../shared/session.ts";
import { Link, socketUrl } from "./link.ts";

export type Offer = { item: DeskConversation; expiresAt: string | null };
export type Whereabouts = { page: string | null; title: string | null; at: string };
export type DeskFault = { code: string; message: string };
type Snapshot = Extract<DeskServerFrame, { type: "snapshot" }>;

export type DeskListener = {
  assigned: (item: DeskConversation) => void;
  /** A conversation that was mine is not any more. */
  revoked: (item: DeskConversation, reason: string) => void;
  /** The login no longer holds. */
  loginLost: () => void;
};

export class Desk {
  readonly link: Link;
  readonly meId = signal<string | null>(null);
  readonly agents = signal<readonly DeskAgent[]>([]);
  readonly queue = signal<readonly DeskConversation[]>([]);
  readonly mine = signal<readonly DeskConversation[]>([]);
  readonly offers = signal<readonly Offer[]>([]);
  readonly targetSeconds = signal(60);
  readonly offsetMs = signal(0);
  readonly ready = signal(false);
  readonly fault = signal<DeskFault | null>(null);
  /** The desk set this agent away by itself, after offers nobody took. */
  readonly setAway = signal(false);
  /** Conversations offered to a colleague, by the colleague's name; they stay here until taken. */
  readonly transfers = signal<Readonly<Record<string, string>>>({});
  readonly whereabouts = signal<Readonly<Record<string, Whereabouts>>>({});
  readonly me: ReadonlySignal<DeskAgent | null> = computed(
    () => this.agents.value.find((agent) => agent.id === this.meId.value) ?? null,
  );

  readonly #listener: DeskListener;
  #wish: { state: AgentState; capacity: number } | null = null;
  /** The desk has shown my wish as my state; a difference from now on is somebody's decision. */
  #granted = false;
  #missed = false;

  constructor(site: string, listener: DeskListener) {
    this.#listener = listener;
    this.link = new Link({
      dial: () => Promise.resolve(new WebSocket(socketUrl(`/api/sites/${site}/desk/socket`))),
      greet: () => {},
      hear: (text) => this.#hear(text),
      renew: async () => {
        const stillIn = (await whoAmI()) !== null;
        if (!stillIn) this.#listener.loginLost();
        return stillIn;
      },
    });
  }

  /** Say what I am and how many conversations I take at once. */
  setStatus(state: AgentState, capacity: number): void {
    this.#wish = { state, capacity };
    this.#granted = false;
    this.#missed = false;
    this.setAway.value = false;
    this.#send({ type: "status", state, capacity });
  }

  accept(conversation: string): void {
    this.#send({ type: "accept", conversation });
  }

  decline(conversation: string): void {
    this.#send({ type: "decline", conversation });
    this.#dropOffer(conversation);
  }

  /**
   * Take the conversation `conversation` beyond one's places: one place more for as long as the desk needs to
   * give it, then as many as before.
   */
  takeBeyond(conversation: string): void {
    const me = this.me.value;
    if (me === null) return;
    const capacity = Math.floor(me.load + 1e-9) + 1;
    if (capacity <= me.capacity) return this.accept(conversation);
    this.#send({ type: "status", state: me.state, capacity });
    this.#send({ type: "accept", conversation });
    this.#send({ type: "status", state: me.state, capacity: me.capacity });
  }

  /** Offer the conversation to a colleague; it stays here until they take it. */
  transfer(conversation: string, to: { id: string; name: string }, note: string): void {
    const noted = note.trim() === "" ? {} : { note: note.trim() };
    if (!this.#send({ type: "transfer", conversation, to_agent: to.id, ...noted })) return;
    this.transfers.value = { ...this.transfers.value, [conversation]: to.name };
  }

  /** False where it could not be said now. */
  wrapUp(conversation: string, outcome: string): boolean {
    return this.#send({ type: "wrap_up", conversation, outcome });
  }

  stop(): void {
    this.link.stop();
  }

  #send(frame: DeskClientFrame): boolean {
    const sent = this.link.send(frame);
    this.fault.value = sent ? null : { code: "offline", message: "" };
    return sent;
  }

  #hear(text: string): void {
    const frame = decode(DeskServerFrame, text);
    if (frame === null) return;
    batch(() => this.#apply(frame));
  }

  #apply(frame: DeskServerFrame): void {
    switch (frame.type) {
      case "snapshot":
        return this.#begin(frame);
      case "offered":
        return this.#offered({ item: frame.item, expiresAt: frame.expires_at });
      case "assigned":
        this.#dropOffer(frame.conversation);
        this.#endTransfer(frame.conversation);
        this.#addMine(frame.item);
        return this.#listener.assigned(frame.item);
      case "revoked":
        this.#dropOffer(frame.conversation);
        this.#endTransfer(frame.conversation);
        this.#missed ||= frame.reason === "timeout";
        return this.#loseMine(frame.conversation, frame.reason);
      case "queue":
        this.queue.value = frame.items;
        this.offers.value = this.offers.value.filter((offer) => this.#stands(offer, frame.items));
        return this.#setAgents(frame.agents);
      case "visitors": {
        const moved = frame.items.flatMap(({ conversation, page, title, at }) =>
          conversation === null ? [] : [[conversation, { page, title, at }] as const],
        );
        this.whereabouts.value = { ...this.whereabouts.value, ...Object.fromEntries(moved) };
        return;
      }
      case "error":
        this.fault.value = { code: frame.code, message: frame.message };
        this.transfers.value = {};
        return;
      default:
        frame satisfies never;
    }
  }

  #begin(snapshot: Snapshot): void {
    this.link.settle();
    this.offsetMs.value = Date.parse(snapshot.at) - Date.now();
    this.meId.value = snapshot.me.id;
    const others = snapshot.agents.filter((agent) => agent.id !== snapshot.me.id);
    this.agents.value = [...others, snapshot.me];
    this.queue.value = snapshot.queue;
    this.mine.value = snapshot.mine;
    this.targetSeconds.value = snapshot.wait_target_seconds;
    this.offers.value = this.offers.value.filter((offer) => this.#stands(offer, snapshot.queue));
    for (const item of snapshot.queue) {
      const known = this.offers.value.some((offer) => offer.item.conversation === item.conversation);
      if (item.status === "offered" && item.agent?.id === snapshot.me.id && !known) {
        this.#offered({ item, expiresAt: null });
      }
    }
    this.ready.value = true;
    const wish = this.#wish;
    if (wish !== null && (wish.state !== snapshot.me.state || wish.capacity !== snapshot.me.capacity)) {
      this.#send({ type: "status", ...wish });
    }
  }

  #setAgents(agents: readonly DeskAgent[]): void {
    this.agents.value = agents;
    const me = this.me.value;
    if (me === null || this.#wish === null) return;
    if (me.state === this.#wish.state) {
      this.#granted = true;
    } else if (this.#granted) {
      this.#wish = { state: me.state, capacity: me.capacity };
      this.setAway.value = this.#missed && me.state === "away";
    }
  }

  #offered(offer: Offer): void {
    this.#dropOffer(offer.item.conversation);
    this.offers.value = [...this.offers.value, offer];
  }

  /** What is mine already keeps its place in the list. */
  #addMine(item: DeskConversation): void {
    const known = this.mine.value.some((one) => one.conversation === item.conversation);
    this.mine.value = known
      ? this.mine.value.map((one) => (one.conversation === item.conversation ? item : one))
      : [...this.mine.value, item];
  }

  /** What is revoked may also have been a mere offer: then nothing of mine is lost. */
  #loseMine(conversation: string, reason: string): void {
    const item = this.mine.value.find((one) => one.conversation === conversation);
    if (item === undefined) return;
    this.mine.value = without(this.mine.value, conversation);
    this.#listener.revoked(item, reason);
  }

  #endTransfer(conversation: string): void {
    const { [conversation]: _ended, ...others } = this.transfers.value;
    this.transfers.value = others;
  }

  #dropOffer(conversation: string): void {
    this.offers.value = this.offers.value.filter((offer) => offer.item.conversation !== conversation);
  }

  /** An offer falls when the queue says that it is somebody else's, or nobody's, now. */
  #stands(offer: Offer, queue: readonly DeskConversation[]): boolean {
    const item = queue.find((row) => row.conversation === offer.item.conversation);
    if (item === undefined) return true;
    return item.status === "offered" && (item.agent === null || item.agent.id === this.meId.value);
  }
}

function without(items: readonly DeskConversation[], conversation: string): DeskConversation[] {
  return items.filter((item) => item.conversation !== conversation);
}
