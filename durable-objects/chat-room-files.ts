/** The files of a conversation: what it knows of each, and how many it takes. The bytes lie elsewhere. */
import type { FileInfo } from "../domain/chat/content.ts";
import { mayAddFile } from "../domain/chat/file-quota.ts";
import type { Refusal } from "../domain/chat/room.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";

export type FileSender = { role: "visitor" | "agent"; id: string };

/** Know `file`, which `sender` brought. The same file again changes nothing. */
export function addFile(store: ChatRoomStore, sender: FileSender, file: FileInfo): Refusal | { ok: true } {
  const room = store.room();
  if (room === null) return { ok: false, code: "not_found", message: "there is no such conversation" };
  if (store.file(file.id) !== null) return { ok: true };
  const refusal = mayAddFile(room, sender, { bytes: file.bytes, before: store.files() });
  if (refusal !== null) return refusal;
  store.addFile({ ...file, by: sender });
  return { ok: true };
}
