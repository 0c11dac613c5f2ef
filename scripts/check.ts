/**
 * `npm run check`: everything that must hold before a change is handed over: format, lint, types, all tests, sizes
 * and licences. Ends with 1 where any of it does not.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { isAllowed } from "./build/licenses.ts";
import { bundleWorker, ROOT } from "./bundle.ts";

const KIB = 1_024;

type Lock = {
  packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean; license?: string }>;
};

const steps: [name: string, holds: () => boolean][] = [
  ["format", () => run("node_modules/oxfmt/bin/oxfmt", ["--check", "."])],
  ["lint", () => run("node_modules/oxlint/bin/oxlint", [])],
  ["tests", () => run("scripts/test.ts", [])],
  ["sizes", sizesHold],
  ["licences", licencesHold],
];

const broken = steps.filter(([name, holds]) => {
  console.log(`\n── ${name}`);
  return !holds();
});
console.log(
  broken.length === 0 ? "\nEverything holds." : `\nBroken: ${broken.map(([name]) => name).join(", ")}`,
);
process.exit(broken.length === 0 ? 0 : 1);

function run(script: string, args: string[]): boolean {
  const done = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return done.status === 0;
}

/** The budgets of what travels: the page's scripts in brotli, the Worker in gzip. */
function sizesHold(): boolean {
  const widget = readdirSync(join(ROOT, "dist/w")).filter((file) => file.endsWith(".js"));
  const brotli = (path: string) => brotliCompressSync(readFileSync(join(ROOT, path))).byteLength;
  const sizes = [
    { name: "beacon", bytes: brotli("dist/b.js"), limit: 2 * KIB },
    ...widget.map((file) => ({ name: file, bytes: brotli(`dist/w/${file}`), limit: 20 * KIB })),
    {
      name: "Worker",
      bytes: gzipSync(readFileSync(join(bundleWorker(), "index.js"))).byteLength,
      limit: 1_000 * KIB,
    },
  ];
  for (const { name, bytes, limit } of sizes) {
    console.log(`${name}: ${(bytes / KIB).toFixed(2)} of ${limit / KIB} KiB`);
  }
  return widget.length > 0 && sizes.every(({ bytes, limit }) => bytes <= limit);
}

/** No package that we ship or run with has a licence that binds its users. */
function licencesHold(): boolean {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  const shipped = Object.entries(lock.packages).filter(
    ([path, entry]) => path !== "" && !entry.dev && !entry.devOptional && !entry.optional,
  );
  const bad = shipped.filter(([, { license }]) => !isAllowed(license ?? ""));
  for (const [path, { license }] of bad) console.error(`${path}: ${license ?? "no licence named"}`);
  console.log(`${shipped.length} packages, ${bad.length} with a licence that does not pass`);
  return bad.length === 0;
}
