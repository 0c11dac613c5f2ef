/**
 * What the server runs: the Worker as `wrangler deploy` would upload it, and the built front ends.
 *
 * A bundle is kept under a digest of its sources, so that a second start builds nothing, and is written aside and
 * renamed, so that two starts at once never read half of one.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const OUT = join(ROOT, ".wrangler/out");
const BUNDLES_KEPT = 5;

/** Wrangler asks nothing, tells nobody, and looks nothing up. */
export const QUIET = {
  CI: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  NO_COLOR: "1",
};

/** The folder with the minified Worker's `index.js`, bundled now unless these very sources were bundled before. */
export function bundleWorker(): string {
  const sources = [
    "domain",
    "durable-objects",
    "workers",
    "migrations",
    "wrangler.toml",
    "package-lock.json",
  ];
  const folder = join(OUT, `worker-${digestOf(sources)}`);
  if (existsSync(join(folder, "index.js"))) return folder;
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const aside = `${folder}-${process.pid}`;
  runTool("node_modules/wrangler/bin/wrangler.js", ["deploy", "--dry-run", "--minify", "--outdir", aside]);
  if (existsSync(folder)) rmSync(aside, { recursive: true });
  else renameSync(aside, folder);
  dropOldBundles();
  return folder;
}

/** Build the front ends into `dist/`; what did not change is left as it is. Throws with the build's own words. */
export function buildFrontEnds(): void {
  runTool("scripts/build.ts", []);
}

/** Run a Node program of the project to its end; throw with what it printed where it fails. */
export function runTool(script: string, args: readonly string[]): string {
  const done = spawnSync(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...QUIET },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1_024 * 1_024,
  });
  if (done.status !== 0) {
    const command = [script, ...args].join(" ");
    throw new Error(`${command} failed:\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

function digestOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of filesUnder(join(ROOT, path))) {
      hash
        .update(`${file.slice(ROOT.length)}\0`)
        .update(readFileSync(file))
        .update("\0");
    }
  }
  return hash.digest("hex").slice(0, 20);
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(join(path, entry.name)));
}

function dropOldBundles(): void {
  const bundles = readdirSync(OUT)
    .filter((name) => /^worker-[0-9a-f]{20}$/.test(name))
    .map((name) => ({ path: join(OUT, name), at: statSync(join(OUT, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of bundles.slice(BUNDLES_KEPT)) rmSync(path, { recursive: true, force: true });
}
