/**
 * `npm run bench -- ingest`: how much slower ingest is than the least a Worker could do with the same bytes.
 *
 * Both servers run at once and take turns on the same machine, so that its other load falls on both; the figure is
 * the ratio of the medians, which travels from machine to machine better than requests a second do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../scripts/server.ts";
import { startBareServer } from "./bare-worker.ts";

const ROUNDS = 7;
const REQUESTS_A_ROUND = 400;
const WARM_UP_REQUESTS = 200;
const CONCURRENCY = 16;
const VISITORS = 200;

type Round = { perSecond: number; p50: number; p99: number };

const folder = mkdtempSync(join(tmpdir(), "aparte-bench-"));
const aparte = await startServer({ port: 0, stateDir: join(folder, "aparte") });
const bare = await startBareServer(join(folder, "bare"));
let sent = 0;
try {
  const contestants = [
    { name: "Aparté, ?decide=1", url: `${aparte.url}/v1/batch?decide=1`, rounds: [] as Round[] },
    { name: "Aparté, events only", url: `${aparte.url}/v1/batch`, rounds: [] as Round[] },
    { name: "bare Worker and row", url: `${bare.url}/v1/batch`, rounds: [] as Round[] },
  ];
  for (const { url } of contestants) await load(url, WARM_UP_REQUESTS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { url, rounds } of contestants) rounds.push(await load(url, REQUESTS_A_ROUND));
  }
  const base = median(contestants.at(-1)?.rounds.map(({ perSecond }) => perSecond) ?? []);
  console.log(
    `Ingest: ${ROUNDS} rounds of ${REQUESTS_A_ROUND} batches of 2 messages, ${CONCURRENCY} at a time\n`,
  );
  for (const { name, rounds } of contestants) {
    const perSecond = median(rounds.map((round) => round.perSecond));
    const times = `p50 ${median(rounds.map(({ p50 }) => p50)).toFixed(1)} ms, p99 ${median(rounds.map(({ p99 }) => p99)).toFixed(1)} ms`;
    const figure = `${perSecond.toFixed(0).padStart(5)} batches/s, ${(perSecond / base).toFixed(2)} of bare`;
    console.log(`${name.padEnd(20)} ${figure}, ${times}`);
  }
} finally {
  await Promise.all([aparte.stop(), bare.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

/** Send `requests` batches of new messages; throws at the first that is not answered with success. */
async function load(url: string, requests: number): Promise<Round> {
  const timesMs: number[] = [];
  let left = requests;
  const begun = performance.now();
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      const from = performance.now();
      const answer = await fetch(url, { method: "POST", body: batch() });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
      timesMs.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  const seconds = (performance.now() - begun) / 1_000;
  timesMs.sort((a, b) => a - b);
  return {
    perSecond: requests / seconds,
    p50: timesMs[Math.floor(timesMs.length * 0.5)] ?? 0,
    p99: timesMs[Math.floor(timesMs.length * 0.99)] ?? 0,
  };
}

/** A page view and a product view of one of the visitors, as a beacon would send them. */
function batch(): string {
  sent += 1;
  const anonymousId = `bench-${sent % VISITORS}`;
  const path = `/shop/product/shirt-${sent % 40}`;
  const page = { url: `https://shop.example${path}`, path, title: "Chemise Oxford", referrer: "" };
  const named = (what: string) => ({ anonymousId, messageId: `bench-${sent}-${what}` });
  return JSON.stringify({
    writeKey: "demo",
    sentAt: new Date().toISOString(),
    batch: [
      { type: "page", ...named("page"), properties: page, context: { page } },
      {
        type: "track",
        event: "Product Viewed",
        ...named("viewed"),
        properties: { product_id: `shirt-${sent % 40}`, price: 89, currency: "EUR" },
        context: { page },
      },
    ],
  });
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
