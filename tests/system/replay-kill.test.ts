/**
 * A replay whose server is killed in the middle and started again: D1 holds each session and each order once, and a
 * second replay of the same file changes no count.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { readSessions } from "../../scripts/replay/source.ts";
import { clicksCsv } from "../fixtures/clicks.ts";
import { exported } from "./demo-api.ts";
import { dice } from "./dice.ts";
import { startServerProcess } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";

const SESSIONS = 150;

let server: ServerProcess;
const folder = mkdtempSync(join(tmpdir(), "aparte-replay-"));
const file = join(folder, "clicks.csv");
beforeAll(async () => {
  writeFileSync(file, clicksCsv(SESSIONS));
  server = await startServerProcess();
});
afterAll(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test("RUN2: a replay through a SIGKILL leaves each session and order in D1 exactly once, and a second one changes nothing", async () => {
  const { seed, between } = dice();
  console.log(`SEED=${seed}`);
  const sessions = readSessions(file, SESSIONS);
  const firstRun = replay(server.url);
  await someOfItHasArrived(server.url, between(20, 90));
  await server.kill();
  await server.restart();
  const { code, said } = await firstRun;
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(said).toMatch(/of them [1-9]\d* retries/); // the kill fell into it

  const expected = {
    visitors: sessions.map(({ id }) => `eshop-${id}`).toSorted(),
    pages: sessions.reduce((sum, { clicks }) => sum + clicks.length, 0),
    orders: sessions
      .filter(({ buys }) => buys)
      .map(({ id, clicks }) => ({ order_id: `eshop-${id}`, total: clicks.at(-1)?.price }))
      .toSorted((a, b) => a.order_id.localeCompare(b.order_id)),
  };
  expect(expected.orders.length).toBeGreaterThan(0);
  expect(await stored(server.url)).toEqual(expected);

  expect(await replay(server.url)).toMatchObject({ code: 0 });
  expect(await stored(server.url)).toEqual(expected);
}, 300_000);

/** Run `npm run replay`'s own program to its end. */
function replay(url: string): Promise<{ code: number | null; said: string }> {
  const args = [join(ROOT, "scripts/replay.ts"), "--url", url, "--sessions", String(SESSIONS)];
  const child = spawn(process.execPath, [...args, "--concurrency", "8", "--idle-minutes", "1", file], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done) => {
    child.once("exit", (code) => done({ code, said }));
  });
}

async function stored(url: string): Promise<object> {
  const sessions = await exported(url, "sessions");
  const orders = await exported(url, "orders");
  return {
    visitors: sessions.map((row) => row["visitor_id"]).toSorted(),
    pages: sessions.reduce((sum, row) => sum + Number(row["pages"]), 0),
    orders: orders
      .map((row) => ({ order_id: row["order_id"], total: Number(row["total"]) }))
      .toSorted((a, b) => (a.order_id ?? "").localeCompare(b.order_id ?? "")),
  };
}

/** Resolve once D1 knows at least `number` sessions: the middle of the replay, not its beginning. */
async function someOfItHasArrived(url: string, number: number): Promise<void> {
  const until = Date.now() + 60_000;
  while ((await exported(url, "sessions")).length < number) {
    if (Date.now() > until) throw new Error(`${number} sessions did not arrive`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
