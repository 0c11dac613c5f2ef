/**
 * The visitors who are on the site now, as the desk tells them while a screen shows them, and what became of the
 * invitations that went out from it.
 *
 * Nothing is known while nobody looks: `watch(false)` forgets everything.
 */
import { signal } from "@preact/signals";
import type { DeskClientFrame, DeskServerFrame, LiveVisitor } from "../../../domain/desk/wire.ts";

export type InvitationSent = { ok: boolean; reason: string | null } | "asked";
type Told = Pick<Extract<DeskServerFrame, { type: "visitors" }>, "live" | "left" | "total">;

export class LiveVisitors {
  /** By the visitor's id. */
  readonly present = signal<ReadonlyMap<string, LiveVisitor>>(new Map());
  /** False until the desk has told the first of them. */
  readonly told = signal(false);
  /** How many are on the site; the busiest of them are present here. */
  readonly total = signal(0);
  /** By the visitor's id. */
  readonly invitations = signal<ReadonlyMap<string, InvitationSent>>(new Map());
  readonly #send: (frame: DeskClientFrame) => boolean;
  #watching = false;

  constructor(send: (frame: DeskClientFrame) => boolean) {
    this.#send = send;
  }

  /** The screen with the list is open, or not any more. */
  watch(on: boolean): void {
    if (this.#watching === on) return;
    this.#watching = on;
    this.#forget();
    this.#send({ type: "watch_visitors", on });
  }

  /** The desk has begun anew: it knows nothing of an earlier wish. */
  begin(): void {
    this.#forget();
    if (this.#watching) this.#send({ type: "watch_visitors", on: true });
  }

  /** Invite `visitor` to talk now, with `text` where there is one. */
  invite(visitor: string, text: string): void {
    const words = text.trim() === "" ? {} : { text: text.trim() };
    if (this.#send({ type: "invite", visitor, ...words })) this.#note(visitor, "asked");
  }

  take({ live, left, total }: Told): void {
    if (!this.#watching || (live === undefined && left === undefined)) return;
    const next = new Map(this.present.value);
    for (const visitor of live ?? []) next.set(visitor.visitor, visitor);
    for (const visitor of left ?? []) next.delete(visitor);
    this.present.value = next;
    this.total.value = total ?? next.size;
    this.told.value = true;
  }

  /** What became of an invitation. */
  answer({ visitor, ok, reason }: Extract<DeskServerFrame, { type: "invited" }>): void {
    this.#note(visitor, { ok, reason });
  }

  #note(visitor: string, sent: InvitationSent): void {
    this.invitations.value = new Map(this.invitations.value).set(visitor, sent);
  }

  #forget(): void {
    this.present.value = new Map();
    this.told.value = false;
  }
}
