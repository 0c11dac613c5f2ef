/**
 * `npm run deploy`: front ends, D1's migrations, then the Worker, to the account that wrangler is signed in to.
 * `npm run deploy -- --dry-run` does all that needs no account, and says how big the Worker is.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildFrontEnds, bundleWorker, ROOT } from "./bundle.ts";

const HELP = `npm run deploy               build, migrate D1, deploy
npm run deploy -- --dry-run  build and bundle, deploy nothing`;

const args = process.argv.slice(2);
const unknown = args.find((argument) => argument !== "--dry-run" && argument !== "--help");
if (args.includes("--help") || unknown !== undefined) {
  console.log(unknown === undefined ? HELP : `Unknown option ${unknown}\n\n${HELP}`);
  process.exit(unknown === undefined ? 0 : 2);
}

try {
  buildFrontEnds();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const bytes = gzipSync(readFileSync(join(bundleWorker(), "index.js"))).byteLength;
console.log(`Worker: ${(bytes / 1_024).toFixed(1)} KiB gzip`);

if (args.includes("--dry-run")) {
  console.log("Dry run: nothing was deployed.");
} else {
  wrangler("d1", "migrations", "apply", "DB", "--remote");
  wrangler("deploy", "--minify");
}

function wrangler(...command: string[]): void {
  const program = ["node_modules/wrangler/bin/wrangler.js", ...command];
  const done = spawnSync(process.execPath, program, { cwd: ROOT, stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
