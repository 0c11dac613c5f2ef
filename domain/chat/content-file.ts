/**
 * Which files may be sent, told by their bytes: what a sender or a name claims counts for nothing.
 *
 * Pictures are written anew (content-image.ts). A PDF must be one from its first byte to its last, a text must be a
 * text that no browser takes for a page. Programs, archives, office documents, SVG and HTML are none of these.
 *
 * Shapes  `Accepted` holds the bytes to keep, in order; they may be fewer than were sent.
 * Units   sizes are bytes.
 */
import { readGif, readJpeg, readPng, readWebp, type Reader, saysAt } from "./content-image.ts";

export const MAX_FILE_BYTES = 10 * 1_024 * 1_024;
export const MAX_FILES = 20;
const MAX_NAME = 120;

export type Accepted = { type: string; extension: string; parts: Uint8Array[] };

const PICTURES: readonly { type: string; extension: string; read: Reader }[] = [
  { type: "image/png", extension: "png", read: readPng },
  { type: "image/jpeg", extension: "jpg", read: readJpeg },
  { type: "image/gif", extension: "gif", read: readGif },
  { type: "image/webp", extension: "webp", read: readWebp },
];
/** What a refusal says may be sent. */
export const ACCEPTED_TYPES = "PNG, JPEG, GIF, WebP, PDF, plain text or CSV in UTF-8";

/** What `bytes` are and what is kept of them; null where they may not be sent. `name` tells a text from a CSV. */
export function acceptFile(bytes: Uint8Array, name: string): Accepted | null {
  for (const { type, extension, read } of PICTURES) {
    const parts = read(bytes);
    if (parts !== null) return { type, extension, parts };
  }
  if (isPdf(bytes)) return { type: "application/pdf", extension: "pdf", parts: [bytes] };
  if (!isText(bytes)) return null;
  return /\.csv$/i.test(name)
    ? { type: "text/csv", extension: "csv", parts: [bytes] }
    : { type: "text/plain", extension: "txt", parts: [bytes] };
}

/** What makes a page of a file, where something guesses by its beginning. */
const MARKUP =
  /<(?:!doctype|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|applet|style|math)[\s/>]/i;
const GUESSED_FROM = 4_096;
const LATIN = new TextDecoder("latin1");
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function looksLikeMarkup(bytes: Uint8Array): boolean {
  return MARKUP.test(`${LATIN.decode(bytes.subarray(0, GUESSED_FROM))} `);
}

const PDF_HEAD = /^%PDF-[12]\.\d[\s%]/;
const PDF_END = /%%EOF[\s\0]*$/;
const END_WITHIN = 2_048;

/** From its first byte to its last: nothing before, nothing behind, and no archive that ends with it. */
function isPdf(bytes: Uint8Array): boolean {
  if (!PDF_HEAD.test(LATIN.decode(bytes.subarray(0, 16)))) return false;
  if (!PDF_END.test(LATIN.decode(bytes.subarray(Math.max(0, bytes.length - END_WITHIN))))) return false;
  return !looksLikeMarkup(bytes) && !endsAsArchive(bytes);
}

const ARCHIVE_END = Uint8Array.of(0x50, 0x4b, 0x05, 0x06);
const ARCHIVE_END_BYTES = 22;
const MAX_ARCHIVE_COMMENT = 0xffff;

/** Whether a reader of ZIPs, who looks for its directory from behind, would find one. */
function endsAsArchive(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lowest = Math.max(0, bytes.length - ARCHIVE_END_BYTES - MAX_ARCHIVE_COMMENT);
  for (let at = bytes.length - ARCHIVE_END_BYTES; at >= lowest; at -= 1) {
    if (bytes[at] !== 0x50 || !saysAt(bytes, at, ARCHIVE_END)) continue;
    if (at + ARCHIVE_END_BYTES + view.getUint16(at + 20, true) <= bytes.length) return true;
  }
  return false;
}

/** Letters in UTF-8 with tabs and line ends, that begin like no page, no program and no file of another kind. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.length === 0) return false;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return false;
  }
  if (/[^\P{Cc}\t\n\f\r]/u.test(text)) return false;
  return (
    !/^\s*(?:#!|%PDF|GIF8|\{\\rtf|%!PS|<)/i.test(text) && !looksLikeMarkup(bytes) && !endsAsArchive(bytes)
  );
}

/** Names that Windows keeps for itself. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** `claimed` as a name that is safe to keep, show and save: one word of letters, ending as what the file is. */
export function fileName(claimed: string, extension: string): string {
  const plain = claimed
    .toWellFormed()
    .normalize("NFC")
    .replace(/^.*[/\\]/s, "")
    // Controls, marks that turn the direction of reading, and what some system or header gives a meaning.
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD"'<>:|?*%;`$&{}=#]/gu, "")
    .replaceAll(/\s+/gu, " ")
    .replace(/\.[\p{L}\p{N}]{1,8}$/u, "")
    .replaceAll(/^[.\s-]+|[.\s]+$/gu, "");
  const stem = [...plain].slice(0, MAX_NAME).join("").trim();
  return `${stem === "" || RESERVED.test(stem) ? "file" : stem}.${extension}`;
}
