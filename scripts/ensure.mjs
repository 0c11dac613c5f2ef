// Installs what package-lock.json names, once per lock file, and prepares local secrets and generated types.
// Runs under any Node >= 20 and before node_modules exists, so it imports nothing but Node itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

const digest = createHash("sha256")
  .update(readFileSync("package-lock.json"))
  .update(readFileSync("package.json"))
  .digest("hex");
const mark = "node_modules/.ensure";

if (!existsSync(mark) || readFileSync(mark, "utf8") !== digest) {
  console.log("Installing packages (once per lock file)…");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(mark, digest);
}
if (!existsSync(".dev.vars")) copyFileSync(".dev.vars.example", ".dev.vars");

const types = "worker-configuration.d.ts";
const stale = (/** @type {string} */ source) => statSync(source).mtimeMs > statSync(types).mtimeMs;
if (!existsSync(types) || stale("wrangler.toml") || stale(".dev.vars")) {
  run("node_modules/.bin/node", ["node_modules/wrangler/bin/wrangler.js", "types", types], {
    WRANGLER_SEND_METRICS: "false",
    CI: "1",
  });
}

/** Run a command to its end; end this process with its exit code where it fails. */
function run(
  /** @type {string} */ command,
  /** @type {string[]} */ args,
  /** @type {Record<string, string>} */ env = {},
) {
  const bin = command.includes("/") && !existsSync(command) ? process.execPath : command;
  const done = spawnSync(bin, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
