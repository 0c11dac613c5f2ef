/**
 * X5: a visitor is offline for a second to three hours while the agent writes; on their return they have every event that
 * they missed, up to 1,000, or begin anew and are told so. The same by HTTP.
 *
 * The clock is the server's own, moved on; many rooms wait together, and each visitor returns at their moment.
 */
import { MAX_REPLAY } from "../domain/chat/wire.ts";
import type { Dice } from "../bench/dice.ts";
import type { RoomClient } from "./client.ts";
import { type Outcome, type Run, sideBySide } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { type Login, Stage } from "./stage.ts";

export type OfflineSize = { runs: number; together: number };

export const OFFLINE_FULL: OfflineSize = { runs: 300, together: 50 };
export const OFFLINE_SHORT: OfflineSize = { runs: 24, together: 24 };

const AWAY_SECONDS = { least: 1, most: 3 * 3_600 };
/** What an agent may write in a minute, below the limit of frames. */
const A_MINUTE = 100;
const MINUTE_SECONDS = 61;
/** The numbers of missed messages at which something changes. */
const EDGES = [0, 1, MAX_REPLAY - 1, MAX_REPLAY, MAX_REPLAY + 1, MAX_REPLAY + 300];
const WIDTH = 8;

type Absence = {
  stage: Stage;
  visitor: RoomClient;
  agent: RoomClient;
  seconds: number;
  toSay: number;
  /** Its alarm is rung, so that it closes once its visitor has been away too long. */
  closes: boolean;
  after: number;
};
type Tally = { missed: number[]; replays: number; resets: number; closed: number };

export async function runOffline(server: FaultyServer, size: OfflineSize, run: Run): Promise<Outcome> {
  const tally: Tally = { missed: [], replays: 0, resets: 0, closed: 0 };
  const wrong: string[] = [];
  for (let begun = 0; begun < size.runs; begun += size.together) {
    const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
    const numbers = Array.from({ length: Math.min(size.together, size.runs - begun) }, (_, i) => begun + i);
    const absences: Absence[] = [];
    const failed = await sideBySide(numbers, WIDTH, async (number) => {
      absences.push(await leave(server, login, `offline-${run.seed}-${number}`, run.dice));
    });
    wrong.push(...failed, ...(await allReturn(server, login, absences, tally)));
    for (const { stage } of absences) stage.stop();
    run.progress(tally.missed.length, size.runs, `returned, ${wrong.length} wrong`);
  }
  const holes = wrong.filter((line) => line.includes("hole:")).length;
  return {
    counts: {
      runs: tally.missed.length,
      "missed in all": tally.missed.reduce((sum, each) => sum + each, 0),
      "missed at most": Math.max(...tally.missed),
      "replayed whole": tally.replays,
      "reset, and said so": tally.resets,
      "closed meanwhile": tally.closed,
      "silent holes": holes,
    },
    wrong,
  };
}

/** A room that has begun, and whose visitor has just gone. */
async function leave(server: FaultyServer, login: Login, name: string, dice: Dice): Promise<Absence> {
  const stage = await Stage.open(server.url, name, dice.next, { patience: 0.02, stableMs: 0 });
  const visitor = stage.visitor("visitor", { window: 4 });
  const agent = stage.agent("agent", login, { window: 20 });
  await Promise.all([visitor.join(), agent.join()]);
  const said = 1 + dice.below(10);
  for (let count = 0; count < said; count += 1) void visitor.say(`before ${count}`);
  await visitor.settle();
  await visitor.until(() => visitor.last >= said, "their own words");
  const spread = Math.log(AWAY_SECONDS.most / AWAY_SECONDS.least);
  const isEdge = dice.chance(0.3);
  const seconds = isEdge
    ? AWAY_SECONDS.most * (0.3 + 0.7 * dice.next())
    : AWAY_SECONDS.least * Math.exp(dice.next() * spread);
  const possible = Math.floor((seconds / MINUTE_SECONDS) * A_MINUTE);
  const toSay = isEdge ? dice.pick(EDGES) : dice.below(Math.min(possible, MAX_REPLAY) + 1);
  visitor.away();
  return { stage, visitor, agent, seconds, toSay, closes: !isEdge && dice.chance(0.5), after: visitor.last };
}

/** Let the time pass; each visitor returns at their moment. */
async function allReturn(
  server: FaultyServer,
  login: Login,
  absences: readonly Absence[],
  tally: Tally,
): Promise<string[]> {
  const wrong: string[] = [];
  let now = 0;
  const pass = async (seconds: number) => {
    now += seconds;
    await server.passTime(seconds * 1_000);
    await sideBySide(absences, WIDTH, async (each) => {
      if (each.closes && each.seconds >= now) await server.ringRoom(each.stage.id);
    });
  };
  for (const absence of absences.toSorted((a, b) => a.seconds - b.seconds)) {
    while (now + MINUTE_SECONDS <= absence.seconds && absences.some(({ toSay }) => toSay > 0)) {
      wrong.push(...(await sideBySide(absences, WIDTH, write)));
      await pass(MINUTE_SECONDS);
    }
    // Whoever returns sooner than in a minute has missed what was said by then.
    if (absence.toSay > 0) await write(absence);
    await pass(Math.max(0, absence.seconds - now));
    try {
      wrong.push(...(await comeBack(login, absence, tally)));
    } catch (error) {
      wrong.push(`${absence.stage.id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return wrong;
}

/** The agent writes what a minute allows. */
async function write(absence: Absence): Promise<void> {
  const { agent } = absence;
  const some = Math.min(absence.toSay, A_MINUTE);
  absence.toSay -= some;
  for (let count = 0; count < some; count += 1) void agent.say(`missed ${count}`);
  await agent.settle();
}

async function comeBack(login: Login, absence: Absence, tally: Tally): Promise<string[]> {
  const { stage, visitor, after } = absence;
  const { epoch } = visitor;
  visitor.back();
  await visitor.until(() => visitor.isCaughtUp, "caught up after their return");
  const missed = visitor.head - after;
  const isReset = visitor.resets > 0;
  tally.missed.push(missed);
  tally[isReset ? "resets" : "replays"] += 1;
  const isClosed = [...visitor.view.values()].some(
    (event) => event.type === "event" && event.name === "closed",
  );
  if (isClosed) tally.closed += 1;
  const wrong = await stage.verdict(login);
  if (isReset !== missed > MAX_REPLAY) wrong.push(`${stage.id}: missed ${missed}, reset ${isReset}`);
  return [...wrong, ...(await pollAgain(absence, epoch))];
}

type Polled = { epoch: string; head: number; reset: boolean; events: { seq: number }[] };

/** The same return by HTTP. */
async function pollAgain({ stage, after }: Absence, epoch: string | null): Promise<string[]> {
  const address = `${stage.url.replace(/^ws/, "http").replace(/socket$/, "messages")}?after=${after}&epoch=${epoch}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${stage.token}` } });
  if (!answer.ok) return [`${stage.id}: polling answered ${answer.status}`];
  const { head, reset, events } = (await answer.json()) as Polled;
  const first = reset ? head - MAX_REPLAY + 1 : after + 1;
  const whole = events.length === head - first + 1 && events.every(({ seq }, index) => seq === first + index);
  const wrong = reset !== head - after > MAX_REPLAY;
  return whole && !wrong
    ? []
    : [`${stage.id}: hole: polling from ${after} of ${head}, reset ${reset}, gave ${events.length}`];
}
