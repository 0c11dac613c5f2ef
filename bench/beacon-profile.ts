/**
 * Where the processor time of a beacon goes, function by function: what `beacon.ts` prints where it misses its figure.
 * `node bench/beacon-profile.ts` prints it alone. The Worker is bundled unminified for it, so that functions keep their
 * names.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../scripts/bundle.ts";
import { startAparte } from "./aparte-worker.ts";
import { startBareBeacon } from "./bare-beacon.ts";
import { BeaconLoad } from "./beacon-load.ts";
import { publishCampaigns } from "./live-campaigns.ts";
import { inspectorOf, profile } from "./profile.ts";
import type { Bench } from "./workerd.ts";

const SHOWN = 15;
const CAMPAIGNS = 100;
const VISITORS = 400;
const WARM_UP = 2_400;
const REQUESTS = 1_200;

/** Print, for Aparté and the bare Worker, the functions with the largest share of their own. */
export async function printBeaconProfile(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aparte-bench-"));
  try {
    runTool("node_modules/wrangler/bin/wrangler.js", ["deploy", "--dry-run", "--outdir", folder]);
    const entry = `export * from "./index.js"; export { default } from "./index.js";`;
    const aparte = await startAparte({ entry, bundle: join(folder, "index.js") }, true);
    await publishCampaigns(aparte, CAMPAIGNS);
    await printShares("Aparté", "aparte", aparte);
    await printShares("the bare Worker", "bare", await startBareBeacon(true));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a native call takes stands with the function that makes it. Stops `bench`. */
async function printShares(title: string, name: string, bench: Bench): Promise<void> {
  try {
    const load = new BeaconLoad(bench, VISITORS);
    await load.send(WARM_UP);
    const inspector = await inspectorOf(bench.miniflare, name);
    const shares = await profile(inspector, async () => void (await load.send(REQUESTS)));
    console.log(`  where the time of ${title} goes, callees left out:`);
    for (const { name: place, share } of shares.slice(0, SHOWN)) {
      console.log(`  ${(share * 100).toFixed(1).padStart(6)} %  ${place}`);
    }
  } finally {
    await bench.stop();
  }
}

if (import.meta.main) await printBeaconProfile();
