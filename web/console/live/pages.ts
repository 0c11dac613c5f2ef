/**
 * A list read from the API page by page: what has been read stays in sight, dated, while more of it is asked for, while
 * it is asked for anew, and where that fails.
 *
 * Asked for something else meanwhile, the answer to the earlier question is not looked at.
 */
import { signal } from "@preact/signals";
import { ApiFailure, request } from "../../shared/api.ts";

export type PagesState<T> = {
  items: readonly T[] | null;
  /** Where the next page begins; null at the end. */
  next: string | null;
  /** EpochMs of the last good answer. */
  at: number | null;
  fault: { code: string; since: number } | null;
  busy: boolean;
};
export type Page<T> = { items: T[]; next: string | null };

const NOTHING = { items: null, next: null, at: null, fault: null, busy: false };

export class Pages<T> {
  readonly state = signal<PagesState<T>>(NOTHING);
  readonly #read: (answer: unknown) => Page<T>;
  #path = "";
  #asking: AbortController | null = null;

  /** `read` turns an answer into a page; it throws where that cannot be. */
  constructor(read: (answer: unknown) => Page<T>) {
    this.#read = read;
  }

  /** List what `path` (with its query) tells; what is shown of another path stays until the answer is there. */
  open(path: string): void {
    this.#path = path;
    void this.#ask(null);
  }

  readonly refresh = (): void => void this.#ask(null);

  readonly more = (): void => {
    const { next, busy } = this.state.peek();
    if (next !== null && !busy) void this.#ask(next);
  };

  /** `item` has changed: it takes the place of the one that `same` finds. */
  replace(item: T, same: (one: T) => boolean): void {
    const { items } = this.state.peek();
    if (items === null) return;
    this.state.value = { ...this.state.peek(), items: items.map((one) => (same(one) ? item : one)) };
  }

  stop(): void {
    this.#asking?.abort();
  }

  async #ask(cursor: string | null): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.state.value = { ...this.state.peek(), busy: true };
    const sign = this.#path.includes("?") ? "&" : "?";
    const path = cursor === null ? this.#path : `${this.#path}${sign}cursor=${encodeURIComponent(cursor)}`;
    try {
      const page = this.#read(await request<unknown>("GET", path, undefined, { signal: asking.signal }));
      if (asking.signal.aborted) return;
      const before = cursor === null ? [] : (this.state.peek().items ?? []);
      this.state.value = {
        items: [...before, ...page.items],
        next: page.next,
        at: Date.now(),
        fault: null,
        busy: false,
      };
    } catch (error) {
      if (asking.signal.aborted) return;
      const code = error instanceof ApiFailure ? error.code : "unreadable";
      if (code === "unreadable") console.warn("an answer could not be read", path, error);
      const since = this.state.peek().fault?.since ?? Date.now();
      this.state.value = { ...this.state.peek(), fault: { code, since }, busy: false };
    }
  }
}
