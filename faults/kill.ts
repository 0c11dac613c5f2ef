/**
 * X1: everything the server runs is killed at once, again and again, while rooms chat; each time it is started again on
 * the same state and everybody comes back by themselves.
 *
 * Kills come seconds apart where in life days lie between, so a connection counts as a good one once it was welcomed:
 * else each kill would be taken for a repeat of the last, and the waits would grow.
 */
import { type Outcome, pause, percentile, type Run, sideBySide } from "./experiment.ts";
import { signIn } from "./http.ts";
import { startKilledServer } from "./killed-server.ts";
import { type Login, Stage } from "./stage.ts";

export type KillSize = { rooms: number; kills: number; messagesASecond: number; leastMessages: number };

export const KILL_FULL: KillSize = { rooms: 50, kills: 100, messagesASecond: 2, leastMessages: 30_000 };
export const KILL_SHORT: KillSize = { rooms: 8, kills: 12, messagesASecond: 4, leastMessages: 800 };

const LIFE_MS = { least: 500, most: 3_000 };
const RESUME_P95_MS = 3_000;
const BACK_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 20;

export async function runKill(size: KillSize, { dice, seed, progress }: Run): Promise<Outcome> {
  const server = await startKilledServer();
  const stages: Stage[] = [];
  const resumes: number[] = [];
  const restarts: number[] = [];
  let cutOff = 0;
  try {
    const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
    for (let room = 0; room < size.rooms; room += 1) {
      const window = room % 2 === 0 ? 1 : 8;
      const stage = await Stage.open(server.url, `kill-${seed}-${room}`, dice.next, { stableMs: 0, window });
      stages.push(stage);
      await Promise.all([stage.visitor("visitor").join(), stage.agent("agent", login).join()]);
    }
    const clients = stages.flatMap((stage) => stage.clients);
    const talks = clients.map((client) => talk(client, size.messagesASecond, dice.next));
    for (let kill = 0; kill < size.kills; kill += 1) {
      await server.prepared();
      await pause(LIFE_MS.least + dice.next() * (LIFE_MS.most - LIFE_MS.least));
      await server.kill();
      const killedAt = performance.now();
      cutOff += clients.reduce((sum, client) => sum + client.unsettled.length, 0);
      const before = clients.map(({ welcomes }) => welcomes);
      const [answersAt] = await Promise.all([firstAnswerAt(server.url), server.restart()]);
      restarts.push(answersAt - killedAt);
      await Promise.all(
        clients.map(async (client, index) => {
          const isBack = () => client.welcomes > (before[index] ?? 0) && client.caughtUpAt !== null;
          await client.until(isBack, `back after kill ${kill + 1}`, BACK_WITHIN_MS);
          resumes.push(Math.max(0, (client.caughtUpAt ?? 0) - answersAt));
        }),
      );
      progress(kill + 1, size.kills, `kills, ${said(stages)} messages said`);
    }
    while (said(stages) < size.leastMessages) {
      await pause(1_000);
      progress(said(stages), size.leastMessages, "messages said");
    }
    for (const one of talks) one.stop();
    const wrong = await judgeAll(stages, login);
    const p95 = percentile(resumes, 0.95);
    if (p95 >= RESUME_P95_MS) wrong.push(`resume p95 ${p95.toFixed(0)} ms, not below ${RESUME_P95_MS}`);
    if (cutOff === 0) wrong.push("no kill cut anything off: nothing was tried");
    return {
      counts: {
        kills: size.kills,
        rooms: size.rooms,
        messages: said(stages),
        "unanswered at a kill": cutOff,
        "restart p50 ms": Math.round(percentile(restarts, 0.5)),
        "resume p50 ms": Math.round(percentile(resumes, 0.5)),
        "resume p95 ms": Math.round(p95),
        "resume max ms": Math.round(Math.max(...resumes)),
      },
      wrong,
    };
  } finally {
    for (const stage of stages) stage.stop();
    await server.dispose();
  }
}

/** Go on saying something, `aSecond` times a second, at moments of its own, whether or not anybody answers. */
function talk(client: Stage["clients"][number], aSecond: number, dice: () => number): { stop(): void } {
  let number = 0;
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    timer = setTimeout(
      () => {
        number += 1;
        void client.say(`${client.name} ${number}`);
        next();
      },
      (2 * dice() * 1_000) / aSecond,
    );
  };
  next();
  return { stop: () => clearTimeout(timer) };
}

/** When the server at `url` answers a request again. */
async function firstAnswerAt(url: string): Promise<number> {
  for (;;) {
    try {
      const answer = await fetch(`${url}/v1/availability?key=demo`);
      await answer.text();
      if (answer.ok) return performance.now();
    } catch {
      // Nobody listens yet.
    }
    await pause(ASK_EVERY_MS);
  }
}

function said(stages: readonly Stage[]): number {
  return stages.reduce(
    (sum, { history }) => sum + history.facts.filter(({ what }) => what === "invoke").length,
    0,
  );
}

async function judgeAll(stages: readonly Stage[], login: Login): Promise<string[]> {
  const found: string[] = [];
  const failed = await sideBySide(stages, 5, async (stage) => {
    found.push(...(await stage.verdict(login)));
  });
  return [...found, ...failed];
}
