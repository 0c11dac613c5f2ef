/**
 * `npm run replay`: the sessions of a real shop, sent to a running Aparté, and what became of them.
 */
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { play, PREFIX } from "./replay/play.ts";
import type { Played } from "./replay/play.ts";
import { readSessions } from "./replay/source.ts";
import type { Session } from "./replay/source.ts";
import { awaitStored, setIdleMinutes } from "./replay/stored.ts";
import type { Stored } from "./replay/stored.ts";

const HELP = `npm run replay -- [options] FILE

  FILE                 a clicks.csv of the clothing shop (semicolons between the columns)
  --sessions 2000      how many of its sessions, from the first
  --speed 60           how many times faster than life; without it nothing waits
  --concurrency 64     sessions under way at once
  --url http://localhost:8787
  --key demo           the site's write key
  --api-key ak_…       reads what was stored; the demo site's own unless told otherwise
  --idle-minutes 1     set the site's session_idle_minutes first, so that visits complete soon`;

const STORED_WITHIN_MS = 30_000;
const COMPLETE_MARGIN_MS = 45_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sessions: { type: "string", default: "2000" },
    speed: { type: "string", default: "0" },
    concurrency: { type: "string", default: "64" },
    url: { type: "string", default: process.env["APARTE_URL"] ?? "http://localhost:8787" },
    key: { type: "string", default: "demo" },
    "api-key": { type: "string", default: "ak_demo_local_only" },
    "idle-minutes": { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const file = positionals[0];
if (values.help || file === undefined || positionals.length > 1) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

try {
  process.exit(await replay(file));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** Play, print, compare; 0 where nothing was lost, rejected or doubled. */
async function replay(path: string): Promise<number> {
  const at = { url: values.url, site: values.key, apiKey: values["api-key"] };
  const sessions = readSessions(path, positive("sessions", values.sessions));
  const clicks = sessions.reduce((sum, session) => sum + session.clicks.length, 0);
  const idleMinutes = values["idle-minutes"];
  if (idleMinutes !== undefined) await setIdleMinutes(at, positive("idle-minutes", idleMinutes));

  const bar = new SingleBar(
    {
      format: "{bar} {value} of {total} clicks · {eta_formatted} left",
      noTTYOutput: true,
      etaBuffer: 1_000,
      notTTYSchedule: 5_000,
    },
    Presets.shades_classic,
  );
  bar.start(clicks, 0);
  const begun = performance.now();
  const played = await play(sessions, {
    url: values.url,
    key: values.key,
    concurrency: positive("concurrency", values.concurrency),
    speed: Number(values.speed),
    onClick: () => bar.increment(),
  });
  bar.stop();
  printPlayed(sessions, played, (performance.now() - begun) / 1_000);

  const waitMs =
    idleMinutes === undefined ? STORED_WITHIN_MS : Number(idleMinutes) * 60_000 + COMPLETE_MARGIN_MS;
  const enough = (stored: Stored) => holdsAll(stored, sessions, played, idleMinutes !== undefined);
  const stored = await awaitStored(at, PREFIX, enough, waitMs);
  printStored(stored);
  const whole = holdsAll(stored, sessions, played, idleMinutes !== undefined);
  if (!whole) console.error("What is stored is not what was sent.");
  return whole && played.errors.length === 0 && played.rejected.length === 0 ? 0 : 1;
}

/** A visit is in D1 from its first event; how many pages it had, only once it is complete. */
function holdsAll(stored: Stored, sessions: readonly Session[], played: Played, complete: boolean): boolean {
  const whole = !complete || (stored.completed === sessions.length && stored.pages === played.clicks);
  return (
    whole &&
    stored.visitors === sessions.length &&
    stored.sessions === sessions.length &&
    stored.orders === played.orders
  );
}

function printPlayed(sessions: readonly Session[], played: Played, seconds: number): void {
  const { latenciesMs } = played;
  console.log(`
Sessions   ${count(sessions.length)}
Events     ${count(played.clicks)} clicks, ${count(played.orders)} orders (${count(played.messages)} messages)
Requests   ${count(played.requests)}, of them ${count(played.retries)} retries, in ${seconds.toFixed(1)} s
Latency    p50 ${quantile(latenciesMs, 0.5).toFixed(0)} ms, p99 ${quantile(latenciesMs, 0.99).toFixed(0)} ms
Rejected   ${count(played.rejected.length)}
Errors     ${count(played.errors.length)}
Decisions  ${listed(played.decisions)}`);
  for (const { code, message } of played.rejected.slice(0, 5)) console.log(`  rejected ${code}: ${message}`);
  for (const error of played.errors.slice(0, 5)) console.log(`  error ${error}`);
}

function printStored(stored: Stored): void {
  console.log(`
Stored     ${count(stored.sessions)} sessions of ${count(stored.visitors)} visitors, ${count(stored.completed)} complete
           ${count(stored.pages)} page views, ${count(stored.orders)} orders
Exposures  ${listed(stored.exposures)}`);
}

/** "name arm 12, name arm 3", by name. */
function listed(counts: ReadonlyMap<string, number>): string {
  const parts = [...counts].toSorted(([a], [b]) => a.localeCompare(b));
  return parts.length === 0 ? "none" : parts.map(([name, number]) => `${name} ${count(number)}`).join(", ");
}

function quantile(samples: readonly number[], share: number): number {
  const inOrder = samples.toSorted((a, b) => a - b);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))] ?? 0;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} takes a whole number above 0, not ${text}`);
}
