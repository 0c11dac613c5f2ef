/**
 * Rooms that chat while everything the server runs is killed, again and again: the short form of `npm run faults -- kill`.
 */
import { expect, test } from "vitest";
import { quietRun } from "../../faults/experiment.ts";
import { KILL_SHORT, runKill } from "../../faults/kill.ts";
import { dice } from "./dice.ts";

test("RUN1 X1: after SIGKILL at random moments every acknowledged message is there once, in one order, and all are back soon", async () => {
  const { seed } = dice();
  const { counts, wrong } = await runKill(KILL_SHORT, quietRun(seed));
  console.log(`SEED=${seed}`, counts);
  expect(wrong).toEqual([]);
}, 300_000);
