/**
 * Pictures as they may be kept: read from their first byte to their last, and written anew with what shows the
 * picture and nothing else. Where and when it was taken, by what, and whatever was hung behind it, is left out.
 *
 * Shapes  each reader returns the parts to keep, in order, or null where the bytes are not such a picture.
 * Units   offsets and lengths are bytes.
 */

/** The parts of the picture in `bytes`; null where it is none of this kind. */
export type Reader = (bytes: Uint8Array) => Uint8Array[] | null;

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Whether `bytes` say `wanted` at `offset`. */
export function saysAt(bytes: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  return wanted.every((byte, index) => bytes[offset + index] === byte);
}

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Chunks that show a picture, move it or say in which colours; texts, moments, EXIF and what nobody knows are not. */
const PNG_KEPT = new Set(
  "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT cICP".split(" "),
);

export const readPng: Reader = (bytes) => {
  if (!saysAt(bytes, 0, PNG) || !saysAt(bytes, 12, ascii("IHDR"))) return null;
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, PNG.length)];
  let drawn = false;
  for (let at = PNG.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) return null;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (PNG_KEPT.has(name)) parts.push(bytes.subarray(at, end));
    drawn ||= name === "IDAT";
    if (name === "IEND") return drawn ? parts : null;
    at = end;
  }
  return null;
};

const JFIF = ascii("JFIF\0");
const EXIF = ascii("Exif\0\0");
const ICC = ascii("ICC_PROFILE\0");
const ADOBE = ascii("Adobe");

export const readJpeg: Reader = (bytes) => {
  if (!saysAt(bytes, 0, Uint8Array.of(0xff, 0xd8, 0xff))) return null;
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, 2)];
  let scanned = false;
  for (let at = 2; at + 2 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9) {
      parts.push(bytes.subarray(at, at + 2));
      return scanned ? parts : null;
    }
    if (at + 4 > bytes.length || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) return null;
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return null;
    parts.push(...jpegSegment(marker, bytes.subarray(at, end)));
    at = end;
    if (marker === 0xda) {
      scanned = true;
      at = endOfScan(bytes, end);
      parts.push(bytes.subarray(end, at));
    }
  }
  return null;
};

/** What is kept of a segment: of EXIF, only which way up the picture is. */
function jpegSegment(marker: number, segment: Uint8Array): Uint8Array[] {
  const kept =
    marker < 0xe0 ||
    (marker === 0xe0 && saysAt(segment, 4, JFIF)) ||
    (marker === 0xe2 && saysAt(segment, 4, ICC)) ||
    (marker === 0xee && saysAt(segment, 4, ADOBE));
  if (kept) return [segment];
  if (marker !== 0xe1 || !saysAt(segment, 4, EXIF)) return [];
  const orientation = orientationOf(segment.subarray(10));
  return orientation === null ? [] : [exifWith(orientation)];
}

/** Where the picture's data ends, from `at`: before the next marker that is no restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at = bytes.indexOf(0xff, at + 1);
  }
  return bytes.length;
}

const ORIENTATION = 0x0112;

/** The orientation that a TIFF's first directory names, where it is another than upright. */
function orientationOf(tiff: Uint8Array): number | null {
  if (tiff.length < 14) return null;
  const view = viewOf(tiff);
  const little = tiff[0] === 0x49;
  const at = view.getUint32(4, little);
  if (at + 2 > tiff.length) return null;
  const entries = view.getUint16(at, little);
  for (let index = 0; index < entries; index += 1) {
    const entry = at + 2 + index * 12;
    if (entry + 12 > tiff.length) return null;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 2 && value <= 8 ? value : null;
  }
  return null;
}

/** An EXIF segment that says `orientation` and nothing else. */
function exifWith(orientation: number): Uint8Array {
  const tiff = [
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  return Uint8Array.of(0xff, 0xe1, 0, 2 + EXIF.length + tiff.length, ...EXIF, ...tiff);
}

export const readGif: Reader = (bytes) => {
  if (!saysAt(bytes, 0, ascii("GIF87a")) && !saysAt(bytes, 0, ascii("GIF89a"))) return null;
  const colours = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + colours(bytes[10] ?? 0);
  const parts = [bytes.subarray(0, at)];
  let drawn = false;
  while (at < bytes.length) {
    const begin = at;
    const kind = bytes[at];
    if (kind === 0x3b) {
      parts.push(bytes.subarray(at, at + 1));
      return drawn ? parts : null;
    }
    let kept = true;
    if (kind === 0x21) {
      // Of the extensions: how a frame is shown, and how often all are; comments and texts are not.
      const loops = saysAt(bytes, at + 3, ascii("NETSCAPE2.0"));
      kept = bytes[at + 1] === 0xf9 || (bytes[at + 1] === 0xff && loops);
      at += 2;
    } else if (kind === 0x2c) {
      drawn = true;
      at += 11 + colours(bytes[at + 9] ?? 0);
    } else return null;
    const end = endOfBlocks(bytes, at);
    if (end === null) return null;
    at = end;
    if (kept) parts.push(bytes.subarray(begin, at));
  }
  return null;
};

function endOfBlocks(bytes: Uint8Array, from: number): number | null {
  let at = from;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return null;
    at += 1 + length;
    if (length === 0) return at;
  }
}

const WEBP_KEPT = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
const WEBP_PICTURES = new Set(["VP8 ", "VP8L", "ANMF"]);
/** The flags of `VP8X` that promise EXIF and XMP. */
const WEBP_PROMISES = 0x0c;

export const readWebp: Reader = (bytes) => {
  if (!saysAt(bytes, 0, ascii("RIFF")) || !saysAt(bytes, 8, ascii("WEBP"))) return null;
  const view = viewOf(bytes);
  const size = view.getUint32(4, true) + 8;
  if (size > bytes.length) return null;
  const chunks: Uint8Array[] = [];
  let drawn = false;
  for (let at = 12; at + 8 <= size;) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    if (end > size) return null;
    if (WEBP_KEPT.has(name)) {
      const chunk = bytes.slice(at, end);
      if (name === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~WEBP_PROMISES;
      chunks.push(chunk);
    }
    drawn ||= WEBP_PICTURES.has(name);
    at = end;
  }
  if (!drawn) return null;
  const head = bytes.slice(0, 12);
  viewOf(head).setUint32(4, 4 + chunks.reduce((sum, chunk) => sum + chunk.length, 0), true);
  return [head, ...chunks];
};

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
