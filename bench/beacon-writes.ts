/** What a beacon without a match asks of the visitor's object and writes there, counted by `metered-worker.js`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startAparte } from "./aparte-worker.ts";
import { BeaconLoad } from "./beacon-load.ts";
import { publishCampaigns } from "./live-campaigns.ts";
import type { Bench } from "./workerd.ts";

const VISITORS = 50;
const REQUESTS = 300;
const POLL_MS = 50;

type Meters = { object_rows_written: number; calls: Record<string, number>; under_way: number };
/** Of one beacon, on average. */
export type Writes = { rows: number; calls: number };

/** What the Worker of `bundle` does once visits are open, and history has taken them. */
export async function beaconWrites(bundle: string, campaigns: number): Promise<Writes> {
  const entry = readFileSync(join(import.meta.dirname, "metered-worker.js"), "utf8");
  const bench = await startAparte({ entry, bundle });
  try {
    await publishCampaigns(bench, campaigns);
    const load = new BeaconLoad(bench, VISITORS);
    await load.send(VISITORS);
    while ((await metersOf(bench)).under_way > 0) await wait(POLL_MS);
    await fetch(`${bench.url}/__meters`, { method: "DELETE" });
    await load.send(REQUESTS);
    const { object_rows_written, calls } = await metersOf(bench);
    const asked = Object.entries(calls).filter(([name]) => name.startsWith("VisitorSession."));
    return {
      rows: object_rows_written / REQUESTS,
      calls: asked.reduce((sum, [, count]) => sum + count, 0) / REQUESTS,
    };
  } finally {
    await bench.stop();
  }
}

async function metersOf(bench: Bench): Promise<Meters> {
  return (await (await fetch(`${bench.url}/__meters`)).json()) as Meters;
}
