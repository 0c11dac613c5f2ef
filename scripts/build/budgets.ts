/** The size budgets, in bytes after brotli, of what a visitor of somebody's site has to load. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const KIB = 1_024;
export const BUDGETS: Readonly<Record<string, number>> = { beacon: 2 * KIB, widget: 20 * KIB };

/** `files` of `out` weighed together after brotli, and the line that says so. */
export function weigh(app: string, out: string, files: readonly string[]): { ok: boolean; report: string } {
  const bytes = files.reduce(
    (sum, file) => sum + brotliCompressSync(readFileSync(join(out, file))).length,
    0,
  );
  const budget = BUDGETS[app];
  const size = `${(bytes / KIB).toFixed(2)} KiB brotli`;
  if (budget === undefined) return { ok: true, report: `${app}: ${size}` };
  return { ok: bytes <= budget, report: `${app}: ${size} of ${(budget / KIB).toFixed(1)}` };
}

/** URLs of others' servers that the pages would load by themselves; the words of a comment do not count. */
export function thirdPartyUrls(text: string): string[] {
  const hosts =
    /https?:\/\/(?:[\w-]+\.)*(?:jsdelivr\.net|unpkg\.com|googleapis\.com|gstatic\.com|cdnjs\.com|esm\.sh)\b/g;
  return [...new Set(text.match(hosts) ?? [])];
}
