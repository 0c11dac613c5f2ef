/**
 * A file on its way in: read up to its limit, judged by its bytes, kept, and made known to what it belongs to: a room,
 * or a message that is being left.
 *
 * A row in D1 comes first, so that no bytes are ever kept that nobody knows of; what is then refused is taken away
 * again, and what a crash leaves between is found by the schedule (sweep.ts).
 */
import type { FileInfo } from "../../domain/chat/content.ts";
import { ACCEPTED_TYPES, acceptFile, fileName, MAX_FILE_BYTES } from "../../domain/chat/content-file.ts";
import type { Refusal } from "../../domain/chat/room.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { ApiError, type ErrorCode, STATUS } from "../errors.ts";
import { type FilePlace, keyOf, newFileId } from "./address.ts";
import { addRow, dropRow } from "./rows.ts";

export type Sender = { role: "visitor" | "agent"; id: string };
/** What the file belongs to takes it, or says why not. */
type Taker = (file: FileInfo) => Promise<Refusal | { ok: true }>;

/** What an isolate holds of files at once, each of them up to three times; it has 128 MB for everything. */
const MAX_HELD_BYTES = 2.5 * MAX_FILE_BYTES;
const RETRY_SECONDS = 5;
/** Of this isolate alone: what it has read and not yet put away. */
let heldBytes = 0;

/** Keep the file in `request`'s body at `place`, brought by `sender`, where `take` takes it. */
export async function receiveFile(
  env: Env,
  { site, conversation }: Omit<FilePlace, "file">,
  { sender, take }: { sender: Sender; take: Taker },
  request: Request,
  now: EpochMs,
): Promise<FileInfo> {
  if (Number(request.headers.get("content-length")) > MAX_FILE_BYTES) throw tooLarge();
  const name = claimedName(request.headers.get("x-file-name"));
  const chunks: Uint8Array[] = [];
  try {
    await readInto(chunks, request.body);
    const place = { site, conversation, file: newFileId() };
    return await keepFile(env, place, { sender, take }, { bytes: joined(chunks), name, now });
  } finally {
    heldBytes -= sizeOf(chunks);
  }
}

async function keepFile(
  env: Env,
  place: FilePlace,
  { sender, take }: { sender: Sender; take: Taker },
  { bytes, name: claimed, now }: { bytes: Uint8Array; name: string; now: EpochMs },
): Promise<FileInfo> {
  const accepted = acceptFile(bytes, claimed);
  if (accepted === null) {
    throw new ApiError("unsupported_type", `send one of these: ${ACCEPTED_TYPES}`, { path: "body" });
  }
  const { type, extension, parts } = accepted;
  const kept = joined(parts);
  const file: FileInfo = {
    id: place.file,
    name: fileName(claimed, extension),
    type,
    bytes: kept.byteLength,
    by: sender,
  };
  await addRow(env, place, file, now);
  await env.FILES.put(keyOf(place), kept, {
    httpMetadata: { contentType: type },
    customMetadata: { name: encodeURIComponent(file.name) },
  });
  const answer = await take(file);
  if (answer.ok) return file;
  await env.FILES.delete(keyOf(place));
  await dropRow(env, place);
  // Who is not part of it learns nothing of it.
  if (answer.code === "forbidden" || answer.code === "not_found") throw unknownFile();
  const code = (answer.code in STATUS ? answer.code : "invalid") as ErrorCode;
  throw new ApiError(code, answer.message);
}

/** All of `body`, piece by piece; 413 as soon as there is more than a file may have, and no more is read. */
async function readInto(chunks: Uint8Array[], body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null) return;
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_FILE_BYTES) throw tooLarge();
    if (heldBytes + chunk.byteLength > MAX_HELD_BYTES) {
      const headers = { "Retry-After": String(RETRY_SECONDS) };
      throw new ApiError("unavailable", "many files come at this moment; send it again soon", { headers });
    }
    heldBytes += chunk.byteLength;
    chunks.push(chunk);
  }
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function claimedName(header: string | null): string {
  try {
    return decodeURIComponent(header ?? "");
  } catch {
    throw new ApiError("invalid", "write the name percent-encoded in UTF-8", { path: "x-file-name" });
  }
}

/** What everybody hears who asks for what is not theirs, whatever there is. */
export function unknownFile(): ApiError {
  return new ApiError("not_found", "there is no such conversation or file");
}

function tooLarge(): ApiError {
  return new ApiError("too_large", `a file may have up to ${MAX_FILE_BYTES / 1_048_576} MB`);
}
