/** Where the time of a call goes, by function: what a benchmark prints when it misses its target. */
import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../scripts/bundle.ts";

const SHOWN = 12;
const SAMPLE_US = 100;

/** Calls `call` for `forMs` and prints which functions the time was spent in, their callees not counted. */
export async function printProfile(name: string, call: () => unknown, forMs: number): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
  await session.post("Profiler.start");
  const until = performance.now() + forMs;
  while (performance.now() < until) call();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();

  const spent = new Map<string, number>();
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const file = url.startsWith("file:") ? relative(ROOT, fileURLToPath(url)) : url;
    const place = `${functionName === "" ? "(anonymous)" : functionName}  ${file}:${lineNumber + 1}`;
    spent.set(place, (spent.get(place) ?? 0) + hitCount);
  }
  const all = [...spent.values()].reduce((sum, hits) => sum + hits, 0);
  console.log(`\n${name}: where the time goes`);
  for (const [place, hits] of [...spent].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)) {
    console.log(`${((hits / all) * 100).toFixed(1).padStart(6)} %  ${place}`);
  }
}
