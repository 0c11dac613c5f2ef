/**
 * Where a file is kept, and the address under which it can be fetched for five minutes.
 *
 * The address is signed over site, conversation, file and its end together: no part of it can be put into another.
 * Whatever is not whole names nothing.
 */
import type { EpochMs } from "../../domain/ids.ts";
import { base64UrlOf, bytesOfBase64Url } from "../auth/base64-url.ts";
import { hmacSha256 } from "../auth/hmac.ts";
import { siteOfConversation } from "../conversations/conversation-id.ts";

/** `conversation` is its id, or that of the message that the file was left with. */
export type FilePlace = { site: string; conversation: string; file: string };

const ADDRESS_MS = 5 * 60_000;
const ID_BYTES = 16;
const FILE_ID = /^fil_[A-Za-z0-9_-]{22}$/;
/** What somebody leaves while nobody is there has its files too; the id is as long as its request's UUID. */
const MESSAGE_ID = /^msg_[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const MAX_SIGNED = 400;

export function newFileId(): string {
  return `fil_${base64UrlOf(crypto.getRandomValues(new Uint8Array(ID_BYTES)))}`;
}

/** The place of `file` in `conversation`, or null where either is none that we made, or not of `site`. */
export async function placeOf(
  secret: string,
  { site, conversation, file }: { [Key in keyof FilePlace]: string | null | undefined },
): Promise<FilePlace | null> {
  if (!site || !conversation || !file || !FILE_ID.test(file)) return null;
  return (await siteOfConversation(secret, conversation)) === site ? { site, conversation, file } : null;
}

/** The place of `file` beside `message`, which was left at `site`, or null where either is none that we made. */
export function placeBeside(site: string, message: string, file: string): FilePlace | null {
  return MESSAGE_ID.test(message) && FILE_ID.test(file) ? { site, conversation: message, file } : null;
}

/** The key of a file's bytes; everything of a conversation and of a site begins alike. */
export function keyOf({ site, conversation, file }: FilePlace): string {
  return `${site}/${conversation}/${file}`;
}

/** `place` as the last part of an address that holds until `expiresAt`. */
export async function signAddress(
  secret: string,
  { site, conversation, file }: FilePlace,
  now: EpochMs,
): Promise<{ signed: string; expiresAt: EpochMs }> {
  const expiresAt = now + ADDRESS_MS;
  const text = JSON.stringify([site, conversation, file, expiresAt]);
  const payload = base64UrlOf(new TextEncoder().encode(text));
  return { signed: `${payload}.${await signatureOf(secret, payload)}`, expiresAt };
}

/** The place that `signed` names, or null where it is not ours, was altered or has ended by `now`. */
export async function readAddress(secret: string, signed: string, now: EpochMs): Promise<FilePlace | null> {
  const [payload = "", signature = "", ...rest] = signed.split(".");
  if (signed.length > MAX_SIGNED || rest.length > 0 || payload === "") return null;
  const bytes = new TextEncoder();
  const expected = bytes.encode(await signatureOf(secret, payload));
  const given = bytes.encode(signature);
  if (given.length !== expected.length || !crypto.subtle.timingSafeEqual(expected, given)) return null;
  const parts: unknown = JSON.parse(new TextDecoder().decode(bytesOfBase64Url(payload)));
  if (!Array.isArray(parts)) return null;
  const [site, conversation, file, expiresAt] = parts as unknown[];
  if (typeof expiresAt !== "number" || now >= expiresAt) return null;
  if (typeof site !== "string" || typeof conversation !== "string" || typeof file !== "string") return null;
  return placeBeside(site, conversation, file) ?? (await placeOf(secret, { site, conversation, file }));
}

async function signatureOf(secret: string, payload: string): Promise<string> {
  return base64UrlOf(await hmacSha256(secret, `file-address:${payload}`));
}
