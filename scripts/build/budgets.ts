/** The size budgets, in bytes after brotli, of what a visitor of somebody's site has to load. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const KIB = 1_024;
/**
 * `beacon` comes with the page, `signals` with the visitor's first input, `consent` where the page has a
 * banner; `invitation` is what the card needs, `widget` that and what draws the chat, `chat` all that a conversation
 * loads, each in the language that weighs more.
 */
export const BUDGETS: Readonly<Record<string, number>> = {
  beacon: 2 * KIB,
  signals: 2 * KIB,
  consent: 1 * KIB,
  invitation: 15 * KIB,
  content: 16 * KIB,
  widget: 20 * KIB,
  chat: 24.5 * KIB,
};

/** What is loaded together: its name, and its files below the output folder. */
export type Load = { name: string; files: readonly string[] };

/** Each of `loads` weighed after brotli, file by file as a server sends them, and the line that says so. */
export function weigh(loads: readonly Load[], out: string): { ok: boolean; report: string } {
  const weighed = loads.map(({ name, files }) => {
    const bytes = files.reduce((sum, file) => sum + weight(join(out, file)), 0);
    const budget = BUDGETS[name];
    const size = `${name}: ${(bytes / KIB).toFixed(2)} KiB brotli`;
    if (budget === undefined) return { ok: true, line: size };
    return { ok: bytes <= budget, line: `${size} of ${(budget / KIB).toFixed(1)}` };
  });
  return { ok: weighed.every(({ ok }) => ok), report: weighed.map(({ line }) => line).join(", ") };
}

/** The heaviest of `files`, alone in a list; none of none. */
export function heaviest(files: readonly string[], out: string): string[] {
  return files.toSorted((a, b) => weight(join(out, b)) - weight(join(out, a))).slice(0, 1);
}

const weight = (path: string): number => brotliCompressSync(readFileSync(path)).length;

/** URLs of others' servers that the pages would load by themselves; the words of a comment do not count. */
export function thirdPartyUrls(text: string): string[] {
  const hosts =
    /https?:\/\/(?:[\w-]+\.)*(?:jsdelivr\.net|unpkg\.com|googleapis\.com|gstatic\.com|cdnjs\.com|esm\.sh)\b/g;
  return [...new Set(text.match(hosts) ?? [])];
}
