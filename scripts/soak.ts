/**
 * `npm run soak`: the pure property tests again and again, each round from a seed of its own.
 *
 * `npm test` looks at the same cases in every run; this looks for those that nobody has thought of. A round that fails is
 * had again by its seed: `npm run soak -- --seed 7 --rounds 1`.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { QUIET, ROOT } from "./bundle.ts";

const HELP = `npm run soak -- [options] [part of a file's name …]

  --rounds 10   how many
  --seed        the first round's seed, and one more each round; without it each round takes its own`;

const LARGEST = 0x7fffffff;

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seed: { type: "string" },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

if (values.help) console.log(HELP);
else
  process.exit(soak(Number(values.rounds), values.seed === undefined ? null : Number(values.seed)) ? 0 : 1);

/** Whether every round passed. */
function soak(rounds: number, first: number | null): boolean {
  const files = globSync("tests/domain/**/*.test.ts", { cwd: ROOT })
    .filter((file) => readFileSync(join(ROOT, file), "utf8").includes(`"fast-check"`))
    .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)));
  if (files.length === 0 || !(rounds >= 1)) {
    console.error(`nothing to do: ${files.length} files, ${rounds} rounds`);
    return false;
  }
  const failed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const seed = first === null ? randomInt(LARGEST) : first + round;
    const passed = play(files, seed);
    if (!passed) failed.push(seed);
    console.log(`round ${round + 1} of ${rounds}, seed ${seed}: ${passed ? "passed" : "FAILED"}`);
  }
  console.log(
    `${files.length} files, ${rounds} rounds, ${failed.length} failed${failed.length > 0 ? `: seeds ${failed.join(", ")}` : ""}`,
  );
  return failed.length === 0;
}

/** One round; what failed is printed as the tests print it. */
function play(files: readonly string[], seed: number): boolean {
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.domain.config.ts", ...files];
  const { status, stdout, stderr } = spawnSync(process.execPath, vitest, {
    cwd: ROOT,
    env: { ...process.env, ...QUIET, PROPERTY_SEED: String(seed) },
    encoding: "utf8",
    maxBuffer: 64 * 1_024 * 1_024,
  });
  if (status !== 0) console.log(stdout + stderr);
  return status === 0;
}
