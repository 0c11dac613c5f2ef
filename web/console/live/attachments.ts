/**
 * The files that go with the next message: each goes up when it is chosen and is shown to nobody before it is sent.
 *
 * Errors  a refusal stays beside its file, as the server's code, until the agent takes the file away or tries again.
 */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { ApiFailure } from "../../shared/api.ts";
import { MAX_FILE_BYTES, upload, type Uploaded } from "./files.ts";

/** What is looked at beside its name; a picture that the server refuses is none here either. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export type Attachment = {
  key: string;
  name: string;
  bytes: number;
  /** Of a picture: an address within this page. */
  preview: string | null;
  state: { is: "uploading" } | { is: "ready"; file: Uploaded } | { is: "refused"; code: string };
};

export class Attachments {
  readonly items = signal<readonly Attachment[]>([]);
  readonly busy: ReadonlySignal<boolean> = computed(() =>
    this.items.value.some(({ state }) => state.is === "uploading"),
  );
  readonly #place: { site: string; conversation: string };
  readonly #files = new Map<string, { file: File; abort: AbortController }>();

  constructor(place: { site: string; conversation: string }) {
    this.#place = place;
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const key = crypto.randomUUID();
      const preview = SHOWN.has(file.type) ? URL.createObjectURL(file) : null;
      const { name, size: bytes } = file;
      this.items.value = [...this.items.value, { key, name, bytes, preview, state: { is: "uploading" } }];
      this.#files.set(key, { file, abort: new AbortController() });
      void this.#upload(key);
    }
  }

  retry(key: string): void {
    this.#set(key, { is: "uploading" });
    void this.#upload(key);
  }

  remove(key: string): void {
    this.#files.get(key)?.abort.abort();
    this.#drop((item) => item.key === key);
  }

  /** The files that can be sent, which are no longer here then. */
  takeReady(): Uploaded[] {
    const ready = this.items.value.flatMap(({ state }) => (state.is === "ready" ? [state.file] : []));
    this.#drop(({ state }) => state.is === "ready");
    return ready;
  }

  clear(): void {
    for (const { key } of this.items.value) this.remove(key);
  }

  async #upload(key: string): Promise<void> {
    const held = this.#files.get(key);
    if (held === undefined) return;
    if (held.file.size > MAX_FILE_BYTES) return this.#set(key, { is: "refused", code: "too_large" });
    try {
      this.#set(key, { is: "ready", file: await upload(this.#place, held.file, held.abort.signal) });
    } catch (error) {
      if (held.abort.signal.aborted) return;
      const code = error instanceof ApiFailure ? error.code : "unreadable";
      this.#set(key, { is: "refused", code });
    }
  }

  #set(key: string, state: Attachment["state"]): void {
    this.items.value = this.items.value.map((item) => (item.key === key ? { ...item, state } : item));
  }

  #drop(leaves: (item: Attachment) => boolean): void {
    for (const { key, preview } of this.items.value.filter(leaves)) {
      if (preview !== null) URL.revokeObjectURL(preview);
      this.#files.delete(key);
    }
    this.items.value = this.items.value.filter((item) => !leaves(item));
  }
}
