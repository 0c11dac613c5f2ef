/**
 * `npm run bench -- page`: what the one script tag costs somebody's page, in a real browser.
 *
 * The same nearly empty page is opened in turns with the tag and without it, each time in a fresh browser context, so
 * that nothing is cached and the machine's other load falls on both. The figures are the browser's own trace: what its
 * main thread spent, and beside it what passed on the wall meanwhile, which other programs lengthen. The visitor moves
 * the mouse, which fetches the signals. Fails where a figure is not reached.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { buildApps } from "../scripts/build.ts";
import { findChromium } from "../scripts/chromium.ts";
import { median } from "./median.ts";

const ROUNDS = 20;
const MOST_EVALUATION_MS = 5;
const LONG_TASK_MS = 50;
/** Long enough for what follows a page's load, and an input. */
const AFTER_MS = 300;

const HEAD = `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Boutique</title><link rel="icon" href="data:,">`;
const BODY = `<body><h1>Boutique</h1><p>Chemises en lin.</p></body></html>`;
const TAG = `<script async src="/b.js" data-key="demo"></script>`;
/** What moved, from the page's first moment. */
const OBSERVE = `window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (shift += entry.value)))
  .observe({ type: "layout-shift", buffered: true });`;

type Load = {
  /** Of `b.js`: what the main thread spent, and what passed meanwhile. */
  evaluationMs: number;
  evaluationWallMs: number;
  /** Everything that the page's main thread did, and the longest task of it. */
  threadMs: number;
  longestTaskMs: number;
  shift: number;
  signals: boolean;
};
type TraceEvent = {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { data?: { url?: string; frame?: string } };
};

process.chdir(join(import.meta.dirname, ".."));
await buildApps(["widget", "signals", "consent", "beacon"]);

const server = createServer(answer);
await new Promise<void>((resolve) => void server.listen(0, "localhost", resolve));
const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
const loads: { with: Load[]; without: Load[] } = { with: [], without: [] };
try {
  for (let round = 0; round <= ROUNDS; round++) {
    for (const which of round % 2 ? (["with", "without"] as const) : (["without", "with"] as const)) {
      const load = await open(browser, which);
      // The first of each warms the browser.
      if (round > 0) loads[which].push(load);
    }
  }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
process.exitCode = report();

/** One page load in a context of its own, its visitor's first input, and what the browser says of both. */
async function open(on: Browser, which: "with" | "without"): Promise<Load> {
  const context = await on.newContext();
  const page = await context.newPage();
  await page.addInitScript(OBSERVE);
  await on.startTracing(page, { categories: ["devtools.timeline", "toplevel", "v8"] });
  await page.goto(`${origin}/${which}`, { waitUntil: "load" });
  await page.waitForTimeout(AFTER_MS);
  await page.mouse.move(30, 40);
  await page.waitForTimeout(AFTER_MS);
  const shift = await page.evaluate(() => Number(Reflect.get(window, "shift")));
  const { traceEvents } = JSON.parse((await on.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  await context.close();
  const evaluated = traceEvents.find((event) => event.name === "EvaluateScript" && urlOf(event) === "/b.js");
  const tasks = tasksOf(traceEvents);
  return {
    evaluationMs: (evaluated?.tdur ?? 0) / 1e3,
    evaluationWallMs: (evaluated?.dur ?? 0) / 1e3,
    threadMs: tasks.reduce((sum, task) => sum + task, 0),
    longestTaskMs: Math.max(...tasks),
    shift,
    signals: traceEvents.some((event) => urlOf(event).startsWith("/w/signals-")),
  };
}

function urlOf({ args }: TraceEvent): string {
  return (args?.data?.url ?? "").slice(origin.length);
}

/** What each task of the page's main thread spent, in milliseconds. */
function tasksOf(events: readonly TraceEvent[]): number[] {
  const shown = events.find((event) => event.name === "CommitLoad" && urlOf(event).startsWith("/with"));
  const own = events.filter(({ pid, tid }) => pid === shown?.pid && tid === shown.tid);
  return own.filter(({ name }) => name === "ThreadControllerImpl::RunTask").map(({ tdur = 0 }) => tdur / 1e3);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  request.resume();
  if (path === "/v1/batch") {
    response.writeHead(200, { "content-type": "application/json", "aparte-consent": "granted" });
    response.end(JSON.stringify({ success: true, decisions: [], wake_after_ms: null, rejected: [] }));
  } else if (path === "/b.js" || path.startsWith("/w/")) {
    response.writeHead(200, { "content-type": "text/javascript" });
    response.end(readFileSync(join("dist", path)));
  } else {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`${HEAD}${path === "/with" ? TAG : ""}${BODY}`);
  }
}

/** Print the figures; 1 where one is not reached. */
function report(): number {
  const of = (
    which: "with" | "without",
    figure: "evaluationMs" | "evaluationWallMs" | "threadMs" | "longestTaskMs",
  ) => loads[which].map((load) => load[figure]);
  const evaluation = median(of("with", "evaluationMs"));
  const longest = { with: of("with", "longestTaskMs"), without: of("without", "longestTaskMs") };
  const threads = { with: median(of("with", "threadMs")), without: median(of("without", "threadMs")) };
  const shift = Math.max(...loads.with.map((load) => load.shift));
  const lines: [string, string][] = [
    [
      "b.js evaluated in",
      `${ms(evaluation)} of ${MOST_EVALUATION_MS} (on the wall ${ms(median(of("with", "evaluationWallMs")))})`,
    ],
    ["main thread in all", `${ms(threads.with)} with the tag, ${ms(threads.without)} without`],
    ["longest task", `${ms(median(longest.with))} with the tag, ${ms(median(longest.without))} without`],
    [
      "of all loads",
      `${ms(Math.max(...longest.with))} with the tag, ${ms(Math.max(...longest.without))} without`,
    ],
    ["layout shift", String(shift)],
  ];
  console.log(`${ROUNDS} loads each, in turns; medians`);
  for (const [name, text] of lines) console.log(`${name.padEnd(20)} ${text}`);
  const failures = [
    ...(evaluation <= MOST_EVALUATION_MS ? [] : [`evaluation is over ${MOST_EVALUATION_MS} ms`]),
    ...(longest.with.every((task) => task < LONG_TASK_MS) ? [] : ["there is a long task"]),
    ...(shift === 0 ? [] : ["something moved"]),
    ...(loads.with.every(({ signals }) => signals) ? [] : ["the signals did not come with the input"]),
  ];
  for (const failure of failures) console.log(`NOT REACHED: ${failure}`);
  return failures.length === 0 ? 0 : 1;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
