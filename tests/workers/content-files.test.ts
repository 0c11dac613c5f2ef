/** Rules R-F5 to R-F7: which files may be sent, what is left out of a picture, and what a file is called. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { acceptFile, fileName } from "../../domain/chat/content-file.ts";
import {
  GPS,
  HOSTILE_FILES,
  PLAIN_FILES,
  bytesOf,
  joined,
  jpegWith,
  pngWith,
  webpWith,
} from "./hostile-files.ts";

const latin1 = (bytes: Uint8Array | null) => new TextDecoder("latin1").decode(bytes ?? undefined);
const keptOf = (bytes: Uint8Array, name = "x") => {
  const accepted = acceptFile(bytes, name);
  return accepted === null ? null : joined(accepted.parts);
};

test.each(PLAIN_FILES)("R-F5: $name is $type, by its bytes alone", ({ bytes, name, type }) => {
  expect(acceptFile(bytes, name)?.type).toBe(type);
  const isText = type.startsWith("text/");
  expect(acceptFile(bytes, "x.html")?.type).toBe(isText ? "text/plain" : type);
  // What was kept once is kept as it is.
  const kept = keptOf(bytes, name) ?? new Uint8Array();
  expect(keptOf(kept, name)).toEqual(kept);
});

test(`R-F5: none of ${HOSTILE_FILES.length} hostile files is taken for what it is not, and none keeps what was hung on it`, () => {
  expect(HOSTILE_FILES.length).toBeGreaterThanOrEqual(40);
  for (const { name, bytes, becomes } of HOSTILE_FILES) {
    const accepted = acceptFile(bytes, name);
    expect([name, accepted?.type ?? null]).toEqual([name, becomes]);
    if (accepted === null) continue;
    const kept = latin1(joined(accepted.parts));
    expect([name, /<script|<html|<svg|PK..\n|MZ\u0090|<\?php/i.exec(kept)]).toEqual([name, null]);
  }
});

test("R-F6: a photograph says no more where, when and with what it was taken, and still stands upright", () => {
  for (const little of [false, true]) {
    const sent = jpegWith({ orientation: 6, little });
    expect(latin1(sent)).toContain(GPS);
    const kept = keptOf(sent) ?? new Uint8Array();
    const text = latin1(kept);
    expect(text).not.toContain(GPS);
    expect(text).not.toContain("Canon");
    expect(text).not.toContain("a comment");
    expect(text).toContain("ICC_PROFILE");
    const at = text.indexOf("Exif");
    // Big-endian, one entry: tag 0x0112 of type short, value 6.
    expect([...kept.subarray(at + 14, at + 28)]).toEqual([0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
  }
  expect(latin1(keptOf(jpegWith({ orientation: 1 })))).not.toContain("Exif");
});

test("R-F6: PNG, WebP and GIF lose their texts, moments and whatever stands behind them", () => {
  for (const sent of [
    pngWith(["tEXt", "iTXt", "eXIf", "tIME", "zTXt", "prVt"]),
    webpWith(["EXIF", "XMP ", "JUNK"]),
  ]) {
    const behind = joined([sent, bytesOf("behind it")]);
    const text = latin1(keptOf(behind));
    expect(text).not.toContain("secret");
    expect(text).not.toContain("behind it");
    expect(text).not.toMatch(/tEXt|iTXt|eXIf|tIME|EXIF|XMP /);
  }
  const gif = bytesOf(
    "GIF89a\x01\0\x01\0\0\0\0!\xfe\x06secret\0!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;tail",
  );
  const text = latin1(keptOf(gif));
  expect(text).not.toContain("secret");
  expect(text).not.toContain("tail");
  expect(text).toContain("NETSCAPE2.0");
});

test("R-F5: whatever bytes come, reading them ends, and what is accepted once is accepted again as the same", () => {
  const heads = [...PLAIN_FILES, ...HOSTILE_FILES].map(({ bytes }) => bytes);
  const cut = fc.tuple(fc.constantFrom(...heads), fc.nat(), fc.uint8Array({ maxLength: 40 }), fc.boolean());
  fc.assert(
    fc.property(cut, ([bytes, place, noise, tail]) => {
      const at = place % (bytes.length + 1);
      const sent = joined([bytes.slice(0, at), noise, ...(tail ? [bytes.slice(at)] : [])]);
      const accepted = acceptFile(sent, "x.csv");
      if (accepted === null) return;
      const kept = joined(accepted.parts);
      const again = acceptFile(kept, "x.csv");
      expect(again?.type).toBe(accepted.type);
      expect(joined(again?.parts ?? [])).toEqual(kept);
    }),
    { numRuns: 20_000 },
  );
}, 60_000);

test("R-F7: a name is one word of letters that ends as what the file is", () => {
  expect(fileName("Devis été 2026.PDF", "pdf")).toBe("Devis été 2026.pdf");
  expect(fileName("../../etc/passwd", "txt")).toBe("passwd.txt");
  expect(fileName("C:\\Users\\a\\evil.html", "png")).toBe("evil.png");
  expect(fileName('a\r\nContent-Type: text/html".jpg', "jpg")).toBe("html.jpg");
  expect(fileName("photo\u202egpj.exe", "jpg")).toBe("photogpj.jpg");
  for (const empty of ["", "...", " ", "\0", ".htaccess", "CON", "nul.txt", "\uD800"])
    expect(fileName(empty, "txt")).toBe("file.txt");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (claimed) => {
      const name = fileName(claimed, "png");
      expect(name).toMatch(/^[^\p{Cc}\p{Cf}"'<>:|?*/\\%;]+\.png$/u);
      expect([...name].length).toBeLessThanOrEqual(124);
      expect(name.isWellFormed()).toBe(true);
      expect(fileName(name, "png")).toBe(name);
    }),
    { numRuns: 5_000 },
  );
});
