/**
 * Whether what is said of a campaign is true as often as it claims: thousands of campaigns of known truth, each looked at
 * every day for forty days by the product's own rule, beside those who peek at a test that is made for one look.
 *
 * Prints  errors where there is no effect, how often intervals hold an effect that there is, and what comparing accepted
 *         with declined would have said of an offer that changes nothing. Seeded: every run prints the same.
 * Fails   where a figure is not reached.
 */
import { Presets, SingleBar } from "cli-progress";
import { diceOf } from "./dice.ts";
import { type Campaign, lookDaily, type Tally } from "./simulated-campaigns.ts";
import { coverages, selfSelection } from "./simulated-visitors.ts";

const SEED = 20_261_122;
const CAMPAIGNS = 4_000;
const INTERVALS = 4_000;
const SELECTIONS = 1_000;
const LIMITS = { early: 0.01, all: 0.05, coverage: 0.95, slack: 0.015 };
/** What is known of peeking forty times at a 5 % test. */
const PEEKING = { least: 0.27, most: 0.35 };
/** The same self-selection, simulated elsewhere: acceptors less decliners, and less the held-out. */
const PUBLISHED = { declined: 0.0366, heldOut: 0.0339, slack: 0.001 };

const even = { holdout: 0.5, days: 40 };
const WITHOUT_EFFECT: Campaign[] = [
  { name: "2 % buy, 20,000 an arm", control: 0.02, treatment: 0.02, visitorsPerDay: 1_000, ...even },
  { name: "30 % buy, 2,000 an arm", control: 0.3, treatment: 0.3, visitorsPerDay: 100, ...even },
  {
    name: "3 % buy, one in ten held out",
    control: 0.03,
    treatment: 0.03,
    visitorsPerDay: 1_500,
    holdout: 0.1,
    days: 40,
  },
];
const WITH_EFFECT: Campaign[] = [
  { name: "2 % buy, +15 %", control: 0.02, treatment: 0.023, visitorsPerDay: 1_000, ...even },
  { name: "2 % buy, +30 %", control: 0.02, treatment: 0.026, visitorsPerDay: 1_000, ...even },
  { name: "30 % buy, −15 %", control: 0.3, treatment: 0.255, visitorsPerDay: 100, ...even },
  {
    name: "3 % buy, +20 %, one in ten held out",
    control: 0.03,
    treatment: 0.036,
    visitorsPerDay: 1_500,
    holdout: 0.1,
    days: 40,
  },
];

/** Of a column of the tables. */
const WIDTH = 10;

const missed: string[] = [];
const started = performance.now();
console.log(`${CAMPAIGNS} campaigns a line, one look a day for 40 days, seed ${SEED}`);
withoutEffect();
withEffect();
intervals();
selection();
console.log(`  ${((performance.now() - started) / 1_000).toFixed(0)} s`);
for (const what of missed) console.log(`  missed: ${what}`);
process.exitCode = missed.length > 0 ? 1 : 0;

function withoutEffect(): void {
  const rows = simulate("no effect", WITHOUT_EFFECT, SEED);
  console.log("\nNo effect: how many are called better or worse, wrongly");
  print(["", "peeking", "once", "sequence", "early", "in all", "split*"], rows, (tally) => [
    tally.peeking / tally.runs,
    tally.onceAtEnd / tally.runs,
    tally.sequenceAlone / tally.runs,
    tally.early / tally.runs,
    (tally.early + tally.atEnd) / tally.runs,
    tally.splitHidden / tally.runs,
  ]);
  console.log(
    "  peeking: a 5 % test at any look; once: at the end; sequence: at 5 %, any look; early, in all: the product's rule\n" +
      "  * hidden at some look for a split that was only bad luck",
  );
  for (const { campaign, tally } of rows) {
    atMost(tally.early / tally.runs, LIMITS.early, `${campaign.name}: stopped early in error`);
    atMost((tally.early + tally.atEnd) / tally.runs, LIMITS.all, `${campaign.name}: in error in all`);
    const peeking = tally.peeking / tally.runs;
    between(peeking, PEEKING.least, PEEKING.most, `${campaign.name}: peeking, of which the figure is known`);
  }
}

function withEffect(): void {
  const rows = simulate("an effect", WITH_EFFECT, SEED + 1);
  console.log("\nAn effect: how many are seen, and how often the intervals hold it");
  print(["", "early", "seen", "plain 95", "at end", "at stop", "always"], rows, (tally) => [
    tally.early / tally.runs,
    (tally.early + tally.atEnd) / tally.runs,
    tally.coveredPlain / tally.runs,
    tally.coveredAtEnd / tally.readAtEnd,
    tally.coveredAtStop / tally.read,
    tally.coveredAlways / tally.read,
  ]);
  console.log(
    "  plain 95: one interval at the end; the product's: the one at the end, the one it stops on, and all that it showed",
  );
  for (const { campaign, tally } of rows) {
    covers(tally.coveredPlain / tally.runs, `${campaign.name}: the plain interval`);
    covers(tally.coveredAtEnd / tally.readAtEnd, `${campaign.name}: the interval at the end`);
    covers(tally.coveredAlways / tally.read, `${campaign.name}: every interval that was shown`);
    // Those who stop early stop on an interval of 99 %, so this may be more than 95.
    const stop = tally.coveredAtStop / tally.read;
    between(stop, LIMITS.coverage - LIMITS.slack, 1, `${campaign.name}: the interval at the stop`);
  }
}

function intervals(): void {
  console.log(`\nOther measures with an effect: how often the 95 % interval holds it, ${INTERVALS} times`);
  for (const { method, runs, covered } of coverages(INTERVALS, diceOf(SEED + 2))) {
    console.log(`  ${method.padEnd(38)}${percent(covered / runs)}`);
    covers(covered / runs, method);
  }
}

function selection(): void {
  const bar = barOf("self-selection", SELECTIONS);
  const found = selfSelection(SELECTIONS, diceOf(SEED + 3), (done) => bar.update(done));
  bar.stop();
  console.log(
    `\nAn offer that changes nothing, ${SELECTIONS} times 100,000 visitors: the effect in points of conversion`,
  );
  const lines: [string, number][] = [
    ["accepted less declined", found.acceptedMinusDeclined],
    ["accepted less held out", found.acceptedMinusHeldOut],
    ["invited less held out (what is shown)", found.invitedMinusHeldOut],
    ["of a conversation (invited less held out)", found.perConversation],
  ];
  for (const [what, points] of lines) console.log(`  ${what.padEnd(44)}${points100(points)}`);
  console.log(
    `  who accepts would have bought at ${percent(found.acceptorsRate).trim()}, who declines at ${percent(found.declinersRate).trim()};` +
      ` the interval of a conversation's effect held 0 in ${percent(found.covered / found.runs).trim()}`,
  );
  near(found.acceptedMinusDeclined, PUBLISHED.declined, "accepted less declined, as published");
  near(found.acceptedMinusHeldOut, PUBLISHED.heldOut, "accepted less held out, as published");
  between(Math.abs(found.invitedMinusHeldOut), 0, 0.0005, "invited less held out");
  between(Math.abs(found.perConversation), 0, 0.004, "of a conversation");
  covers(found.covered / found.runs, "the interval of a conversation's effect");
}

type Row = { campaign: Campaign; tally: Tally };

function simulate(what: string, campaigns: readonly Campaign[], seed: number): Row[] {
  const bar = barOf(what, campaigns.length * CAMPAIGNS);
  const rows = campaigns.map((campaign, index) => {
    const onRun = (done: number) => bar.update(index * CAMPAIGNS + done);
    return { campaign, tally: lookDaily(campaign, CAMPAIGNS, diceOf(seed + 1_000 * index), onRun) };
  });
  bar.stop();
  return rows;
}

function barOf(what: string, total: number): SingleBar {
  const format = `${what}: {bar} {value} of {total} · {eta_formatted} left`;
  const bar = new SingleBar({ format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}

function print(head: readonly string[], rows: readonly Row[], figures: (tally: Tally) => number[]): void {
  const line = (name: string, cells: readonly string[]) =>
    console.log(`  ${name.padEnd(38)}${cells.map((cell) => cell.padStart(WIDTH)).join("")}`);
  line(head[0] ?? "", head.slice(1));
  for (const { campaign, tally } of rows) line(campaign.name, figures(tally).map(percent));
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)} %`.padStart(WIDTH);
}

function points100(difference: number): string {
  return `${difference < 0 ? "−" : "+"}${Math.abs(100 * difference).toFixed(2)}`.padStart(WIDTH);
}

function atMost(value: number, limit: number, what: string): void {
  if (!(value <= limit)) missed.push(`${what}: ${percent(value).trim()}, at most ${percent(limit).trim()}`);
}

function between(value: number, low: number, high: number, what: string): void {
  if (value >= low && value <= high) return;
  missed.push(`${what}: ${percent(value).trim()}, not in ${percent(low).trim()} to ${percent(high).trim()}`);
}

function covers(share: number, what: string): void {
  between(share, LIMITS.coverage - LIMITS.slack, LIMITS.coverage + LIMITS.slack, what);
}

function near(value: number, published: number, what: string): void {
  between(value, published - PUBLISHED.slack, published + PUBLISHED.slack, what);
}
