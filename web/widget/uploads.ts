/**
 * The visitor's files on their way: sent one after the other with their progress, then said as messages.
 *
 * Holds   the files themselves, also across a reload where the browser keeps them (a database of their own).
 * Errors  a refusal stays beside its file with its reason; a lost line makes it wait until the line is back.
 */
import type { FileBody } from "../../domain/chat/content.ts";
import { type Cell, cell } from "./cell.ts";
import type { Memory } from "./memory.ts";
import { newId } from "./message-id.ts";
import { conversationPath } from "./server.ts";

export const MAX_FILE_BYTES = 10 * 1_024 * 1_024;

export type Upload = {
  /** The id under which the file's message will be said. */
  key: string;
  file: File;
  /** Of 1. */
  progress: number;
  state: "waiting" | "sending" | "failed";
  reason: Reason | null;
};
export type Reason = "size" | "type" | "many" | "other";
export type Uploads = ReturnType<typeof uploadsOf>;
type Answer = { status: number; body: unknown };

type Ports = {
  /** The conversation that the files belong to, opened now if there is none; null where it cannot be. */
  conversation: () => Promise<{ id: string; token: string } | null>;
  host: string;
  memory: Memory;
  /** It is there: `body` is its message. */
  uploaded: (key: string, body: string) => Promise<void>;
};

/** What `uploads` holds, made with the first file. */
export function uploadsIn(uploads: Cell<Uploads | null>, ports: Ports): Uploads {
  return (uploads.value ??= uploadsOf(ports));
}

function uploadsOf({ conversation, host, memory, uploaded }: Ports) {
  const list = cell<readonly Upload[]>([]);
  const kept = keepFiles();
  let busy = false;
  /** No conversation is wanted for them now: they stay until it is, or until they go another way. */
  let held = false;
  let request: XMLHttpRequest | null = null;

  const change = (key: string, by: Partial<Upload>): void => {
    list.value = list.value.map((one) => (one.key === key ? { ...one, ...by } : one));
  };

  const remember = (): void => memory.keepFiles(list.value.map(({ key }) => key));

  function drop(key: string): void {
    list.value = list.value.filter((one) => one.key !== key);
    remember();
    kept.remove(key);
  }

  /** Send the next one that waits; whatever stops it tries again when the line is back. */
  function go(): void {
    const turn = list.value.find((one) => one.state === "waiting");
    if (busy || held || !turn) return;
    busy = true;
    send(turn)
      .catch((failure: unknown) => {
        console.warn("aparte: file", failure);
        change(turn.key, { state: "waiting", progress: 0 });
        return false;
      })
      .then((settled) => {
        busy = false;
        if (settled) go();
      }, console.warn);
  }

  /** True where this file needs nothing more for now, so that the next one may go. */
  async function send(turn: Upload): Promise<boolean> {
    const place = await conversation();
    if (!place) return false;
    change(turn.key, { state: "sending" });
    const { status, body } = await transfer(`${host}${conversationPath(place.id)}/files`, place.token, turn);
    const file = fileIn(body);
    if (status === 201 && file) {
      await uploaded(turn.key, JSON.stringify(file));
      drop(turn.key);
    } else if (status >= 500 || status === 429) {
      change(turn.key, { state: "failed", reason: status === 429 ? "many" : "other" });
    } else {
      change(turn.key, {
        state: "failed",
        reason: status === 413 ? "size" : status === 415 ? "type" : "other",
      });
    }
    return true;
  }

  /** By the one way that tells of progress. */
  function transfer(to: string, token: string, { key, file }: Upload): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = new XMLHttpRequest();
      request = sent;
      sent.open("POST", to);
      sent.setRequestHeader("authorization", `Bearer ${token}`);
      sent.setRequestHeader("x-file-name", encodeURIComponent(file.name));
      sent.responseType = "json";
      sent.upload.onprogress = ({ loaded, total }) =>
        change(key, { progress: total > 0 ? loaded / total : 0 });
      sent.onload = () => resolve({ status: sent.status, body: sent.response });
      sent.onerror = () => reject(new Error("network"));
      sent.onabort = () => reject(new Error("aborted"));
      sent.send(file);
    });
  }

  return {
    list,
    go,

    /** Send nothing more into a conversation, or go on with it. */
    hold(now: boolean): void {
      held = now;
      go();
    },

    async add(files: readonly File[], later = false): Promise<void> {
      held = later;
      // An earlier page's files come back with its first look.
      const before = list.value.length === 0 ? await kept.load(memory.files()) : [];
      const chosen = files.map((file) => ({ key: newId(), file }));
      const known = new Set(list.value.map((one) => one.key));
      list.value = [...list.value, ...[...before, ...chosen].filter((one) => !known.has(one.key)).map(begin)];
      remember();
      for (const one of chosen) kept.put(one);
      go();
    },

    again(key: string): void {
      change(key, { state: "waiting", reason: null, progress: 0 });
      go();
    },

    drop,

    forget(): void {
      request?.abort();
      for (const { key } of list.value) drop(key);
    },
  };
}

function begin({ key, file }: { key: string; file: File }): Upload {
  const tooLarge = file.size > MAX_FILE_BYTES;
  return { key, file, progress: 0, state: tooLarge ? "failed" : "waiting", reason: tooLarge ? "size" : null };
}

function fileIn(body: unknown): FileBody | null {
  const { file } = (body ?? {}) as { file?: Partial<FileBody> };
  const { id, name, type, bytes } = file ?? {};
  return typeof id === "string" && typeof name === "string" && typeof type === "string" && bytes !== undefined
    ? { id, name, type, bytes }
    : null;
}

const DATABASE = "aparte-files";
const STORE = "files";
type Kept = { key: string; file: File };

/** Where files survive a reload: IndexedDB, or nowhere, where the browser gives none. */
function keepFiles() {
  const database = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage refused"));
  });
  /** Storage refused or full: the file lives as long as the page. */
  const refused = (failure: unknown): void => console.warn("aparte: files", failure);
  const write = (act: (store: IDBObjectStore) => IDBRequest): void => {
    database.then((open) => act(open.transaction(STORE, "readwrite").objectStore(STORE))).catch(refused);
  };
  return {
    put: (one: Kept) => write((store) => store.put(one)),
    remove: (key: string) => write((store) => store.delete(key)),
    async load(keys: readonly string[]): Promise<Kept[]> {
      if (keys.length === 0) return [];
      try {
        const open = await database;
        const all = await new Promise<Kept[]>((resolve, reject) => {
          const request: IDBRequest<Kept[]> = open.transaction(STORE).objectStore(STORE).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error("storage refused"));
        });
        return keys.flatMap((key) => all.filter((one) => one.key === key));
      } catch (failure) {
        refused(failure);
        return [];
      }
    },
  };
}
