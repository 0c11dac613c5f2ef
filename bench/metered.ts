/** Aparté under meters and a clock of its own (`metered-worker.js`): what it counts, and the time that it is told to pass. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { bundleWorker, ROOT } from "../scripts/bundle.ts";
import { startAparte } from "./aparte-worker.ts";
import type { Bench } from "./workerd.ts";

export type Meters = Record<string, number> & { calls: Record<string, number>; rows: Record<string, number> };

export function startMetered(): Promise<Bench> {
  return startAparte({
    entry: readFileSync(resolve(ROOT, "bench/metered-worker.js"), "utf8"),
    bundle: resolve(bundleWorker(), "index.js"),
  });
}

export async function control(bench: Bench, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${bench.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export async function readMeters(bench: Bench): Promise<Meters> {
  return (await control(bench, "GET", "/__meters")) as Meters;
}

/** Move the server's time on by `ms` and ring what is due. */
export async function passTime(bench: Bench, ms: number): Promise<void> {
  await control(bench, "POST", "/__clock", { ms });
}

/** Wait until the queue holds nothing, three times in a row: what was answered may still be on its way to it. */
export async function quiet(bench: Bench): Promise<void> {
  const giveUpAt = performance.now() + 120_000;
  for (let still = 0; still < 3; still += 1) {
    await new Promise((done) => setTimeout(done, 400));
    if ((await readMeters(bench)).under_way !== 0) still = -1;
    if (performance.now() > giveUpAt) throw new Error("history did not come to rest");
  }
}
