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
import { afterChange } from "../../../domain/desk/picture.ts";
import {
  DeskServerFrame,
  type AgentState,
  type DeskAgent,
  type DeskClientFrame,
  type DeskConversation,
} from "../../../domain/desk/wire.ts";
import { whoAmI } from "../../shared/session.ts";
import { Consults } from "./consults.ts";
import { Link, socketUrl } from "./link.ts";
import { LiveVisitors } from "./live-visitors.ts";

export type Offer = { item: DeskConversation; expiresAt: string | null };
export type Whereabouts = { page: string | null; title: string | null; at: string };
export type DeskFault = { code: string; message: string };
/**
 * How a conversation ended: its outcome, the site's codes for it, what the team should know, and whether the visitor is to
 * be asked what they thought.
 */
export type WrapUp = { outcome: string; codes: readonly string[]; note: string; ask: boolean };
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
  /** Supervisors run the desk; agents work at it. */
  readonly role = signal<"admin" | "agent">("agent");
  /** How many wait in all; `queue` may be the first of them only. */
  readonly waiting = signal(0);
  /** For supervisors: the conversations that other agents have. */
  readonly others = signal<readonly DeskConversation[]>([]);
  readonly consults = new Consults();
  readonly visitors: LiveVisitors;
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
  /** Which of the desk's pictures of queue and agents is shown; changes go on from it. */
  #pictureNumber = 0;

  constructor(site: string, listener: DeskListener) {
    this.#listener = listener;
    this.visitors = new LiveVisitors((frame) => this.link.send(frame));
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
    // How full the places are is told some moments after what is mine.
    const capacity = Math.max(Math.floor(me.load + 1e-9), this.mine.value.length) + 1;
    if (capacity <= me.capacity) return this.accept(conversation);
    this.#send({ type: "status", state: me.state, capacity });
    this.#send({ type: "accept", conversation });
    this.#send({ type: "status", state: me.state, capacity: me.capacity });
  }

  /** The first in the queue that nobody is offered, and that is not mine by now: the queue is told moments later. */
  get firstWaiting(): DeskConversation | null {
    const mine = new Set(this.mine.value.map(({ conversation }) => conversation));
    const isFree = ({ status, conversation }: DeskConversation) =>
      status === "queued" && !mine.has(conversation);
    return this.queue.value.find(isFree) ?? null;
  }

  /** Offer the conversation to a colleague, or to whoever has a skill; it stays here until somebody takes it. */
  transfer(
    conversation: string,
    to: { agent: string; name: string } | { skill: string; name: string },
    note: string,
  ): void {
    const aim = "agent" in to ? { to_agent: to.agent } : { to_skill: to.skill };
    if (!this.#send({ type: "transfer", conversation, ...aim, ...noted(note) })) return;
    this.transfers.value = { ...this.transfers.value, [conversation]: to.name };
  }

  /** Ask a colleague to look at the conversation; it stays where it is. */
  consult(conversation: string, agent: string, note: string): boolean {
    return this.#send({ type: "consult", conversation, to_agent: agent, ...noted(note) });
  }

  /** A conversation on hold takes no place until it is taken up again. */
  hold(conversation: string, on: boolean): void {
    if (!this.#send({ type: "hold", conversation, on })) return;
    this.mine.value = this.mine.value.map((item) =>
      item.conversation === conversation ? { ...item, turn: on ? "hold" : "agent" } : item,
    );
  }

  /** Supervisors: give a conversation that waits to an agent. */
  assign(conversation: string, agent: string): void {
    this.#send({ type: "assign", conversation, to_agent: agent });
  }

  /** Supervisors: have a colleague's conversation oneself. */
  takeOver(conversation: string): void {
    this.#send({ type: "take_over", conversation });
  }

  /** Supervisors: end a conversation, whoever has it. */
  closeFor(conversation: string): void {
    this.#send({ type: "close", conversation });
  }

  /** False where it could not be said now. */
  wrapUp(conversation: string, { outcome, codes, note, ask }: WrapUp): boolean {
    const coded = codes.length === 0 ? {} : { codes: [...codes] };
    const asking = ask ? { ask } : {};
    return this.#send({ type: "wrap_up", conversation, outcome, ...coded, ...asking, ...noted(note) });
  }

  /** The agent has said what they had to say. */
  endConsult(conversation: string): void {
    if (this.#send({ type: "consult_done", conversation })) this.consults.drop(conversation);
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
        return this.#addMine(frame.item);
      case "revoked":
        this.#dropOffer(frame.conversation);
        this.#endTransfer(frame.conversation);
        this.consults.drop(frame.conversation);
        this.#missed ||= frame.reason === "timeout";
        return this.#loseMine(frame.conversation, frame.reason);
      case "queue":
        this.#pictureNumber = frame.n ?? 0;
        this.#setQueue(frame.items, frame.waiting, frame.others ?? this.others.value);
        return this.#setAgents(frame.agents);
      case "queue_changed":
        return this.#change(frame);
      case "consulted":
        return this.consults.add(frame);
      case "visitors": {
        const moved = frame.items.flatMap(({ conversation, page, title, at }) =>
          conversation === null ? [] : [[conversation, { page, title, at }] as const],
        );
        this.whereabouts.value = { ...this.whereabouts.value, ...Object.fromEntries(moved) };
        return this.visitors.take(frame);
      }
      case "invited":
        return this.visitors.answer(frame);
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
    this.mine.value = snapshot.mine;
    this.role.value = snapshot.role ?? "agent";
    this.consults.begin(snapshot.consults ?? []);
    this.targetSeconds.value = snapshot.wait_target_seconds;
    this.#pictureNumber = snapshot.n ?? 0;
    this.#setQueue(snapshot.queue, snapshot.waiting, snapshot.others ?? []);
    for (const item of snapshot.queue) {
      const known = this.offers.value.some((offer) => offer.item.conversation === item.conversation);
      if (item.status === "offered" && item.agent?.id === snapshot.me.id && !known) {
        this.#offered({ item, expiresAt: null });
      }
    }
    this.ready.value = true;
    this.visitors.begin();
    const wish = this.#wish;
    if (wish !== null && (wish.state !== snapshot.me.state || wish.capacity !== snapshot.me.capacity)) {
      this.#send({ type: "status", ...wish });
    }
  }

  #setQueue(
    items: readonly DeskConversation[],
    waiting: number | undefined,
    others: readonly DeskConversation[],
  ): void {
    this.queue.value = items;
    this.waiting.value = waiting ?? items.filter((item) => item.status !== "assigned").length;
    this.others.value = others;
    this.offers.value = this.offers.value.filter((offer) => this.#stands(offer, items));
  }

  /** A change that does not go on from what is shown: the connection begins anew, with the whole picture. */
  #change(frame: Extract<DeskServerFrame, { type: "queue_changed" }>): void {
    const { value: items } = this.queue;
    const shown = { items, agents: this.agents.value, others: this.others.value };
    const after = afterChange({ n: this.#pictureNumber, waiting: this.waiting.value, ...shown }, frame);
    if (after === null) return this.link.restart();
    this.#pictureNumber = after.n;
    this.#setQueue(after.items, after.waiting, after.others ?? []);
    this.#setAgents(after.agents);
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

  /** What is mine already keeps its place in the list; only what was not is told to be new. */
  #addMine(item: DeskConversation): void {
    const known = this.mine.value.some((one) => one.conversation === item.conversation);
    this.mine.value = known
      ? this.mine.value.map((one) => (one.conversation === item.conversation ? item : one))
      : [...this.mine.value, item];
    this.consults.drop(item.conversation);
    if (!known) this.#listener.assigned(item);
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

function noted(note: string): { note?: string } {
  const words = note.trim();
  return words === "" ? {} : { note: words };
}

function without(items: readonly DeskConversation[], conversation: string): DeskConversation[] {
  return items.filter((item) => item.conversation !== conversation);
}
