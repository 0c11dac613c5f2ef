/**
 * `node bench/history-cpu.ts`: what one call of each KPI screen takes of the processor and asks of D1, and with `--profile
 * NAME` in which functions the time of that call goes; `--only WORD` also names each statement with what it gave. Time by the clock says little on a machine that others use too.
 *
 * Units   processor time of workerd in milliseconds a call, SQLite's included; `waits` are the times that a call waits
 *         for D1 one after the other, `KB` what D1 gave as JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runTool } from "../scripts/bundle.ts";
import { call as callApi, startAparte } from "./aparte-worker.ts";
import { fallBehind } from "./history-behind.ts";
import { type Call, CALLS, now } from "./history-calls.ts";
import { generateHistory, truthOf } from "./history-generator.ts";
import { databaseFile, storeCampaigns, storeHistory } from "./history-store.ts";
import { profile } from "./profile.ts";
import type { Bench } from "./workerd.ts";

const SITE = "demo";
const KEY = "ak_demo_local_only";
const HOUR_MS = 3_600_000;
const SHOWN = 25;
const WARM_UP = 5;
const SHOWN_TEXT = 150;

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "0.25" },
    calls: { type: "string", default: "20" },
    profile: { type: "string" },
    only: { type: "string" },
    days: { type: "string", default: "365" },
  },
});
const calls = Number(values.calls);
const DAYS = Number(values.days);

/** Stands before the Worker and counts what it asks of D1, while somebody wants it counted. */
const ENTRY = `import worker from "./index.js";
export * from "./index.js";
let meters = null, under = 0;
async function met(texts, work) {
  if (meters === null) return work();
  meters.calls += 1; meters.statements += texts.length;
  if (under === 0) meters.waits += 1;
  under += 1;
  try {
    const answer = await work();
    if (meters !== null) {
      const isBatch = Array.isArray(answer) && answer.every((one) => one?.meta !== undefined);
      const told = isBatch ? answer.map((one) => one.results) : [answer?.results ?? answer ?? null];
      told.forEach((rows, index) => {
        const bytes = JSON.stringify(rows).length;
        meters.bytes += bytes;
        meters.by.push([texts[index], bytes]);
      });
    }
    return answer;
  } finally { under -= 1; }
}
const seen = new WeakSet();
function metered(env) {
  const { DB } = env;
  if (seen.has(DB)) return env;
  seen.add(DB);
  const batch = DB.batch.bind(DB), prepare = DB.prepare.bind(DB);
  DB.batch = (statements) => met(statements.map((one) => one.statement), () => batch(statements));
  const watch = (statement) => {
    const bind = statement.bind.bind(statement);
    statement.bind = (...of) => watch(bind(...of));
    for (const name of ["all", "first", "run", "raw"]) {
      const own = statement[name].bind(statement);
      statement[name] = (...of) => met([statement.statement], () => own(...of));
    }
    return statement;
  };
  DB.prepare = (sql) => watch(prepare(sql));
  return env;
}
export default { ...worker, fetch(request, env, ctx) {
  if (new URL(request.url).pathname === "/__d1") {
    const told = meters;
    meters = request.method === "POST" ? { calls: 0, statements: 0, waits: 0, bytes: 0, by: [] } : null;
    return Response.json(told);
  }
  return worker.fetch(request, metered(env), ctx);
} };`;

const folder = mkdtempSync(join(tmpdir(), "aparte-history-cpu-"));
try {
  runTool("node_modules/wrangler/bin/wrangler.js", ["deploy", "--dry-run", "--outdir", folder]);
  const entry = { entry: ENTRY, bundle: join(folder, "index.js") };
  const bench = await startAparte(entry, values.profile !== undefined);
  try {
    await fill(bench, Number(values.scale));
    if (values.profile === undefined) await printCosts(bench);
    else await printProfile(bench, values.profile);
  } finally {
    await bench.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fill(bench: Bench, scale: number): Promise<void> {
  const until = Math.floor(now / HOUR_MS) * HOUR_MS;
  const file = databaseFile(bench.state);
  const rows = storeHistory(file, SITE, generateHistory({ seed: 1, scale, until, days: DAYS }));
  storeCampaigns(file, SITE, truthOf({ seed: 1 }), { from: until - DAYS * 24 * HOUR_MS, until });
  for (let anew = true; ; anew = false) {
    const told = (await callApi(bench, "POST", `/api/sites/${SITE}/rollups`, { anew })) as {
      days_left: number;
    };
    if (told.days_left === 0) break;
  }
  console.log(`${(rows / 1e6).toFixed(2)} M rows of history, ${calls} calls of each kind\n`);
}

async function ask(bench: Bench, call: Call): Promise<number> {
  const headers = { authorization: `Bearer ${KEY}` };
  let bytes = 0;
  for (const path of call.paths) {
    const answer = await fetch(`${bench.url}/api/sites/${SITE}/${path}`, { headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    bytes += text.length;
  }
  return bytes;
}

type Meters = {
  calls: number;
  statements: number;
  waits: number;
  bytes: number;
  by: [text: string, bytes: number][];
};

async function printCosts(bench: Bench): Promise<void> {
  const head = ["CPU ms", "D1 calls", "statements", "waits", "D1 KB", "answer KB"];
  console.log("".padEnd(32) + head.map((name) => name.padStart(12)).join(""));
  for (const one of CALLS) {
    if (values.only !== undefined && !one.name.includes(values.only)) continue;
    for (let turn = 0; turn < WARM_UP; turn += 1) await ask(bench, one);
    let cpu = 0;
    for (let turn = 0; turn < calls; turn += 1) {
      await fallBehind(bench.miniflare, SITE, one);
      const before = bench.cpuMs();
      await ask(bench, one);
      cpu += (bench.cpuMs() - before) / calls;
    }
    await fallBehind(bench.miniflare, SITE, one);
    await fetch(`${bench.url}/__d1`, { method: "POST" });
    const answered = await ask(bench, one);
    const told = (await (await fetch(`${bench.url}/__d1`)).json()) as Meters;
    const cells = [cpu.toFixed(1), told.calls, told.statements, told.waits, kb(told.bytes), kb(answered)];
    console.log(one.name.padEnd(32) + cells.map((cell) => String(cell).padStart(12)).join(""));
    if (values.only === undefined) continue;
    for (const [text, bytes] of told.by) {
      console.log(`${kb(bytes).padStart(12)} KB  ${text.replaceAll(/\s+/g, " ").slice(0, SHOWN_TEXT)}`);
    }
  }
}

function kb(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}

async function printProfile(bench: Bench, name: string): Promise<void> {
  const one = CALLS.find((call) => call.name === name);
  if (one === undefined) throw new Error(`no call "${name}": ${CALLS.map((call) => call.name).join(", ")}`);
  for (let turn = 0; turn < WARM_UP; turn += 1) await ask(bench, one);
  const base = await bench.miniflare.getInspectorURL();
  const listed = await fetch(new URL("/json", `http://${base.host}`));
  const targets = (await listed.json()) as { id: string; webSocketDebuggerUrl: string }[];
  const own = targets.find(({ id }) => id.includes("aparte"));
  if (own === undefined) throw new Error("no inspector");
  const shares = await profile(new URL(own.webSocketDebuggerUrl), async () => {
    for (let turn = 0; turn < calls; turn += 1) {
      await fallBehind(bench.miniflare, SITE, one);
      await ask(bench, one);
    }
  });
  for (const { name: place, share } of shares.slice(0, SHOWN)) {
    console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${place}`);
  }
}
