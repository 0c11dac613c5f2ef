/**
 * `npm run faults -- NAME`: one of the fault experiments, in full; `--short` in the form that `npm test` runs, `--seed N`
 * with the dice of an earlier run. `-- --help` says which there are.
 *
 * Ends with 1 where something did not hold. Everything happens on this machine, in processes that it starts and ends.
 */
import { EXPERIMENTS } from "./experiments.ts";
import { shownRun } from "./experiment.ts";

const MOST_SHOWN = 40;

const asked = process.argv.slice(2);
const short = asked.includes("--short");
const seedAt = asked.indexOf("--seed");
const seed = seedAt < 0 ? Date.now() % 1_000_000_007 : Number(asked[seedAt + 1]);
const given = asked.filter((word, index) => !word.startsWith("--") && asked[index - 1] !== "--seed");
const names = given.includes("all") ? Object.keys(EXPERIMENTS) : given;
const unknown = names.filter((name) => !Object.hasOwn(EXPERIMENTS, name));

if (names.length === 0 || unknown.length > 0 || asked.includes("--help") || !Number.isInteger(seed)) {
  for (const name of unknown) console.error(`there is no experiment "${name}"`);
  console.log("npm run faults -- NAME… [--seed N] [--short], NAME one or several of these, or all:\n");
  for (const [name, { id, what, minutes }] of Object.entries(EXPERIMENTS)) {
    console.log(`  ${name.padEnd(8)} ${id.padEnd(4)} ${what} (about ${minutes} min on 2 idle cores)`);
  }
  process.exit(unknown.length > 0 || !Number.isInteger(seed) ? 2 : 0);
}

let failed = 0;
for (const name of names) {
  const experiment = EXPERIMENTS[name];
  if (experiment === undefined) continue;
  const { id, what, minutes } = experiment;
  console.log(`\n== ${id} ${name}: ${what}`);
  console.log(`seed ${seed}${short ? ", short" : `, about ${minutes} min on 2 idle cores`}`);
  const begun = performance.now();
  const { counts, wrong } = await experiment.run(short, shownRun(seed));
  const width = Math.max(...Object.keys(counts).map((key) => key.length));
  for (const [key, count] of Object.entries(counts)) console.log(`  ${key.padEnd(width)}  ${count}`);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  for (const line of wrong.slice(0, MOST_SHOWN)) console.log(`  WRONG ${line}`);
  if (wrong.length > MOST_SHOWN) console.log(`  … and ${wrong.length - MOST_SHOWN} more`);
  console.log(`${id}: ${wrong.length} wrong, ${seconds} s, seed ${seed}`);
  if (wrong.length > 0) failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;
