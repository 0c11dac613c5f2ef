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
import { BeaconLoad } from "./beacon-load.ts";
import { publishCampaigns } from "./live-campaigns.ts";
import { profile } from "./profile.ts";
import type { Bench } from "./workerd.ts";

const SHOWN = 15;
const CAMPAIGNS = 100;
const VISITORS = 400;
const REQUESTS = 1_200;

/** Print the functions with the largest share of their own. */
export async function printBeaconProfile(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aparte-bench-"));
  try {
    runTool("node_modules/wrangler/bin/wrangler.js", ["deploy", "--dry-run", "--outdir", folder]);
    const entry = `export * from "./index.js"; export { default } from "./index.js";`;
    const aparte = await startAparte({ entry, bundle: join(folder, "index.js") }, true);
    try {
      await publishCampaigns(aparte, CAMPAIGNS);
      const load = new BeaconLoad(aparte, VISITORS);
      await load.send(REQUESTS);
      const inspector = await inspectorOf(aparte);
      const shares = await profile(inspector, async () => void (await load.send(REQUESTS)));
      console.log("  where the time goes in JavaScript, callees left out:");
      for (const { name, share } of shares.slice(0, SHOWN)) {
        console.log(`  ${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
      }
    } finally {
      await aparte.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Worker's own, among those of Miniflare. */
async function inspectorOf({ miniflare }: Bench): Promise<URL> {
  const base = await miniflare.getInspectorURL();
  const listed = await fetch(new URL("/json", `http://${base.host}`));
  const targets = (await listed.json()) as { id: string; webSocketDebuggerUrl: string }[];
  const own = targets.find(({ id }) => id.includes("aparte"));
  if (own === undefined) throw new Error(`no inspector among ${JSON.stringify(targets)}`);
  return new URL(own.webSocketDebuggerUrl);
}

if (import.meta.main) await printBeaconProfile();
