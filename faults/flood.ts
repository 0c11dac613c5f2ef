/**
 * X10: a room is flooded with frames, with frames too large, and with a million generated ones. The limits hold, the
 * others in the room and beside it are answered within a second, nothing crashes, refusals come from the fixed list, and
 * none holds what was said.
 */
import { CLOSE, FRAMES_PER_MINUTE } from "../domain/chat/wire.ts";
import { Attacker, CANARY, type Heard, heardNothing } from "./attacker.ts";
import { type Outcome, pause, percentile, type Run } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { junkFrame } from "./junk.ts";
import { Proxy } from "./proxy.ts";
import { type Login, Stage } from "./stage.ts";
import { memoryOf, workerdPids } from "./workerd-pid.ts";

export type FloodSize = {
  /** Where others work on the same machine, times are allowed to be so many times as long. */
  shared: number;
  framesASecond: number;
  seconds: number;
  large: number;
  huge: number;
  generated: number;
  /** Over so many rooms, by so many sockets in each. */
  rooms: number;
  socketsARoom: number;
};

export const FLOOD_FULL: FloodSize = {
  shared: 1,
  framesASecond: 2_000,
  seconds: 60,
  large: 50,
  huge: 10,
  generated: 1_000_000,
  rooms: 10,
  socketsARoom: 5,
};
export const FLOOD_SHORT: FloodSize = {
  ...FLOOD_FULL,
  shared: 8,
  seconds: 5,
  large: 4,
  huge: 2,
  generated: 20_000,
  rooms: 4,
};

const ANSWERED_WITHIN_MS = 1_000;
const MEGABYTE = 1_024 * 1_024;
/** More than the platform lets a frame have. */
const HUGE_BYTES = 33 * MEGABYTE;
/** The platform's own code for it. */
const TOO_BIG = 1_009;
const CLOSED_WITHIN_MS = 20_000;
const SAID_EVERY_MS = 700;
const MINUTE_MS = 61_000;
/** Frames are sent in gusts of this length. */
const GUST_MS = 50;
const MOST_GROWTH_MB = 256;

export async function runFlood(server: FaultyServer, size: FloodSize, run: Run): Promise<Outcome> {
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  const heard = heardNothing();
  const before = memoryOf(server.pid);
  await server.meters();
  const open = (name: string) => Stage.open(server.url, `${name}-${run.seed}`, run.dice.next);
  const flooded = await open("flooded");
  const beside = await open("beside");
  const stages = [flooded, beside];
  try {
    const others = [flooded.visitor("visitor"), flooded.agent("agent", login), beside.visitor("neighbour")];
    for (const other of others) await other.join();
    const answers = keepTalking(others);
    const flood = await floodRoom(flooded, heard, size, run);
    const wrong = await sendTooLarge(flooded, heard, size);
    const slowest = Math.max(...answers.stop());
    if (slowest >= ANSWERED_WITHIN_MS * size.shared)
      wrong.push(`somebody was answered only after ${slowest.toFixed(0)} ms`);
    for (const stage of stages) wrong.push(...(await stage.verdict(login)));

    const generated = await sendGenerated(server, heard, size, run);
    wrong.push(...heard.wrong, ...generated.wrong);
    const { errors } = await server.meters();
    wrong.push(...errors.map((line) => `the server reported ${line}`));
    if (!workerdPids().includes(server.pid)) wrong.push("the server's process is another one");
    const growth = memoryOf(server.pid) - before;
    if (growth > MOST_GROWTH_MB) wrong.push(`the server grew by ${growth.toFixed(0)} MB`);
    const times = answers.all();
    return {
      counts: {
        "frames flooded": flood.sent,
        "frames a second": Math.round(flood.sent / size.seconds),
        "flooders shown the door": heard.closes.get(CLOSE.tooManyFrames) ?? 0,
        "frames of 1 MB": size.large,
        "frames of 33 MB": size.huge,
        "frames generated": generated.sent,
        refusals: told(heard.errors),
        closes: told(heard.closes),
        "others asked": times.length,
        "others answered p99 ms": Math.round(percentile(times, 0.99)),
        "others answered max ms": Math.round(slowest),
        "server grew MB": Math.round(growth),
      },
      wrong,
    };
  } finally {
    for (const stage of stages) stage.stop();
  }
}

/** Everybody says something now and then; how long each waited for an answer. */
function keepTalking(clients: Stage["clients"]): { stop(): number[]; all(): number[] } {
  const times: number[] = [];
  let count = 0;
  const timer = setInterval(() => {
    for (const client of clients) {
      const at = performance.now();
      count += 1;
      void client.say(`still here ${count}`).then(() => void times.push(performance.now() - at));
    }
  }, SAID_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return times;
    },
    all: () => times,
  };
}

/** As many frames a second into one room; who is shown the door is back at once. */
async function floodRoom(stage: Stage, heard: Heard, size: FloodSize, run: Run): Promise<{ sent: number }> {
  const begun = performance.now();
  let sent = 0;
  const socket = () => new Attacker(stage.url, heard).enter(stage.token);
  let flooders = await Promise.all(Array.from({ length: 20 }, socket));
  for (;;) {
    const seconds = (performance.now() - begun) / 1_000;
    if (seconds >= size.seconds) break;
    while (sent < seconds * size.framesASecond) {
      const flooder = flooders[sent % flooders.length];
      if (flooder?.isOpen === true)
        flooder.send(JSON.stringify({ type: "typing", on: sent % 2 === 0, x: CANARY }));
      sent += 1;
    }
    await pause(GUST_MS);
    flooders = await Promise.all(flooders.map((each) => (each.isOpen ? each : socket())));
    run.progress(Math.round(seconds), size.seconds, "seconds of flood");
  }
  for (const flooder of flooders) flooder.leave();
  return { sent };
}

/** Frames of 1 MB are refused by us, frames of 33 MB by the platform; both end the socket and nothing else. */
async function sendTooLarge(stage: Stage, heard: Heard, size: FloodSize): Promise<string[]> {
  const wrong: string[] = [];
  for (let count = 0; count < size.large; count += 1) {
    const attacker = await new Attacker(stage.url, heard).enter(stage.token);
    attacker.send(CANARY.padEnd(MEGABYTE, "x"));
    const code = await attacker.closed();
    if (code !== CLOSE.tooLarge) wrong.push(`a frame of 1 MB was answered by close ${code}`);
  }
  // A client reads the answer only once it has written everything; the line between hears it at once.
  const proxy = await Proxy.before(stage.url);
  try {
    for (let count = 0; count < size.huge; count += 1) {
      const attacker = await new Attacker(proxy.by(stage.url), heard).enter(stage.token);
      attacker.send(CANARY.padEnd(HUGE_BYTES, "x"));
      const code = await proxy.closed(CLOSED_WITHIN_MS);
      if (code !== TOO_BIG) wrong.push(`a frame of 33 MB was answered by close ${code}`);
      proxy.cutAll();
      await pause(GUST_MS);
    }
  } finally {
    await proxy.close();
  }
  return wrong;
}

/** Generated frames, as many as a minute allows at each socket; then the server's minute is moved on. */
async function sendGenerated(
  server: FaultyServer,
  heard: Heard,
  size: FloodSize,
  run: Run,
): Promise<{ sent: number; wrong: string[] }> {
  const wrong: string[] = [];
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  const stages = await Promise.all(
    Array.from({ length: size.rooms }, (_, room) =>
      Stage.open(server.url, `junk-${run.seed}-${room}`, run.dice.next),
    ),
  );
  const enter = (stage: Stage) => new Attacker(stage.url, heard).enter(stage.token);
  const seats = stages.flatMap((stage) => Array.from({ length: size.socketsARoom }, () => stage));
  let sent = 0;
  let attackers = await Promise.all(seats.map(enter));
  while (sent < size.generated) {
    await Promise.all(
      attackers.map(async (attacker) => {
        for (let count = 1; count < FRAMES_PER_MINUTE; count += 1) attacker.send(junkFrame(run.dice));
        sent += FRAMES_PER_MINUTE - 1;
        await attacker.barrier();
      }),
    );
    for (const stage of stages) sent += await knock(stage, heard, run);
    await server.passTime(MINUTE_MS);
    attackers = await Promise.all(
      attackers.map((each, index) => (each.isOpen ? each : enter(seats[index] as Stage))),
    );
    run.progress(sent, size.generated, "generated frames");
  }
  for (const attacker of attackers) attacker.leave();
  for (const stage of stages)
    wrong.push(...(await stage.verdict(login, [])).filter((line) => !line.includes("invented")));
  return { sent, wrong };
}

/** Something else than hello as the first frame: the door, and at most one word. */
async function knock(stage: Stage, heard: Heard, run: Run): Promise<number> {
  const attacker = await new Attacker(stage.url, heard).open();
  attacker.send(junkFrame(run.dice));
  const code = await attacker.closed();
  if (code < 4_100 || code > 4_209)
    heard.wrong.push(`a first frame that is no hello was closed with ${code}`);
  return 1;
}

function told(counts: ReadonlyMap<string | number, number>): string {
  return [...counts].map(([name, count]) => `${name} ${count}`).join(", ");
}
