/**
 * What a million visits cost at list price, counted from meters: 5 pages and 12 signals in 4 minutes, from the first
 * beacon to the visit's end in history and the day on which the visitor is forgotten. Nothing is estimated but what
 * follows from a count and a price; what is stored is printed apart, since it depends on how long it is kept.
 *
 * CPU is what the operating system says that the whole of workerd used meanwhile, in ticks of 10 ms: D1's and the
 * queue's work with it, which no bill counts, and whatever a busy machine adds. It moves by a tenth of a dollar at most.
 */
import { publishCampaigns } from "./live-campaigns.ts";
import { control, type Meters, passTime, quiet, readMeters, startMetered } from "./metered.ts";
import { dollarsOf, type Line as BillLine, MILLION, PRICE, printLargest, printLines } from "./prices.ts";

const VISITS = 100;
/** One visit in so many is engaged: an offer or a ghost, told to history like everything else. */
const ENGAGED_ONE_IN = 10;
const CAMPAIGNS = 100;
const ENGAGING = {
  name: "Ready to pay",
  kind: "offer",
  condition: { "page.path": "/shop/checkout" },
} as const;
const PAGES = 5;
const SIGNALS_A_PAGE = [0, 3, 3, 3, 3];
const PAGE_MS = 48_000;
/** Beyond the idle time after which a visit is told to be over. */
const SILENCE_MS = 40 * 60_000;
const STORED_SAMPLE = 10;
const DAY_MS = 86_400_000;
/** By the last run of the day after the retention everybody is forgotten. */
const RETENTION_DAYS = 395.75;
/** More runs of the schedule than are needed. */
const MOST_RUNS = 20;
const LIMITS = { live: 13, history: 8 };

const aparte = await startMetered();
let missed = true;
try {
  await publishCampaigns(aparte, CAMPAIGNS, [ENGAGING]);
  await control(aparte, "DELETE", "/__meters");
  const cpuBefore = aparte.cpuMs();
  for (let page = 0; page < PAGES; page += 1) {
    await Promise.all(Array.from({ length: VISITS }, (_, visitor) => view(visitor, page)));
    await quiet(aparte);
    await passTime(aparte, PAGE_MS);
    process.stderr.write(`\rpage ${page + 1} of ${PAGES}`);
  }
  await passTime(aparte, SILENCE_MS);
  await quiet(aparte);
  await assertEnded();
  const objectBytes = await storedBytes();
  await passTime(aparte, RETENTION_DAYS * DAY_MS);
  await forgetAll();
  const cpuMs = aparte.cpuMs() - cpuBefore;
  process.stderr.write("\n");
  missed = print(await readMeters(aparte), cpuMs, objectBytes);
} finally {
  await aparte.stop();
}
process.exitCode = missed ? 1 : 0;

/** One page view as the beacon sends it; the signals that no campaign asks for ride with it. */
async function view(visitor: number, page: number): Promise<void> {
  const anonymousId = `cost-${visitor}`;
  const engaged = page === PAGES - 2 && visitor % ENGAGED_ONE_IN === 0;
  const path = engaged ? "/shop/checkout" : `/shop/product/shirt-${page}`;
  const context = {
    page: {
      url: `https://shop.example${path}`,
      path,
      title: "Chemise",
      referrer: "",
      view_id: `${visitor}-${page}`,
    },
    locale: "fr-FR",
    consent: { status: "granted" },
  };
  const message = (type: string, more: object) => ({
    type,
    anonymousId,
    messageId: crypto.randomUUID(),
    context,
    ...more,
  });
  const signals = Array.from({ length: SIGNALS_A_PAGE[page] ?? 0 }, () =>
    message("track", { event: "Signal Detected", properties: { signal: "scroll_thrash" } }),
  );
  const answer = await fetch(`${aparte.url}/v1/batch?decide=1`, {
    method: "POST",
    body: JSON.stringify({ writeKey: "demo", batch: [message("page", {}), ...signals] }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.text();
}

/** History holds each visit once, with its end. */
async function assertEnded(): Promise<void> {
  const answer = await fetch(`${aparte.url}/api/sites/demo/exports/sessions.csv`, {
    headers: { authorization: "Bearer ak_demo_local_only" },
  });
  const [head = "", ...lines] = (await answer.text()).split("\n");
  const column = head.split(",").indexOf("ended_at");
  const visits = lines.filter((line) => line.includes("cost-")).map((line) => line.split(","));
  const ended = visits.filter((cells) => (cells[column] ?? "") !== "");
  if (visits.length !== VISITS || ended.length !== VISITS)
    throw new Error(`history holds ${visits.length} visits, ${ended.length} of them ended, not ${VISITS}`);
}

/** The runs of the schedule of that day, until nothing is kept of anybody, and no alarm either. */
async function forgetAll(): Promise<void> {
  for (let run = 0; run < MOST_RUNS; run += 1) {
    await control(aparte, "POST", "/__schedule");
    const kept = await Promise.all(Array.from({ length: VISITS }, (_, visitor) => storedOf(visitor)));
    if (kept.every(({ empty, alarm }) => empty && alarm === null)) return;
  }
  throw new Error(`somebody is known after ${RETENTION_DAYS} days`);
}

/** What one visitor's object keeps after the visit, on average. */
async function storedBytes(): Promise<number> {
  let sum = 0;
  for (let visitor = 0; visitor < STORED_SAMPLE; visitor += 1) sum += (await storedOf(visitor)).bytes;
  return sum / STORED_SAMPLE;
}

async function storedOf(visitor: number) {
  return (await control(aparte, "POST", "/__stored", { name: `demo:cost-${visitor}` })) as {
    bytes: number;
    empty: boolean;
    alarm: number | null;
  };
}

type Line = BillLine<"live" | "history">;

/** Print the bill; true where a limit is missed. */
function print(meters: Meters, cpuMs: number, objectBytes: number): boolean {
  const of = (name: string) => (meters[name] ?? 0) / VISITS;
  const lines: Line[] = [
    { part: "live", what: "Worker requests", count: of("worker_requests"), price: PRICE.workerRequest },
    { part: "live", what: "CPU, ms (all of workerd's)", count: cpuMs / VISITS, price: PRICE.cpuMs },
    {
      part: "live",
      what: "object requests and alarms",
      count: of("object_requests"),
      price: PRICE.objectRequest,
    },
    { part: "live", what: "object rows written", count: of("object_rows_written"), price: PRICE.rowWritten },
    { part: "live", what: "object alarms set", count: of("object_alarms_set"), price: PRICE.rowWritten },
    { part: "live", what: "object rows read", count: of("object_rows_read"), price: PRICE.rowRead },
    {
      part: "live",
      what: "object duration, GB-s",
      count: (of("object_busy_ms") / 1_000) * PRICE.objectGigabytes,
      price: PRICE.gigabyteSecond,
    },
    { part: "live", what: "KV reads", count: of("kv_reads"), price: PRICE.kvRead },
    { part: "history", what: "queue operations", count: of("queue_operations"), price: PRICE.queueOperation },
    {
      part: "history",
      what: "queue consumer's requests",
      count: of("queue_invocations"),
      price: PRICE.workerRequest,
    },
    { part: "history", what: "D1 rows written", count: of("d1_rows_written"), price: PRICE.rowWritten },
    { part: "history", what: "D1 rows read", count: of("d1_rows_read"), price: PRICE.rowRead },
  ];
  console.log(
    `A million visits at list price (${VISITS} visits counted: ${PAGES} pages, 12 signals, 4 minutes)`,
  );
  printLines(lines, "visit");
  const sum = (part: Line["part"]) => dollarsOf(lines.filter((line) => line.part === part));
  const live = sum("live");
  const history = sum("history");
  console.log(
    `  Worker and objects ${live.toFixed(2)} $ of ${LIMITS.live} $; history ${history.toFixed(2)} $ of ${LIMITS.history} $`,
  );
  const stored = (bytes: number) => `${((bytes * MILLION * PRICE.gigabyteMonth) / 1e9).toFixed(2)} $ a month`;
  const d1Bytes = of("d1_bytes");
  console.log(
    `  storage apart: ${objectBytes.toFixed(0)} bytes an object, ${stored(objectBytes)}; ${d1Bytes.toFixed(0)} bytes a visit in D1, ${stored(d1Bytes)}`,
  );
  const calls = Object.entries(meters.calls).map(([name, count]) => `${name} ${(count / VISITS).toFixed(2)}`);
  console.log(`  calls a visit: ${calls.join(", ")}`);
  printLever(lines);
  const missed = live > LIMITS.live || history > LIMITS.history;
  if (missed) printLargest(lines);
  return missed;
}

/** Rules judged beside the page on state that it keeps, signed: then only who is engaged needs an object. */
function printLever(lines: readonly Line[]): void {
  const all = dollarsOf(lines);
  const objects = dollarsOf(lines.filter(({ what }) => what.startsWith("object ")));
  const left = all - objects * (1 - 1 / ENGAGED_ONE_IN);
  console.log(
    `  lever: an object only for the one visit in ${ENGAGED_ONE_IN} that is engaged, the others judged on signed state that the page keeps: ${all.toFixed(2)} $ becomes ${left.toFixed(2)} $ (${((left / all) * 100).toFixed(0)} %)`,
  );
}
