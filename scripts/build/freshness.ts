/**
 * Which builds can be left out: a build is fresh while its inputs hash to what they did and its files are still there.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ShippedPackage } from "./licenses.ts";

export type Built = {
  /** Hash of the inputs. */
  inputs: string;
  /** What was written, relative to the output folder. */
  files: string[];
  packages: ShippedPackage[];
  /** For the widget: its URL path, which the beacon is told. */
  entry: string | null;
  /** The budget's line, repeated when the build is left out. */
  report: string;
};

const MARKS = "node_modules/.cache/aparte-build";

/** A hash over the names and contents of all files in `paths` (files or folders) and over `extra`. */
export function hashInputs(paths: readonly string[], extra: string): string {
  const hash = createHash("sha256").update(extra);
  for (const path of paths.flatMap(filesBelow)) hash.update(path).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}

/** What `app` was built to last time, or null where nothing is remembered. */
export function readMark(app: string): Built | null {
  const file = join(MARKS, `${app}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Built) : null;
}

export function writeMark(app: string, built: Built): void {
  mkdirSync(MARKS, { recursive: true });
  writeFileSync(join(MARKS, `${app}.json`), JSON.stringify(built));
}

/** True where the last build came from the same inputs and lies untouched in `out`. */
export function isFresh(mark: Built | null, inputs: string, out: string): mark is Built {
  return mark !== null && mark.inputs === inputs && mark.files.every((file) => existsSync(join(out, file)));
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!/\.[a-z]+$/.test(path)) {
    return readdirSync(path, { withFileTypes: true })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) =>
        entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
      );
  }
  return [path];
}
