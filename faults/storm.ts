/**
 * X8: every socket of many visitors is dropped in the same instant. Each comes back by its own full jitter; all are back
 * within a minute, nobody lost a word, and D1 was not asked once for it.
 *
 * D1 is counted where the Worker and its objects reach for it: every statement that is prepared on the binding. What
 * history writes for the messages said before is waited for first.
 */
import type { RoomClient } from "./client.ts";
import { type Outcome, pause, percentile, type Run, sideBySide } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { Proxy } from "./proxy.ts";
import { type Login, Stage } from "./stage.ts";

export type StormSize = { rooms: number; socketsARoom: number; drops: number; judged: number };

export const STORM_FULL: StormSize = { rooms: 500, socketsARoom: 4, drops: 3, judged: 50 };
export const STORM_SHORT: StormSize = { rooms: 50, socketsARoom: 4, drops: 1, judged: 5 };

const ALL_BACK_WITHIN_MS = 60_000;
const WIDTH = 16;
const QUIET_MS = 1_500;

export async function runStorm(server: FaultyServer, size: StormSize, run: Run): Promise<Outcome> {
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  const proxy = await Proxy.before(server.url);
  const stages: Stage[] = [];
  const wrong: string[] = [];
  const backAfter: number[] = [];
  let dropped = 0;
  let reads = 0;
  try {
    const numbers = Array.from({ length: size.rooms }, (_, index) => index);
    const failed = await sideBySide(numbers, WIDTH, async (number) => {
      const stage = await Stage.open(server.url, `storm-${run.seed}-${number}`, run.dice.next);
      stages.push(stage);
      for (let tab = 1; tab <= size.socketsARoom; tab += 1) {
        await stage.visitor(`tab ${tab}`, { url: proxy.by(stage.url) }).join();
      }
      await stage.clients[0]?.say("before");
      run.progress(stages.length, size.rooms, "rooms");
    });
    wrong.push(...failed);
    const clients = stages.flatMap((stage) => stage.clients);
    for (let drop = 0; drop < size.drops; drop += 1) {
      await quiet(server);
      const before = clients.map(({ welcomes }) => welcomes);
      const droppedAt = performance.now();
      dropped += proxy.cutAll();
      backAfter.push(...(await allBack(clients, before, droppedAt)));
      await pause(QUIET_MS);
      const { d1Queries, d1Statements } = await server.meters();
      reads += d1Queries;
      if (d1Queries > 0) wrong.push(`${d1Queries} statements to D1, the first: ${d1Statements[0]}`);
      run.progress(drop + 1, size.drops, "drops");
    }
    for (const client of clients) void client.say("after");
    wrong.push(
      ...(await sideBySide(clients, clients.length, async (client) => {
        await client.settle();
        if (client.resets > 0) throw new Error(`${client.name} began anew`);
      })),
    );
    for (const stage of stages.slice(0, size.judged)) wrong.push(...(await stage.verdict(login)));
  } finally {
    for (const stage of stages) stage.stop();
    await proxy.close();
  }
  const slowest = Math.max(...backAfter);
  if (slowest >= ALL_BACK_WITHIN_MS) wrong.push(`the last was back after ${slowest.toFixed(0)} ms`);
  const expected = size.rooms * size.socketsARoom * size.drops;
  if (dropped !== expected) wrong.push(`${dropped} sockets were dropped, not ${expected}`);
  return {
    counts: {
      "sockets dropped": dropped,
      drops: size.drops,
      "back p50 ms": Math.round(percentile(backAfter, 0.5)),
      "back p99 ms": Math.round(percentile(backAfter, 0.99)),
      "last back ms": Math.round(slowest),
      "most back in one second": busiestSecond(backAfter),
      "statements to D1": reads,
      "rooms judged": Math.min(size.judged, stages.length),
    },
    wrong,
  };
}

/** How long after the drop each was back with everything. */
async function allBack(
  clients: readonly RoomClient[],
  before: readonly number[],
  droppedAt: number,
): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    clients.map(async (client, index) => {
      const isBack = () => client.welcomes > (before[index] ?? 0) && client.caughtUpAt !== null;
      await client.until(isBack, "back after the drop", 2 * ALL_BACK_WITHIN_MS);
      times.push((client.caughtUpAt ?? 0) - droppedAt);
    }),
  );
  return times;
}

/** Wait until D1 is no longer asked for anything. */
async function quiet(server: FaultyServer): Promise<void> {
  for (let idle = 0; idle < 3; idle += 1) {
    await pause(QUIET_MS);
    const { d1Queries } = await server.meters();
    if (d1Queries > 0) idle = -1;
  }
}

function busiestSecond(times: readonly number[]): number {
  const seconds = new Map<number, number>();
  for (const time of times) {
    const second = Math.floor(time / 1_000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}
