/**
 * What colleagues have asked this agent to look at.
 *
 * The desk says what stands; whether it was looked at is known here alone, and outlives a lost line.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { DeskConsult, DeskConversation } from "../../../domain/desk/wire.ts";

/** A colleague's conversation that this agent was asked to look at. */
export type Consult = { item: DeskConversation; from: string | null; note: string | null; seen: boolean };

export class Consults {
  readonly #list = signal<readonly Consult[]>([]);

  get list(): ReadonlySignal<readonly Consult[]> {
    return this.#list;
  }

  /** These stand, and no others. */
  begin(standing: readonly DeskConsult[]): void {
    const seen = new Set(this.#list.value.filter((one) => one.seen).map(({ item }) => item.conversation));
    this.#list.value = standing.map((one) => ({ ...shownOf(one), seen: seen.has(one.item.conversation) }));
  }

  /** Asked again for the same conversation, the newer question stands. */
  add(asked: DeskConsult): void {
    this.drop(asked.item.conversation);
    this.#list.value = [...this.#list.value, { ...shownOf(asked), seen: false }];
  }

  /** The agent has looked at `conversation`. */
  see(conversation: string): void {
    if (!this.#list.value.some((one) => one.item.conversation === conversation && !one.seen)) return;
    this.#list.value = this.#list.value.map((one) =>
      one.item.conversation === conversation ? { ...one, seen: true } : one,
    );
  }

  drop(conversation: string): void {
    if (!this.#list.value.some(({ item }) => item.conversation === conversation)) return;
    this.#list.value = this.#list.value.filter(({ item }) => item.conversation !== conversation);
  }
}

function shownOf({ item, from, note }: DeskConsult): Omit<Consult, "seen"> {
  return { item, from: from.name, note };
}
