/**
 * X14: two who want the same conversation in the same moment: two agents take it, one takes it while another answers in
 * it, a supervisor takes it over while it is accepted, the visitor leaves while it is handed on. There is one owner and
 * one end, the same in the room's log and on every console.
 */
import type { Dice } from "../bench/dice.ts";
import { Console } from "./console.ts";
import { type Outcome, pause, type Run, sideBySide } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import type { LogFrame } from "./history.ts";
import { signIn } from "./http.ts";
import { type Login, Stage } from "./stage.ts";

export type RacesSize = { races: number; width: number };

export const RACES_FULL: RacesSize = { races: 2_000, width: 4 };
export const RACES_SHORT: RacesSize = { races: 60, width: 4 };

/** So many races a minute, that no console sends more frames than a minute allows. */
const A_BLOCK = 24;
const MINUTE_MS = 61_000;
const CAPACITY = 20;
const AGREED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 10;
/** How long an agreement must last to be one. */
const STILL_MS = 30;
const DESK_EVICTED = 0.1;

type Desk = {
  server: FaultyServer;
  ana: Console;
  bob: Console;
  chief: Console;
  logins: Record<"bob" | "chief", Login>;
};
type Race = { stage: Stage; desk: Desk; dice: Dice };
type Kind = { name: string; run(race: Race): Promise<void> };

const KINDS: readonly Kind[] = [
  { name: "two accept", run: (race) => atOnce(race, [accept("ana"), accept("bob")]) },
  { name: "one accepts, one answers", run: (race) => atOnce(race, [accept("ana"), answer]) },
  {
    name: "taken over while accepted",
    run: (race) => atOnce(race, [accept("ana"), accept("bob"), takeOver]),
  },
  {
    name: "the visitor leaves while accepted",
    run: (race) => atOnce(race, [accept("ana"), accept("bob"), leave]),
  },
  { name: "the visitor leaves while handed on", run: (race) => handedOn(race, [accept("bob"), leave]) },
  { name: "taken back while handed on", run: (race) => handedOn(race, [accept("bob"), accept("ana")]) },
  { name: "taken over while handed on", run: (race) => handedOn(race, [accept("bob"), takeOver]) },
  { name: "ended twice", run: (race) => handedOn(race, [end, leave]) },
];

export async function runRaces(server: FaultyServer, size: RacesSize, run: Run): Promise<Outcome> {
  const [ana, bob, chief] = await Promise.all([
    enter(server, "lea@demo.test", "ana"),
    enter(server, "hugo@demo.test", "bob"),
    enter(server, "admin@demo.test", "chief"),
  ]);
  const logins = { bob: { ...bob.login, sender: "bob" }, chief: { ...chief.login, sender: "chief" } };
  const desk: Desk = { server, ana: ana.console, bob: bob.console, chief: chief.console, logins };
  const tally = new Map<string, number>();
  const wrong: string[] = [];
  try {
    for (let begun = 0; begun < size.races; begun += A_BLOCK) {
      for (const console of [desk.ana, desk.bob]) {
        console.send({ type: "status", state: "online", capacity: CAPACITY });
      }
      const numbers = Array.from(
        { length: Math.min(A_BLOCK, size.races - begun) },
        (_, index) => begun + index,
      );
      const failed = await sideBySide(numbers, size.width, async (number) => {
        wrong.push(...(await oneRace(desk, number, run, tally)));
      });
      wrong.push(...failed);
      run.progress(begun + numbers.length, size.races, `races, ${wrong.length} wrong`);
      await server.passTime(MINUTE_MS);
    }
    for (const console of [desk.ana, desk.bob, desk.chief]) {
      wrong.push(...console.wrong.map((line) => `${console.name}: ${line}`));
      if (console.mine.size > 0) wrong.push(`${console.name} still shows ${[...console.mine].join(" ")}`);
    }
    wrong.push(...(await freshScreens(server)));
  } finally {
    for (const console of [desk.ana, desk.bob, desk.chief]) console.close();
  }
  return { counts: { races: size.races, ...Object.fromEntries(tally) }, wrong };
}

async function enter(server: FaultyServer, email: string, name: string) {
  const cookie = await signIn(server.url, email);
  return { console: await new Console(name).connect(server.url, cookie), login: { cookie } };
}

async function oneRace(desk: Desk, number: number, run: Run, tally: Map<string, number>): Promise<string[]> {
  const { dice } = run;
  const kind = dice.pick(KINDS);
  const common = { patience: 0.02, stableMs: 0 };
  const stage = await Stage.open(desk.server.url, `race-${run.seed}-${number}`, dice.next, common);
  const said = (line: string) => `race ${number} (${kind.name}): ${line}`;
  try {
    const visitor = stage.visitor("visitor");
    const watcher = stage.agent("watcher", desk.logins.chief);
    await Promise.all([visitor.join(), watcher.join()]);
    await visitor.say("somebody there?");
    await kind.run({ stage, desk, dice });
    const wrong: string[] = [];
    const disagreement = await agreed(stage, desk);
    if (disagreement !== null) wrong.push(said(disagreement));
    const { ends, owner } = ownerOf(watcher.view.values());
    const what = `${kind.name}: ${ends > 0 ? "ended" : "owned"}`;
    tally.set(what, (tally.get(what) ?? 0) + 1);
    if (ends === 0 && owner === null) wrong.push(said("nobody has it"));
    // It ends for everybody, once, and leaves no screen behind.
    if (ends === 0) await leave({ stage, desk, dice });
    const after = await agreed(stage, desk);
    if (after !== null) wrong.push(said(`after its end: ${after}`));
    // Two may have ended it in the same moment: the second is told that it was over.
    const told = visitor.wrong.filter((line) => line.startsWith("error closed"));
    for (const line of told) visitor.wrong.splice(visitor.wrong.indexOf(line), 1);
    wrong.push(...(await stage.verdict(desk.logins.chief, [visitor, watcher])).map(said));
    return wrong;
  } finally {
    stage.stop();
  }
}

/** Let `acts` happen in the same moment, in an order that the dice say, the desk perhaps out of memory between. */
async function atOnce(race: Race, acts: readonly ((race: Race) => Promise<void> | void)[]): Promise<void> {
  const { stage, desk, dice } = race;
  const shown = () => [desk.ana, desk.bob].some((console) => console.offered.has(stage.id));
  if (dice.chance(0.8)) await poll(shown, "offered to somebody");
  await release(race, acts);
}

/** The first has it and hands it on to the second; then `acts` in the same moment. */
async function handedOn(race: Race, acts: readonly ((race: Race) => Promise<void> | void)[]): Promise<void> {
  const { stage, desk, dice } = race;
  await poll(() => [desk.ana, desk.bob].some((console) => console.offered.has(stage.id)), "offered");
  const [first, second] = desk.ana.offered.has(stage.id) ? [desk.ana, desk.bob] : [desk.bob, desk.ana];
  first.send({ type: "accept", conversation: stage.id });
  await first.until(() => first.mine.has(stage.id), "accepted");
  first.send({ type: "transfer", conversation: stage.id, to_agent: second.id, note: "yours" });
  if (dice.chance(0.7)) await second.until(() => second.offered.has(stage.id), "handed on");
  await release(race, acts);
}

async function release(
  { desk, dice, ...race }: Race,
  acts: readonly ((race: Race) => Promise<void> | void)[],
): Promise<void> {
  const order = acts
    .map((act) => ({ act, after: dice.chance(0.5) ? 0 : dice.next() * 4 }))
    .toSorted((a, b) => a.after - b.after);
  const evicted = dice.chance(DESK_EVICTED) ? desk.server.evictDesk("hibernate") : Promise.resolve();
  await Promise.all([
    evicted,
    ...order.map(async ({ act, after }) => {
      if (after > 0) await pause(after);
      await act({ desk, dice, ...race });
    }),
  ]);
}

function accept(who: "ana" | "bob") {
  return ({ stage, desk }: Race) => desk[who].send({ type: "accept", conversation: stage.id });
}

/** Answering a conversation that nobody has takes it. */
async function answer({ stage, desk }: Race): Promise<void> {
  const client = stage.agent("bob in the room", desk.logins.bob);
  await client.join();
  await client.say("I am here");
}

function takeOver({ stage, desk }: Race): void {
  desk.chief.send({ type: "take_over", conversation: stage.id });
}

async function end({ stage, desk }: Race): Promise<void> {
  desk.chief.send({ type: "close", conversation: stage.id });
  await closed(stage);
}

async function leave({ stage }: Race): Promise<void> {
  stage.clients[0]?.send({ type: "close" });
  await closed(stage);
}

/** Everybody in the room has seen its end. */
async function closed(stage: Stage): Promise<void> {
  for (const client of stage.clients.slice(0, 2)) {
    await client.until(() => ownerOf(client.view.values()).ends > 0, "closed");
  }
}

/** Wait until room and consoles say the same and go on saying it; what they say otherwise. */
async function agreed(stage: Stage, desk: Desk): Promise<string | null> {
  const until = performance.now() + AGREED_WITHIN_MS;
  let since: number | null = null;
  for (;;) {
    const now = performance.now();
    const difference = differenceOf(stage, desk);
    if (difference !== null) since = null;
    else if (now - (since ??= now) >= STILL_MS) return null;
    if (now >= until) return difference;
    await pause(LOOK_EVERY_MS);
  }
}

function differenceOf(stage: Stage, desk: Desk): string | null {
  const consoles = [desk.ana, desk.bob, desk.chief];
  const [visitor, watcher] = stage.clients;
  if (visitor === undefined || watcher === undefined) return "nobody is in the room";
  const { ends, owner } = ownerOf(watcher.view.values());
  const seen = ownerOf(visitor.view.values());
  const having = consoles.filter(({ mine }) => mine.has(stage.id));
  const asked = consoles.filter(({ offered }) => offered.has(stage.id));
  const right = ends > 0 ? [] : consoles.filter(({ id }) => id === owner);
  if (ends > 1) return `it ended ${ends} times`;
  if (seen.ends !== ends || seen.owner !== owner) return "the visitor sees another owner or end";
  if (asked.length > 1 || (ends > 0 && asked.length > 0)) return `offered to ${namesOf(asked)}`;
  if (ends === 0 && owner === null) return "nobody has it";
  return having.length === right.length && having.every((console) => right.includes(console))
    ? null
    : `the log says ${ends > 0 ? "ended" : namesOf(right)}, the consoles of ${namesOf(having)} show it`;
}

/** Whose the conversation is by its log, and how often it ended. */
function ownerOf(events: Iterable<LogFrame>): { owner: string | null; ends: number } {
  let owner: string | null = null;
  let ends = 0;
  for (const event of events) {
    if (event.type !== "event") continue;
    if (event.name === "closed") ends += 1;
    else if (event.name === "requeued") owner = null;
    else if (["assigned", "transferred", "taken_over"].includes(event.name)) {
      owner = (event as { agent?: { id: string } | null }).agent?.id ?? null;
    }
  }
  return { owner, ends };
}

/** Consoles that were never there show nothing of what has ended. */
async function freshScreens(server: FaultyServer): Promise<string[]> {
  const { console } = await enter(server, "lea@demo.test", "a fresh console");
  const left = [...console.mine, ...console.offered];
  console.close();
  return left.map((conversation) => `a fresh console still shows ${conversation}`);
}

async function poll(holds: () => boolean, what: string): Promise<void> {
  const until = performance.now() + AGREED_WITHIN_MS;
  while (!holds()) {
    if (performance.now() >= until) throw new Error(`not in time: ${what}`);
    await pause(1);
  }
}

function namesOf(consoles: readonly Console[]): string {
  return consoles.length === 0 ? "nobody" : consoles.map(({ name }) => name).join(" and ");
}
