/** Files for tests, built byte by byte: plain ones of every kind that may be sent, and hostile ones that pretend to be. */

/** `text` with each character as one byte. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const utf8 = (text: string) => joined([new TextEncoder().encode(text)]);

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const all = (...parts: (string | Uint8Array)[]) =>
  joined(parts.map((part) => (typeof part === "string" ? bytesOf(part) : part)));

function number(bytes: number, value: number, little = false): Uint8Array {
  const digits = Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 0xff);
  return Uint8Array.from(little ? digits.toReversed() : digits);
}

const pngChunk = (name: string, data: Uint8Array) => all(number(4, data.length), name, data, "\0\0\0\0");

/** A one-pixel PNG with these chunks besides, each saying "secret". */
export function pngWith(names: readonly string[] = []): Uint8Array<ArrayBuffer> {
  return all(
    "\x89PNG\r\n\x1a\n",
    pngChunk("IHDR", all(number(4, 1), number(4, 1), "\x08\x06\0\0\0")),
    ...names.map((name) => pngChunk(name, bytesOf("secret"))),
    pngChunk("IDAT", bytesOf("\x78\x9c\x63\0\0\0\x02\0\x01")),
    pngChunk("IEND", new Uint8Array()),
  );
}

/** What stands for the place in a test's EXIF. */
export const GPS = "48.8566N 2.3522E";

const segment = (marker: number, data: Uint8Array) =>
  all("\xff", number(1, marker), number(2, data.length + 2), data);

/** A JPEG with EXIF of a camera and a place, XMP, a comment and a colour profile. */
export function jpegWith({
  orientation = 1,
  little = false,
}: { orientation?: number; little?: boolean } = {}): Uint8Array<ArrayBuffer> {
  const short = (value: number) => number(2, value, little);
  const tiff = all(
    little ? "II" : "MM",
    short(42),
    number(4, 8, little),
    short(2),
    all(short(0x010f), short(2), number(4, 6, little), number(4, 38, little)),
    all(short(0x0112), short(3), number(4, 1, little), short(orientation), short(0)),
    number(4, 0),
    "Canon\0",
    GPS,
  );
  return all(
    "\xff\xd8",
    segment(0xe0, bytesOf("JFIF\0\x01\x01\0\0\x01\0\x01\0\0")),
    segment(0xe1, all("Exif\0\0", tiff)),
    segment(0xe1, bytesOf(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${GPS}</x:xmpmeta>`)),
    segment(0xe2, bytesOf("ICC_PROFILE\0\x01\x01profile")),
    segment(0xed, bytesOf(`Photoshop 3.0\0${GPS}`)),
    segment(0xfe, bytesOf("a comment")),
    segment(0xdb, all("\0", new Uint8Array(64).fill(1))),
    segment(0xc0, bytesOf("\x08\0\x01\0\x01\x01\x01\x11\0")),
    segment(0xc4, all("\0", new Uint8Array(16), "")),
    segment(0xda, bytesOf("\x01\x01\0\0\x3f\0")),
    "\x12\xff\0\x34\xff\xd0\x56",
    "\xff\xd9",
  );
}

const riffChunk = (name: string, data: string) =>
  all(name, number(4, data.length, true), data, data.length % 2 === 1 ? "\0" : "");

/** A WebP with these chunks besides, each saying "secret". */
export function webpWith(names: readonly string[] = []): Uint8Array<ArrayBuffer> {
  const chunks = all(
    riffChunk("VP8X", "\x0c\0\0\0\0\0\0\0\0\0"),
    riffChunk("VP8L", "\x2f\0\0\0\0\x07\x10"),
    ...names.map((name) => riffChunk(name, "secret")),
  );
  return all("RIFF", number(4, chunks.length + 4, true), "WEBP", chunks);
}

const GIF = "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const PDF = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";
/** An archive with one file that is not compressed. */
const ZIP = `PK\x03\x04\x0a${"\0".repeat(21)}\x01\0\0\0aPK\x01\x02${"\0".repeat(42)}PK\x05\x06${"\0".repeat(18)}`;
const SCRIPT = "<script>alert(1)</script>";
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
const HTML = `<!DOCTYPE html><html><body>${SCRIPT}</body></html>`;
const EXE = `MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff${"\0".repeat(60)}PE\0\0`;

export type PlainFile = { name: string; type: string; bytes: Uint8Array<ArrayBuffer> };

export const PLAIN_FILES: readonly PlainFile[] = [
  { name: "a.png", type: "image/png", bytes: pngWith() },
  { name: "a.jpg", type: "image/jpeg", bytes: jpegWith() },
  { name: "a.gif", type: "image/gif", bytes: bytesOf(GIF) },
  { name: "a.webp", type: "image/webp", bytes: webpWith() },
  { name: "a.pdf", type: "application/pdf", bytes: bytesOf(PDF) },
  { name: "a.txt", type: "text/plain", bytes: utf8("Bonjour, ça va ?\r\n\t1 < 2\n") },
  { name: "a.csv", type: "text/csv", bytes: utf8("nom;prix\r\nLampe;49,90 €\r\n") },
];

/** `becomes`: as what it is kept once what was hung on it is gone; null: it is refused. */
export type HostileFile = { name: string; bytes: Uint8Array<ArrayBuffer>; becomes: string | null };

const hostile = (name: string, becomes: string | null, ...parts: (string | Uint8Array)[]): HostileFile => ({
  name,
  becomes,
  bytes: all(...parts),
});

export const HOSTILE_FILES: readonly HostileFile[] = [
  // Pages and programs under the name of a picture.
  hostile("page.png", null, HTML),
  hostile("page.jpg", null, "\xef\xbb\xbf", HTML),
  hostile("spaced.txt", null, " \r\n\t", HTML),
  hostile("script.txt", null, SCRIPT),
  hostile("late-script.txt", null, "Bonjour\n", SCRIPT),
  hostile("upper.csv", null, "a;b\n<SCRIPT SRC=//evil>"),
  hostile("frame.txt", null, "x <iframe src=//evil>"),
  hostile("drawing.svg", null, SVG),
  hostile("drawing.png", null, '<?xml version="1.0"?>', SVG),
  hostile("late-drawing.txt", null, "hello ", SVG),
  hostile("doc.xml", null, '<?xml version="1.0"?><x/>'),
  hostile("comment.txt", null, "<!-- -->", SCRIPT),
  hostile("shell.txt", null, "#!/bin/sh\nrm -rf /\n"),
  hostile("web.txt", null, "x <?php system($_GET[0]); ?>"),
  hostile("post.txt", null, "%!PS-Adobe-3.0\n"),
  hostile("rich.txt", null, "{\\rtf1\\ansi x}"),
  hostile("program.png", null, EXE),
  hostile("program.pdf", null, EXE, PDF),
  hostile("elf.png", null, `\x7fELF\x02\x01\x01${"\0".repeat(60)}`),
  hostile("archive.zip", null, ZIP),
  hostile("office.docx", null, ZIP),
  hostile("old-office.doc", null, `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${"\0".repeat(60)}`),
  hostile("packed.txt", null, `\x1f\x8b\x08\0${"\0".repeat(20)}`),
  hostile("flash.gif", null, `CWS\x09${"\0".repeat(20)}`),
  hostile("film.jpg", null, `\0\0\0\x18ftypmp42${"\0".repeat(20)}`),
  hostile("heic.jpg", null, `\0\0\0\x18ftypheic${"\0".repeat(20)}`),
  hostile("icon.png", null, `\0\0\x01\0\x01\0${"\0".repeat(20)}`),
  hostile("bitmap.png", null, `BM${"\0".repeat(60)}`),
  hostile("tiff.jpg", null, `II*\0${"\0".repeat(60)}`),
  // Texts that are none.
  hostile("empty.txt", null),
  hostile("nul.txt", null, "a\0b"),
  hostile("latin.txt", null, "d\xe9j\xe0 vu"),
  hostile("utf16.txt", null, "\xff\xfea\0b\0"),
  hostile("utf7.txt", "text/plain", "+ADw-img src=x onerror=alert(1)+AD4-"),
  hostile("escape.txt", null, "\x1b]0;evil\x07"),
  hostile("surrogate.txt", null, "\xed\xa0\x80"),
  hostile("overlong.txt", null, "\xc0\xbcscript"),
  // Two things at once: what is behind or within a picture is gone, what cannot be taken apart is refused.
  hostile("gifar.gif", "image/gif", GIF, ZIP),
  hostile("script.gif", null, "GIF89a/*", "\0".repeat(20), "*/=1;alert(1)"),
  hostile("page.gif", "image/gif", GIF.slice(0, -1), `!\xfe${String.fromCharCode(HTML.length)}${HTML}\0;`),
  hostile("tail.png", "image/png", pngWith(), HTML),
  hostile(
    "text.png",
    "image/png",
    all(pngWith().subarray(0, 33), pngChunk("tEXt", bytesOf(`a\0${SCRIPT}`)), pngWith().subarray(33)),
  ),
  hostile(
    "php.png",
    "image/png",
    all(pngWith().subarray(0, 33), pngChunk("eXIf", bytesOf("<?php evil(); ?>")), pngWith().subarray(33)),
  ),
  hostile("cut.png", null, pngWith().subarray(0, -12)),
  hostile("long.png", null, pngWith().subarray(0, 33), "\xff\xff\xff\xffIDAT"),
  hostile(
    "empty.png",
    null,
    "\x89PNG\r\n\x1a\n",
    pngChunk("IHDR", new Uint8Array(13)),
    pngChunk("IEND", new Uint8Array()),
  ),
  hostile("tail.jpg", "image/jpeg", jpegWith(), ZIP),
  hostile(
    "comment.jpg",
    "image/jpeg",
    all(jpegWith().subarray(0, 2), segment(0xfe, bytesOf(HTML)), jpegWith().subarray(2)),
  ),
  hostile(
    "exif.jpg",
    "image/jpeg",
    all(jpegWith().subarray(0, 2), segment(0xe1, bytesOf(`Exif\0\0MM${SCRIPT}`)), jpegWith().subarray(2)),
  ),
  hostile("cut.jpg", null, jpegWith().subarray(0, -2)),
  hostile("headless.jpg", null, "\xff\xd8\xff\xd9"),
  hostile("page.jpeg", null, "\xff\xd8\xff\xe0", HTML),
  hostile("tail.webp", "image/webp", webpWith(), HTML),
  hostile(
    "xmp.webp",
    "image/webp",
    all(
      "RIFF",
      number(4, 4 + 8 + 8 + 8 + 26, true),
      "WEBP",
      riffChunk("VP8L", "\x2f\0\0\0\0\x07\x10\0"),
      riffChunk("XMP ", `${SCRIPT} `),
    ),
  ),
  hostile("short.webp", null, "RIFF\xff\0\0\0WEBPVP8L"),
  hostile("sound.webp", null, "RIFF\x24\0\0\0WAVEfmt ", "\0".repeat(40)),
  hostile("archive.pdf", null, PDF, ZIP),
  hostile("commented-archive.pdf", null, PDF.replace("%%EOF", ""), ZIP.slice(0, -2), "\x06\0%%EOF\n"),
  hostile("before.pdf", null, HTML, PDF),
  hostile("page.pdf", null, "%PDF-1.7\n", HTML, PDF),
  hostile("behind.pdf", null, PDF, "<script>x"),
  hostile("bare.pdf", null, "%PDF-1.7"),
  hostile("late.pdf", null, "\n%PDF-1.7\n%%EOF"),
  hostile("text-archive.txt", null, "Bonjour ", "PK\x05\x06", "\0".repeat(18)),
];
