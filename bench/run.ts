/**
 * `npm run bench`: every benchmark in turn; `npm run bench -- NAME` one of them; `-- --help` says which there are.
 *
 * Each is a process of its own, so that none warms or burdens another. Fails where one fails, after all have run.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BENCHES: Readonly<Record<string, string>> = {
  ingest: "batches a second against a bare Worker that keeps the same bytes",
  beacon: "processor time of one beacon against the least that any Worker could spend on it",
  chat: "messages and deliveries a second of a room, against a bare one and one with a limiter",
  "chat-cost": "what a million conversations cost at list price, counted from meters",
  cost: "what a million visits cost at list price, counted from meters",
  desk: "one decision at a desk of 200 agents and 5,000 who wait, and of twice and four times as many",
  page: "what the one script tag costs a page, in a real browser",
  experiments:
    "whether campaigns without effect are left alone and effects lie in their intervals, simulated",
  history:
    "the KPI screens' calls on a year of a million visits and on four times as many, and all counted anew",
  journeys: "what funnels and journeys cost on a year of history",
  targeting: "1,000 campaigns judged, against GrowthBook's evaluator and json-rules-engine",
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !name.startsWith("-") && !Object.hasOwn(BENCHES, name));
if (asked.includes("--help") || unknown.length > 0) {
  for (const name of unknown) console.error(`there is no benchmark "${name}"`);
  console.log("npm run bench            all of them\nnpm run bench -- NAME    one of them:\n");
  for (const [name, what] of Object.entries(BENCHES)) console.log(`  ${name.padEnd(12)} ${what}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const named = asked.filter((name) => Object.hasOwn(BENCHES, name));
const names = named.length > 0 ? named : Object.keys(BENCHES);
const failed = names.filter((name) => {
  console.log(`\n== ${name}: ${BENCHES[name] ?? ""}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: "inherit",
  });
  return status !== 0;
});
if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
