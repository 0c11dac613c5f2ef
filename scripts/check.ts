/**
 * `npm run check`: everything that must hold before a change is handed over: format, lint, types, all tests, sizes
 * and licences. Ends with 1 where any of it does not.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isAllowed } from "./build/licenses.ts";
import { bundleWorker, ROOT } from "./bundle.ts";

const WORKER_LIMIT_BYTES = 1_024 * 1_024;

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

/** The front ends' build ends with an error where one of its budgets is broken; the Worker's is looked at here. */
function sizesHold(): boolean {
  const built = run("scripts/build.ts", []);
  const bytes = gzipSync(readFileSync(join(bundleWorker(), "index.js"))).byteLength;
  console.log(`Worker: ${(bytes / 1_024).toFixed(1)} KiB gzip of ${WORKER_LIMIT_BYTES / 1_024}`);
  return built && bytes <= WORKER_LIMIT_BYTES;
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
