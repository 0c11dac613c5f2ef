/**
 * X2: the room's object is put out of memory between any two steps of the protocol, with its sockets asleep or cut, while
 * a visitor in two tabs and an agent talk, note, read, ask for ranges and leave and come back.
 */
import { type Outcome, type Run, sideBySide } from "./experiment.ts";
import type { Dice } from "../bench/dice.ts";
import { diceOf } from "../bench/dice.ts";
import type { FaultyServer } from "./faulty-server.ts";
import { signIn } from "./http.ts";
import { type Login, Stage } from "./stage.ts";

export type EvictSize = { runs: number; width: number };

export const EVICT_FULL: EvictSize = { runs: 5_000, width: 8 };
export const EVICT_SHORT: EvictSize = { runs: 80, width: 6 };

const STEPS = { least: 8, most: 20 };
const EVICTED_AFTER_A_STEP = 0.6;
const CUT_NOT_ASLEEP = 0.4;

type Tally = { steps: number; asleep: number; cut: number; messages: number };

export async function runEvict(server: FaultyServer, size: EvictSize, run: Run): Promise<Outcome> {
  const login: Login = { cookie: await signIn(server.url, "lea@demo.test"), sender: "lea" };
  const tally: Tally = { steps: 0, asleep: 0, cut: 0, messages: 0 };
  const seeds = Array.from({ length: size.runs }, () => run.dice.below(2 ** 31));
  let done = 0;
  const wrong: string[] = [];
  const failed = await sideBySide(seeds, size.width, async (seed) => {
    const found = await oneRun(server, login, diceOf(seed), tally, `${run.seed}-${done}`);
    wrong.push(...found.map((line) => `dice ${seed}: ${line}`));
    done += 1;
    run.progress(done, size.runs, `runs, ${wrong.length} wrong`);
  });
  const { errors } = await server.meters();
  return {
    counts: {
      runs: size.runs,
      steps: tally.steps,
      "evicted, sockets asleep": tally.asleep,
      "evicted, sockets cut": tally.cut,
      messages: tally.messages,
    },
    wrong: [...wrong, ...failed, ...errors.map((line) => `the server reported ${line}`)],
  };
}

async function oneRun(
  server: FaultyServer,
  login: Login,
  dice: Dice,
  tally: Tally,
  name: string,
): Promise<string[]> {
  const common = { window: dice.pick([1, 4]), patience: 0.02, stableMs: 0 };
  const stage = await Stage.open(server.url, `evict-${name}`, dice.next, common);
  const evict = async () => {
    if (!dice.chance(EVICTED_AFTER_A_STEP)) return;
    const how = dice.chance(CUT_NOT_ASLEEP) ? "close" : "hibernate";
    tally[how === "close" ? "cut" : "asleep"] += 1;
    await server.evictRoom(stage.id, how);
  };
  try {
    const tabs = [stage.visitor("first tab"), stage.visitor("second tab")];
    const agent = stage.agent("agent", login);
    // Also between the opening and the hello, and between the hellos.
    for (const client of [...tabs, agent]) {
      client.start();
      await evict();
    }
    const steps = STEPS.least + dice.below(STEPS.most - STEPS.least);
    for (let step = 0; step < steps; step += 1) {
      tally.steps += 1;
      await act(stage, dice, tally, step);
      await evict();
    }
    return await stage.verdict(login);
  } finally {
    stage.stop();
  }
}

/** One step of somebody; most do not wait for an answer, so that the eviction may fall before it. */
async function act(stage: Stage, dice: Dice, tally: Tally, step: number): Promise<void> {
  const client = dice.pick(stage.clients);
  const isAgent = client.name === "agent";
  const what = dice.weighted([
    { weight: 6, act: () => void client.say(`${client.name} ${step}`) },
    { weight: 2, act: () => void client.say(`${step}`, isAgent ? "note" : "text") },
    // Cards are the agents': refused from the visitor, and then stored nowhere.
    { weight: 1, act: () => void client.say(`{"step":${step}}`, isAgent ? "text" : "card") },
    { weight: 1, act: () => void client.send({ type: "typing", on: dice.chance(0.5) }) },
    { weight: 1, act: () => void client.send({ type: "read", seq: client.last }) },
    { weight: 1, act: () => client.range(1 + dice.below(5), 5 + dice.below(20)) },
    { weight: 2, act: () => client.drop(dice.below(20)) },
    { weight: 2, act: () => client.settle() },
    { weight: 2, act: () => client.until(() => client.isCaughtUp, "caught up") },
  ]);
  const before = stage.history.facts.length;
  await what.act();
  if (stage.history.facts.slice(before).some((fact) => fact.what === "invoke")) tally.messages += 1;
}
