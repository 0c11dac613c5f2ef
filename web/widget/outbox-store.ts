/**
 * Where unsent messages survive a reload: IndexedDB, or memory where the browser gives none.
 *
 * Written only once the visitor has written something: that is the service they asked for.
 */
import type { Outbox, Pending } from "./outbox.ts";

const DATABASE = "aparte";
const STORE = "outbox";

export type OutboxStore = {
  load: (conversation: string) => Promise<Outbox>;
  put: (pending: Pending) => Promise<void>;
  remove: (client_id: string) => Promise<void>;
};

/** The browser's own store; a private window or a blocked site gets `memory` instead. */
export async function openOutboxStore(): Promise<OutboxStore> {
  try {
    return inDatabase(await openDatabase());
  } catch {
    // Storage refused: the messages live as long as the page, and each says that it waits.
    return inMemory();
  }
}

function inMemory(): OutboxStore {
  const kept = new Map<string, Pending>();
  return {
    load: async (conversation) => [...kept.values()].filter((one) => one.conversation === conversation),
    put: async (pending) => void kept.set(pending.client_id, pending),
    remove: async (client_id) => void kept.delete(client_id),
  };
}

function inDatabase(database: IDBDatabase): OutboxStore {
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    load: async (conversation) => {
      const all = await answered<Pending[]>(store("readonly").getAll());
      return all.filter((one) => one.conversation === conversation).toSorted((a, b) => a.at - b.at);
    },
    put: async (pending) => void (await answered(store("readwrite").put(pending))),
    remove: async (client_id) => void (await answered(store("readwrite").delete(client_id))),
  };
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_id" });
  return answered(request);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage refused"));
  });
}
