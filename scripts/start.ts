/**
 * `npm start`: Aparté on this machine, from a fresh clone to a page that answers.
 *
 * Watches the port, not the process: where workerd has died, the port is dead though this process lives, and a new
 * one is started on the same state.
 */
import { buildFrontEnds } from "./bundle.ts";
import { startServer } from "./server.ts";
import type { RunningServer } from "./server.ts";

const HELP = `npm start — Aparté on this machine

  PORT=8787                  the port to serve on
  STATE_DIR=.wrangler/state  where everything is kept between starts

The demo site is written into an empty state. Stop with Ctrl-C.`;

const CHECK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5_000;

/** npm runs us below a shell that dies of a signal without handing it on. */
const shell = process.env["npm_lifecycle_event"] === undefined ? null : process.ppid;

if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
  console.log(HELP);
  process.exit(0);
}

const port = portFrom(process.env["PORT"]);
const stateDir = process.env["STATE_DIR"] || ".wrangler/state";
let server: RunningServer | null = null;
let stopping = false;

process.once("SIGINT", () => void stop());
process.once("SIGTERM", () => void stop());

try {
  buildFrontEnds();
  server = await startServer({ port, stateDir });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const taken = message.includes("already in use");
  console.error(taken ? `Port ${port} is in use: stop what uses it, or set PORT to another.` : message);
  process.exit(1);
}
console.log(greeting(server.url));
await watch();

/** Start again whenever the port stops answering, for as long as this process is wanted. */
async function watch(): Promise<void> {
  for (;;) {
    await new Promise((wake) => setTimeout(wake, CHECK_EVERY_MS));
    if (shell !== null && process.ppid !== shell) await stop();
    if (stopping || (await answers())) continue;
    console.error("The server stopped answering; starting it again on the same state.");
    await atMost(STOP_WITHIN_MS, server?.stop());
    server = null;
    try {
      if (!stopping) server = await startServer({ port, stateDir });
      if (server !== null) console.log(`Aparté ready on ${server.url}`);
    } catch (error) {
      console.error(`Not started: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function answers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/b.js`, { method: "HEAD", signal });
    await answer.arrayBuffer();
    return true;
  } catch {
    return false; // whatever the reason, the port does not answer
  }
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await atMost(STOP_WITHIN_MS, server?.stop());
  process.exit(0);
}

/** Wait for `work`, but no longer than `limitMs`: a dead workerd never says goodbye. */
async function atMost(limitMs: number, work: Promise<void> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((done) => {
    timer = setTimeout(done, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

function portFrom(text: string | undefined): number {
  const number = Number(text || 8787);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  console.error(`PORT is a number from 1 to 65535, not ${JSON.stringify(text)}`);
  process.exit(2);
}

function greeting(url: string): string {
  return `
Aparté ready on ${url}

  Shop      ${url}/shop/
  Console   ${url}/console/   lea@demo.test, hugo@demo.test
  Admin     ${url}/admin/     admin@demo.test
  API       ${url}/api/docs

  Every demo password is aparte-demo-1; the demo site's key is "demo", its API key ak_demo_local_only.
`;
}
