/**
 * `npm run bench -- targeting`: one visitor's moment judged against 1,000 live campaigns, beside GrowthBook's released
 * evaluator over the same list and json-rules-engine with the same rules.
 *
 * All three must name the same campaigns before anything is timed. They take turns in one process, so that the
 * machine's other load falls on all; each figure is processor time of this thread, the median of its rounds. What is
 * timed of ours is the whole judgement: segments, matches, when to wake, and whether only an agent is missing; the
 * rivals are told the segments and look for no wake. Compiling is timed with a first judgement, because what that one
 * asks is compiled then.
 */
import { compileSite, judge } from "../domain/targeting/judge.ts";
import { growthbook } from "./baselines/growthbook.ts";
import { jsonRulesEngine } from "./baselines/json-rules-engine.ts";
import { median } from "./median.ts";
import { printProfile } from "./profile-calls.ts";
import { campaignsOf, FACTS, NOW, segmentFacts, siteOf, TIMEZONE } from "./targeting-shop.ts";

const ROUNDS = 30;
const LEAST_OVER_GROWTHBOOK = 25;
const LEAST_OVER_JSON_RULES = 1_000;
const MOST_FOR_TEN_TIMES = 2;
const MOST_COMPILE_MS = 20;

const clock = {
  pageStartedAt: NOW - FACTS.page.seconds * 1_000,
  sessionStartedAt: NOW - FACTS.session.seconds * 1_000,
  lastEngagementAt: NOW - FACTS.engagement.seconds_since_last * 1_000,
  timezone: TIMEZONE,
};
/** What a request knows; the judgement takes time from its clock and the segments from their conditions. */
const { time: _, ...known } = FACTS;
/** What the rivals are told besides. */
const told = { ...FACTS, segment: segmentFacts() };
const flat = Object.fromEntries(leavesOf("", told));

const { campaigns, relevant } = campaignsOf(1_000);
const more = campaignsOf(10_000, relevant).campaigns;
const published = siteOf(campaigns);
const site = compileSite(published);
const crowded = compileSite(siteOf(more));

let turn = 0;
/** Each judgement is at a moment of its own inside the second that the facts tell. */
const ours = (of: typeof site) => {
  turn += 1;
  return judge(of, known, { ...clock, now: NOW + (turn % 900) });
};
const asGrowthbook = growthbook(campaigns);
const asJsonRules = jsonRulesEngine(campaigns);

const matches = sorted(ours(site).candidates.map(({ campaign }) => campaign));
assertSame("GrowthBook", sorted(asGrowthbook(told)), matches);
assertSame("json-rules-engine", sorted(await asJsonRules(flat)), matches);
assertSame(
  "GrowthBook, 10,000",
  sorted(growthbook(more)(told)),
  sorted(ours(crowded).candidates.map((each) => each.campaign)),
);

const times = {
  ours: [] as number[],
  crowded: [] as number[],
  growthbook: [] as number[],
  jsonRules: [] as number[],
  compile: [] as number[],
};
for (let round = 0; round < ROUNDS; round += 1) {
  times.ours.push(timed(() => ours(site), 1_500));
  times.growthbook.push(timed(() => asGrowthbook(told), 50));
  times.crowded.push(timed(() => ours(crowded), 1_000));
  if (round % 2 === 0) times.compile.push(timed(() => ours(compileSite(published)), 2));
  if (round % 2 === 0) times.jsonRules.push(await timedRun());
}

const us = {
  ours: median(times.ours),
  crowded: median(times.crowded),
  growthbook: median(times.growthbook),
  jsonRules: median(times.jsonRules),
  compile: median(times.compile),
};
const { candidates, wakeAfterMs, segments } = ours(site);
console.log(
  `Targeting: ${campaigns.length} campaigns, ${relevant} of them relevant to the visitor, ${candidates.length} match; ` +
    `${segments.length} of ${published.segments.length} segments hold; wake after ${wakeAfterMs} ms\n`,
);
row("judged: 1,000 campaigns", us.ours, "");
row(
  "judged: 10,000, as many relevant",
  us.crowded,
  ratio("takes", us.crowded / us.ours, MOST_FOR_TEN_TIMES, false),
);
row(
  "GrowthBook evalCondition",
  us.growthbook,
  ratio("ours is faster", us.growthbook / us.ours, LEAST_OVER_GROWTHBOOK, true),
);
row(
  "json-rules-engine",
  us.jsonRules,
  ratio("ours is faster", us.jsonRules / us.ours, LEAST_OVER_JSON_RULES, true),
);
row(
  "compiling 1,000, and a judgement",
  us.compile,
  `at most ${MOST_COMPILE_MS} ms: ${verdict(us.compile <= MOST_COMPILE_MS * 1_000)}`,
);

if (process.exitCode === 1) {
  await printProfile("judging 1,000", () => ours(site), 2_000);
  await printProfile("judging 10,000", () => ours(crowded), 2_000);
  await printProfile("compiling", () => compileSite(published), 2_000);
}

/** Microseconds of processor time a call: what others do on the machine meanwhile is not in it. */
function timed(call: () => unknown, calls: number): number {
  const begun = threadMicroseconds();
  for (let index = 0; index < calls; index += 1) call();
  return (threadMicroseconds() - begun) / calls;
}

async function timedRun(): Promise<number> {
  const begun = threadMicroseconds();
  await asJsonRules(flat);
  return threadMicroseconds() - begun;
}

function threadMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function row(name: string, microseconds: number, verdicts: string): void {
  console.log(`${name.padEnd(34)} ${microseconds.toFixed(1).padStart(9)} µs   ${verdicts}`);
}

function ratio(words: string, value: number, limit: number, least: boolean): string {
  const holds = least ? value >= limit : value <= limit;
  return `${words} ${value.toFixed(least ? 0 : 2)}×, ${least ? "at least" : "at most"} ${limit}×: ${verdict(holds)}`;
}

function verdict(holds: boolean): string {
  if (!holds) process.exitCode = 1;
  return holds ? "reached" : "MISSED";
}

function sorted(ids: readonly string[]): string[] {
  return ids.toSorted();
}

function assertSame(name: string, theirs: string[], mine: string[]): void {
  if (JSON.stringify(theirs) === JSON.stringify(mine)) return;
  const odd = [...theirs.filter((id) => !mine.includes(id)), ...mine.filter((id) => !theirs.includes(id))];
  throw new Error(`${name} and the judgement differ in ${odd.join(", ")}`);
}

/** Each fact by its dotted name. */
function leavesOf(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(path === "" ? key : `${path}.${key}`, inner),
  );
}
