/**
 * What the page remembers of a conversation, and only once the visitor has opened one.
 *
 * Shapes  `Remembered` lies in localStorage, so that every tab knows it; the draft, the open panel and the
 *         unanswered request belong to one tab and lie in sessionStorage.
 * Errors  a browser that refuses storage remembers nothing: reads give null, writes are dropped.
 */

import { conversationKey } from "../shared/widget-mount.ts";

export type Remembered = {
  id: string;
  token: string;
  socketUrl: string;
  readSeq: number;
  /** The question at the end was answered or passed over: it is not asked again. */
  rated?: boolean;
};

export type Memory = ReturnType<typeof memoryOf>;

/** The memory of site `key`. */
export function memoryOf(key: string) {
  const name = (what: string) => `aparte:${key}:${what}`;
  const shared = conversationKey(key);
  return {
    key: shared,
    conversation: (): Remembered | null => parse(read("localStorage", shared)),
    remember: (one: Remembered) => write("localStorage", shared, JSON.stringify(one)),
    forget: () => write("localStorage", shared, null),
    draft: () => read("sessionStorage", name("draft")) ?? "",
    keepDraft: (text: string) => write("sessionStorage", name("draft"), text || null),
    wasOpen: () => read("sessionStorage", name("open")) === "1",
    keepOpen: (open: boolean) => write("sessionStorage", name("open"), open ? "1" : null),
    /** The files that this tab is sending, by their keys: a reload takes them up again. */
    files: () => (read("sessionStorage", name("files")) ?? "").split(" ").filter(Boolean),
    keepFiles: (keys: readonly string[]) => write("sessionStorage", name("files"), keys.join(" ") || null),
    /** The call that was booked in this tab, as its part of the code wrote it. */
    call: () => read("sessionStorage", name("call")),
    keepCall: (call: string | null) => write("sessionStorage", name("call"), call),
    clear(): void {
      for (const what of ["conversation", "past", "draft", "open", "request", "files", "call"]) {
        write("localStorage", name(what), null);
        write("sessionStorage", name(what), null);
      }
    },
    request: () => read("sessionStorage", name("request")),
    keepRequest: (id: string | null) => write("sessionStorage", name("request"), id),
  };
}

type Place = "localStorage" | "sessionStorage";

function read(place: Place, name: string): string | null {
  try {
    return window[place].getItem(name);
  } catch {
    return null; // refused by the browser: nothing is remembered
  }
}

function write(place: Place, name: string, value: string | null): void {
  try {
    if (value === null) window[place].removeItem(name);
    else window[place].setItem(name, value);
  } catch {
    // Refused or full: the page works on without a memory.
  }
}

function parse(text: string | null): Remembered | null {
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRemembered(value) ? value : null;
  } catch {
    return null; // not ours, or cut short
  }
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== "object" || value === null) return false;
  const { id, token, socketUrl, readSeq } = value as Record<keyof Remembered, unknown>;
  return [id, token, socketUrl].every((part) => typeof part === "string") && typeof readSeq === "number";
}
