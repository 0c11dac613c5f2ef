/**
 * The licence budget: what reaches a bundle must be free to ship with a closed product.
 *
 * Shapes  file paths go in, packages with their licences come out.
 * Errors  `forbidden` names what breaks the budget; nothing here throws but for an unreadable package.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export type ShippedPackage = { name: string; version: string; license: string; text: string };

const ALLOWED = new Set([
  "MIT",
  "ISC",
  "BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "OFL-1.1",
  "CC0-1.0",
  "Unlicense",
  "BlueOak-1.0.0",
  "BSL-1.0",
]);

/** The packages that hold `files` (module ids or paths; virtual ones are ignored), by name and version. */
export function packagesOf(files: Iterable<string>): ShippedPackage[] {
  const found = new Map<string, ShippedPackage>();
  for (const file of files) {
    const folder = packageFolder(file.replace(/^\0/, "").replace(/\?.*$/, ""));
    if (folder !== null && !found.has(folder)) found.set(folder, describe(folder));
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** True where an SPDX expression leaves us a licence of the list: any side of OR, both sides of AND. */
export function isAllowed(expression: string): boolean {
  const plain = expression.replace(/[()]/g, "");
  return plain
    .split(/\s+OR\s+/i)
    .some((side) => side.split(/\s+AND\s+/i).every((one) => ALLOWED.has(one.trim())));
}

/** What breaks the budget, as "name version: licence". */
export function forbidden(packages: readonly ShippedPackage[]): string[] {
  return packages
    .filter(({ license }) => !isAllowed(license))
    .map(({ name, version, license }) => `${name} ${version}: ${license === "" ? "no licence" : license}`);
}

/** The notice that is served with the product: every shipped package, its licence and the licence's text. */
export function notice(packages: readonly ShippedPackage[]): string {
  const parts = packages.map(({ name, version, license, text }) =>
    [`${name} ${version} (${license})`, text.trim()].filter((part) => part !== "").join("\n\n"),
  );
  return `Software by others in what Aparté serves.\n\n${parts.join(`\n\n${"=".repeat(80)}\n\n`)}\n`;
}

function packageFolder(file: string): string | null {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match?.[1] ?? null;
}

function describe(folder: string): ShippedPackage {
  const { name, version, license }: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((entry) => /^(?:licen[sc]e|copying)(?:\.|$)/i.test(entry));
  const text =
    file === undefined || !existsSync(join(folder, file)) ? "" : readFileSync(join(folder, file), "utf8");
  return { name, version, license: license ?? "", text };
}
