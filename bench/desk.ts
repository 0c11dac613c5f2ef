/**
 * `npm run bench -- desk`: 200 agents who are all busy and 5,000 who wait at one desk, then twice and four times both.
 *
 * A decision is what a conversation's end sets off: a place is free, who is first among those who wait is found, the
 * agent is asked, and takes it; and somebody new comes. Timed twice: the rules alone, the best of three, since the
 * same step may be taken again and the machine's other load is not theirs; and the same at a real SiteDesk under
 * workerd with an open socket for each agent and rooms that obey and do nothing: in the object by its own clock, writes
 * and frames and all, and until the offer is on the agent's screen, which also counts this process and whatever else
 * the machine does.
 */
import { accept } from "../domain/desk/assignment.ts";
import { type Desk, EMPTY_DESK } from "../domain/desk/desk.ts";
import { meet, setState } from "../domain/desk/presence.ts";
import { hear } from "../domain/desk/queue.ts";
import { settle } from "../domain/desk/settle.ts";
import { AGENTS, CAPACITY, personOf, reportOf, staffOf, WAITING } from "./desk-crowd.ts";
import { openDesk } from "./desk-live.ts";

const DECISIONS = 4_000;
const LIVE_DECISIONS = 400;
const SCALES = [1, 2, 4];
const MOST_P99_MS = 5;
/** Four times the crowd: what grows by its logarithm stays far below, what grows with it does not. */
const MOST_GROWTH = 2;

/** `typical` is the mean of the lower 95 of a hundred: the object's clock tells whole milliseconds. */
type Times = { typical: number; p50: number; p99: number };

console.log(
  `${AGENTS} agents, ${WAITING} who wait; ${DECISIONS} decisions of the rules, ${LIVE_DECISIONS} at a SiteDesk\n`,
);
report(
  "the rules",
  SCALES.map((scale) => decisions(scale)),
);
const inside: Times[] = [];
const onScreen: Times[] = [];
for (const scale of SCALES) {
  const live = await liveDecisions(scale);
  inside.push(live.inside);
  onScreen.push(live.onScreen);
}
report("SiteDesk, in the object", inside);
print("SiteDesk, until it is on the screen", onScreen);

function decisions(scale: number): Times {
  const first = crowd(AGENTS * scale, WAITING * scale);
  let { desk, next, now } = first;
  const busy = [...desk.items.values()].flatMap(({ agent, conversation }) =>
    agent === null ? [] : [{ agent, conversation }],
  );
  const times: number[] = [];
  for (let turn = -500; turn < DECISIONS; turn += 1) {
    const ended = busy.shift();
    if (ended === undefined) throw new Error("nobody has a conversation");
    const known = desk.items.get(ended.conversation);
    if (known === null) throw new Error("a conversation is gone");
    now += 500;
    const over = { ...known, revision: known.revision + 1, status: "closed" as const };
    const decide = () => settle(hear(desk, over, now).desk, now);
    const decided = decide();
    if (turn >= 0) times.push(Math.min(timed(decide), timed(decide), timed(decide)));
    const offered = decided.effects.find((effect) => effect.to === "agent" && effect.frame === "offered");
    if (offered?.to !== "agent" || offered.frame !== "offered") throw new Error("nobody was asked");
    const { agent, conversation } = offered;
    const accepted = accept(decided.desk, agent, conversation, now);
    if (!accepted.ok) throw new Error(accepted.message);
    busy.push({ agent, conversation });
    desk = settle(hear(accepted.desk, reportOf(next, now), now).desk, now).desk;
    next += 1;
  }
  return timesOf(times);
}

/** Everybody at work with all their places taken, and so many who wait. */
function crowd(agents: number, waiting: number): { desk: Desk; next: number; now: number } {
  let desk = EMPTY_DESK;
  let now = 1_800_000_000_000;
  for (let index = 0; index < agents; index += 1) {
    const person = personOf(index);
    desk = setState(meet(desk, person, staffOf(index), now), person.id, "online", CAPACITY, now).desk;
  }
  let next = 0;
  while (desk.free.size > 0 || desk.queue.size < waiting) {
    now += 20;
    const step = settle(hear(desk, reportOf(next, now), now).desk, now);
    desk = step.desk;
    next += 1;
    for (const effect of step.effects) {
      if (effect.to !== "agent" || effect.frame !== "offered") continue;
      const taken = accept(desk, effect.agent, effect.conversation, now);
      if (taken.ok) desk = taken.desk;
    }
  }
  return { desk, next, now };
}

async function liveDecisions(scale: number): Promise<{ inside: Times; onScreen: Times }> {
  const live = await openDesk(AGENTS * scale, WAITING * scale);
  try {
    const times: number[] = [];
    const bytes = live.received();
    for (let turn = 0; turn < LIVE_DECISIONS; turn += 1) times.push(await live.decide());
    const said = (live.received() - bytes) / LIVE_DECISIONS;
    console.log(`  ×${scale}: ${(said / 1_000).toFixed(0)} kB to all ${AGENTS * scale} screens a decision`);
    return { inside: timesOf(await live.spent()), onScreen: timesOf(times) };
  } finally {
    await live.stop();
  }
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function timesOf(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  const most = sorted.slice(0, Math.ceil(sorted.length * 0.95));
  const typical = most.reduce((sum, time) => sum + time, 0) / most.length;
  return { typical, p50: at(0.5), p99: at(0.99) };
}

function report(name: string, results: readonly Times[]): void {
  print(name, results);
  const [first] = results;
  const last = results.at(-1);
  if (first === undefined || last === undefined) return;
  const growth = last.typical / first.typical;
  const quick = verdict(first.p99 < MOST_P99_MS);
  const flat = verdict(growth <= MOST_GROWTH);
  console.log(
    `  p99 at ×1 below ${MOST_P99_MS} ms: ${quick}; ×4 takes ${growth.toFixed(2)} times ×1, at most ${MOST_GROWTH}: ${flat}\n`,
  );
}

function print(name: string, results: readonly Times[]): void {
  for (const [index, { typical, p50, p99 }] of results.entries()) {
    const times = `typical ${typical.toFixed(3).padStart(7)}  p50 ${p50.toFixed(3).padStart(8)} ms  p99 ${p99.toFixed(3).padStart(8)} ms`;
    console.log(`${name.padEnd(36)} ×${SCALES[index]}  ${times}`);
  }
}

function verdict(holds: boolean): string {
  if (!holds) process.exitCode = 1;
  return holds ? "yes" : "NO";
}
