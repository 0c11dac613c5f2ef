/**
 * Something read from the API for a pane: loading, there, or failed; refreshed without losing what was shown.
 *
 * `refresh` may be called as often as something moves: while one question is under way, at most one more follows.
 */
import { signal } from "@preact/signals";
import { ApiFailure, request } from "../../shared/api.ts";

export type ReadingState<T> = {
  value: T | null;
  /** EpochMs of the last good answer. */
  at: number | null;
  fault: { code: string; since: number } | null;
  busy: boolean;
};

export class Reading<T> {
  readonly state = signal<ReadingState<T>>({ value: null, at: null, fault: null, busy: false });
  readonly #path: string;
  readonly #read: (answer: unknown) => T;
  #again = false;

  /** `read` turns the answer into what is shown; it throws where that cannot be. */
  constructor(path: string, read: (answer: unknown) => T) {
    this.#path = path;
    this.#read = read;
    this.refresh();
  }

  readonly refresh = (): void => {
    if (this.state.peek().busy) this.#again = true;
    else void this.#ask();
  };

  async #ask(): Promise<void> {
    this.state.value = { ...this.state.peek(), busy: true };
    try {
      const value = this.#read(await request<unknown>("GET", this.#path));
      this.state.value = { value, at: Date.now(), fault: null, busy: false };
    } catch (error) {
      const code = error instanceof ApiFailure ? error.code : "unreadable";
      if (code === "unreadable") console.warn("an answer could not be read", this.#path, error);
      const since = this.state.peek().fault?.since ?? Date.now();
      this.state.value = { ...this.state.peek(), fault: { code, since }, busy: false };
    }
    if (!this.#again) return;
    this.#again = false;
    void this.#ask();
  }
}
