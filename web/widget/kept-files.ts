/**
 * The files that go with a message: those that wait for a conversation that did not come to be, those that were said in
 * the one that is being left, and those chosen here.
 *
 * Errors  `bring` says at each file why it did not go; one that was brought is not brought again. It waits for what was
 *         chosen and is not among them yet.
 */
import { fileIn } from "./content-body.ts";
import { useMemo, useState } from "./hooks.ts";
import type { ChatScreen } from "./screen.ts";
import { conversationPath, fields, text } from "./server.ts";
import type { Reason } from "./uploads.ts";

export type Kept = { key: string; name: string; size: number; bytes: () => Promise<Blob>; drop: () => void };
export type KeptFiles = ReturnType<typeof useKeptFiles>;

const MAX_BYTES = 10 * 1_024 * 1_024;

/** What was chosen and is not among the uploads yet: their code is fetched with the first of them. */
const coming = new WeakMap<object, Promise<unknown>>();

/** Keep `files` for the message. */
export function attachLater({ conversation }: ChatScreen, files: readonly File[]): void {
  coming.set(conversation, Promise.all([coming.get(conversation), conversation.attach(files, true)]));
}

/** While other ways are looked at, files wait; an earlier page's are taken up. Returns what lets them go again. */
export function holdFiles(screen: ChatScreen): () => void {
  const { conversation, leaving, memory } = screen;
  conversation.uploads.value?.hold(true);
  if (!conversation.uploads.value && memory.files().length > 0) attachLater(screen, []);
  return () => {
    if (!leaving.value) conversation.uploads.value?.hold(false);
  };
}

export function useKeptFiles(screen: ChatScreen) {
  const [left, setLeft] = useState<readonly string[]>([]);
  const [faults, setFaults] = useState<Readonly<Record<string, Reason>>>({});
  /** The files that the server has for this message, by their keys. */
  const brought = useMemo(() => new Map<string, string>(), []);
  const filesNow = (): Kept[] =>
    [...saidIn(screen, (key) => setLeft([...left, key])), ...waitingIn(screen)].filter(
      ({ key }) => !left.includes(key),
    );

  return {
    files: filesNow(),
    faults,

    /** Bring them for the message `request`; their ids, or null where one did not go. */
    async bring(request: string): Promise<string[] | null> {
      await coming.get(screen.conversation);
      const files = filesNow();
      const found: Record<string, Reason> = {};
      for (const file of files) {
        const fault = brought.has(file.key) ? null : await bringOne(file, request);
        if (fault !== null) found[file.key] = fault;
      }
      setFaults(found);
      return Object.keys(found).length > 0 ? null : files.map(({ key }) => brought.get(key) ?? "");
    },

    /** The message has them. */
    done(): void {
      for (const { key, drop } of filesNow()) if (brought.has(key)) drop();
      brought.clear();
    },
  };

  async function bringOne({ key, name, size, bytes }: Kept, request: string): Promise<Reason | null> {
    if (size > MAX_BYTES) return "size";
    const { host, key: site } = screen.page;
    try {
      const response = await fetch(
        `${host}/v1/messages/${request}/files?${new URLSearchParams({ key: site })}`,
        {
          method: "POST",
          credentials: "omit",
          headers: { "x-file-name": encodeURIComponent(name) },
          body: await bytes(),
        },
      );
      if (!response.ok) return REASONS[response.status] ?? "other";
      brought.set(key, text(fields(fields(await response.json())["file"])["id"]));
      return null;
    } catch (failure) {
      // Said at the file; it stays where it is.
      console.warn("aparte: file", failure);
      return "other";
    }
  }
}

const REASONS: Readonly<Record<number, Reason>> = { 413: "size", 415: "type", 429: "many" };

function waitingIn({ conversation }: ChatScreen): Kept[] {
  const uploads = conversation.uploads.value;
  return (uploads?.list.value ?? []).map(({ key, file }) => {
    const { name, size } = file;
    return { key, name, size, bytes: () => Promise.resolve(file), drop: () => uploads?.drop(key) };
  });
}

/** What was said while one waited and nobody has answered goes along with what was written. */
function saidIn(screen: ChatScreen, drop: (key: string) => void): Kept[] {
  const { rows, status } = screen.conversation;
  if (status.value !== "queued") return [];
  return rows.value
    .flatMap((row) => (row.type === "run" && row.mine ? row.bubbles : []))
    .flatMap(({ key, kind, body }) => {
      const file = kind === "file" ? fileIn(body) : null;
      if (file === null) return [];
      const { name, bytes: size } = file;
      return [{ key, name, size, bytes: () => fetched(screen, file.id), drop: () => drop(key) }];
    });
}

async function fetched({ conversation, page, server }: ChatScreen, file: string): Promise<Blob> {
  const { id, token } = conversation.proof() ?? { id: "", token: "" };
  const path = `${conversationPath(id)}/files/${encodeURIComponent(file)}/url`;
  const { href } = new URL(text((await server.call("POST", path, {}, token))["url"]), page.host);
  const response = await fetch(href, { credentials: "omit" });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.blob();
}
