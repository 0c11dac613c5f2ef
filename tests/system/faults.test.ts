/**
 * Rooms and desks while things break: the short forms of `npm run faults -- NAME`, each on a server of its own that breaks
 * to order. Each prints its seed and its counts; `SEED=123` runs it again.
 */
import { expect, test } from "vitest";
import { quietRun } from "../../faults/experiment.ts";
import { EXPERIMENTS } from "../../faults/experiments.ts";
import { dice } from "./dice.ts";

async function holds(name: string): Promise<void> {
  const { seed } = dice();
  const outcome = await EXPERIMENTS[name]?.run(true, quietRun(seed));
  console.log(`${name} SEED=${seed}`, outcome?.counts);
  expect(outcome?.wrong).toEqual([]);
}

test("X2: a room that is put out of memory between any two steps keeps every promise", async () => {
  await holds("evict");
});

test("X3: an acknowledgement that was cut off comes again with the same seq, and there is one row", async () => {
  await holds("cut-ack");
});

test("X5: whoever was offline has everything they missed, or begins anew and is told so", async () => {
  await holds("offline");
});

test("X6: a room that was emptied or set back makes every client begin anew, and none shows old and new mixed", async () => {
  await holds("epoch");
});

test("X8: sockets that are all dropped at once are back within a minute, and D1 is not asked for it", async () => {
  await holds("storm");
});

test("X9: a reader who is too slow is closed with its code, and the others hear every word in time", async () => {
  await holds("slow");
});

test("X10: whatever is sent and however fast, limits hold, the others are answered, and no refusal holds what was said", async () => {
  await holds("flood");
});

test("X14: whoever races for a conversation, it has one owner and one end, the same in its log and on every console", async () => {
  await holds("races");
});
