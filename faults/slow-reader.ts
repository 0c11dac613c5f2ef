/**
 * X9: in a room where 50 messages a second are said, one reader takes 1 KB/s. It is closed with its code within a minute,
 * the others hear every word in time, and the server keeps nothing for it.
 *
 * A room learns how far a reader has come only from the reader (every correct client says so): what a socket's own buffers
 * hold, the platform does not tell. A reader that says nothing is let go by its silence; see docs/rules/faults.md.
 */
import type { RoomClient } from "./client.ts";
import { type Outcome, pause, percentile, type Run } from "./experiment.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { Proxy } from "./proxy.ts";
import { type Login, Stage } from "./stage.ts";
import { memoryOf } from "./workerd-pid.ts";
import { CLOSE } from "../domain/chat/wire.ts";

export type SlowReaderSize = {
  /** Where others work on the same machine, times are allowed to be so many times as long. */
  shared: number;
  rounds: number;
  speakers: number;
  messagesASecond: number;
  mostSeconds: number;
};

export const SLOW_FULL: SlowReaderSize = {
  shared: 1,
  rounds: 20,
  speakers: 32,
  messagesASecond: 50,
  mostSeconds: 60,
};
export const SLOW_SHORT: SlowReaderSize = {
  shared: 8,
  rounds: 1,
  speakers: 32,
  messagesASecond: 50,
  mostSeconds: 40,
};

const BYTES_A_SECOND = 1_024;
const OTHERS_P95_MS = 250;
/** What a room of this size may come to need besides, and what waits in the line of one slow reader. */
const MOST_GROWTH_MB = 64;

export async function runSlowReader(server: FaultyServer, size: SlowReaderSize, run: Run): Promise<Outcome> {
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  const proxy = await Proxy.before(server.url, { bytesASecond: BYTES_A_SECOND });
  const wrong: string[] = [];
  const heardAfter: number[] = [];
  const closedAfter: number[] = [];
  const memory: number[] = [];
  let messages = 0;
  try {
    for (let round = 0; round < size.rounds; round += 1) {
      const stage = await Stage.open(server.url, `slow-${run.seed}-${round}`, run.dice.next);
      try {
        const speakers = Array.from({ length: size.speakers }, (_, index) =>
          stage.visitor(`speaker ${index}`),
        );
        for (const speaker of speakers) await speaker.join();
        const agent = stage.agent("agent", login);
        await agent.join();
        const slow = stage.visitor("slow reader", { url: proxy.by(stage.url) });
        await slow.join();
        memory.push(memoryOf(server.pid));
        const begun = performance.now();
        const talk = speak(speakers, size.messagesASecond);
        const code = await proxy.closed(size.mostSeconds * 1_000);
        closedAfter.push((performance.now() - begun) / 1_000);
        talk.stop();
        memory.push(memoryOf(server.pid));
        if (code !== CLOSE.slowReader) wrong.push(`round ${round}: closed with ${code}`);
        slow.stop();
        const fast = stage.clients.filter((client) => client !== slow);
        wrong.push(...(await stage.verdict(login, fast)));
        heardAfter.push(...delays(stage, fast));
        messages += talk.said();
      } finally {
        stage.stop();
      }
      run.progress(round + 1, size.rounds, "rounds");
      await pause(500);
    }
  } finally {
    await proxy.close();
  }
  const p95 = percentile(heardAfter, 0.95);
  // The first round warms it.
  const growth = (memory.at(-1) ?? 0) - (memory[1] ?? 0);
  if (p95 >= OTHERS_P95_MS * size.shared) wrong.push(`the others heard after ${p95.toFixed(0)} ms (p95)`);
  if (growth > MOST_GROWTH_MB) wrong.push(`the server grew by ${growth.toFixed(0)} MB`);
  return {
    counts: {
      rounds: size.rounds,
      messages,
      "closed after s, at most": Math.max(...closedAfter).toFixed(1),
      "others heard p50 ms": Math.round(percentile(heardAfter, 0.5)),
      "others heard p95 ms": Math.round(p95),
      "deliveries timed": heardAfter.length,
      "server memory MB": memory.map((each) => each.toFixed(0)).join(" "),
    },
    wrong,
  };
}

/** Everybody says something in turn, `aSecond` times a second in all. */
function speak(speakers: readonly RoomClient[], aSecond: number): { stop(): void; said(): number } {
  let said = 0;
  const begun = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1_000) * aSecond);
    while (said < due) {
      void speakers[said % speakers.length]?.say(`message ${said} ${"x".repeat(40)}`);
      said += 1;
    }
  }, 5);
  return { stop: () => clearInterval(timer), said: () => said };
}

/** For each message and each reader, how long after it was said it was shown there. */
function delays(stage: Stage, readers: readonly RoomClient[]): number[] {
  const saidAt = new Map<string, number>();
  const names = new Set(readers.map(({ name }) => name));
  const times: number[] = [];
  for (const fact of stage.history.facts) {
    if (fact.what === "invoke") saidAt.set(fact.call, fact.at);
    else if (fact.what === "saw" && names.has(fact.client)) {
      const id = /"client_id":"([^"]+)"/.exec(fact.text)?.[1] ?? "";
      const at = saidAt.get(id);
      if (at !== undefined) times.push(fact.at - at);
    }
  }
  return times;
}
