/**
 * What a beacon costs: processor time per request against the least that any Worker could spend on the same body
 * (`baselines/bare-beacon.js`), with 100 live campaigns of which none matches, and what each beacon writes.
 *
 * Both Workers run at once, each in a workerd of its own, and take turns, so that the machine's other load falls on
 * both; the figure is the ratio of the medians. Announcing a new visit to history is warmed up before.
 */
import { resolve } from "node:path";
import { bundleWorker } from "../scripts/bundle.ts";
import { startAparte } from "./aparte-worker.ts";
import { startBareBeacon } from "./bare-beacon.ts";
import { BeaconLoad, type Round } from "./beacon-load.ts";
import { beaconWrites } from "./beacon-writes.ts";
import { printBeaconProfile } from "./beacon-profile.ts";
import { publishCampaigns } from "./live-campaigns.ts";
import { median } from "./median.ts";
import type { Bench } from "./workerd.ts";

const ROUNDS = 9;
const REQUESTS = 800;
/** Both engines go on compiling what they run for some thousand requests; before that, neither figure stands still. */
const WARM_UP_ROUNDS = 7;
/** Each visitor's visit is eight page views long: the first ones in the warm-up and the others in the rounds that count. */
const VISITORS = 1_600;
const CAMPAIGNS = 100;
const LIMIT = 1.3;

const bundle = resolve(bundleWorker(), "index.js");
const aparte = await startAparte();
const bare = await startBareBeacon();
let failed = false;
try {
  await publishCampaigns(aparte, CAMPAIGNS);
  const contestants = [
    { name: "bare Worker, object and row", load: new BeaconLoad(bare, VISITORS), rounds: [] as Round[] },
    {
      name: `Aparté, ${CAMPAIGNS} campaigns, decide=1`,
      load: new BeaconLoad(aparte, VISITORS),
      rounds: [] as Round[],
    },
  ];
  for (const { load } of contestants)
    for (let turn = 0; turn < WARM_UP_ROUNDS; turn += 1) await load.send(REQUESTS);
  await settle(aparte);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { load, rounds } of contestants) rounds.push(await load.send(REQUESTS));
    process.stderr.write(`\rround ${round + 1} of ${ROUNDS}`);
  }
  process.stderr.write("\n");
  const [base, ours] = contestants.map(({ rounds }) => median(rounds.map(({ cpuMs }) => cpuMs)));
  console.log(`Beacon: ${ROUNDS} rounds of ${REQUESTS} requests, interleaved`);
  for (const { name, rounds } of contestants) {
    const cpu = median(rounds.map(({ cpuMs }) => cpuMs));
    const rate = median(rounds.map(({ perSecond }) => perSecond));
    console.log(`  ${name.padEnd(36)} ${cpu.toFixed(3)} ms CPU a request, ${rate.toFixed(0)} requests/s`);
  }
  const ratio = (ours ?? Number.NaN) / (base ?? Number.NaN);
  failed = !(ratio <= LIMIT);
  console.log(`  ratio ${ratio.toFixed(2)}, at most ${LIMIT}: ${failed ? "missed" : "reached"}`);
} finally {
  await Promise.all([aparte.stop(), bare.stop()]);
}
const writes = await beaconWrites(bundle, CAMPAIGNS);
console.log(
  `  each beacon: ${writes.rows} rows in ${writes.calls} calls of the visitor's object, at most 1 in 1`,
);
if (failed) await printBeaconProfile();
process.exitCode = failed || writes.rows > 1 || writes.calls > 1 ? 1 : 0;

/** Wait until history has taken the visits that were opened. */
async function settle(bench: Bench): Promise<void> {
  const until = performance.now() + 60_000;
  while (performance.now() < until) {
    const answer = await fetch(`${bench.url}/api/sites/demo/exports/sessions.csv`, {
      headers: { authorization: "Bearer ak_demo_local_only" },
    });
    const rows = (await answer.text()).split("\n").filter((line) => line.includes("bench-")).length;
    if (rows >= VISITORS) return;
  }
  throw new Error("history did not take the visits of the warm-up");
}
