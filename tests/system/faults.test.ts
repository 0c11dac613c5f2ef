/**
 * Rooms and desks while things break, on one server that breaks to order: the short forms of `npm run faults -- NAME`.
 * Each prints its seed and its counts; `SEED=123` runs it again.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CUT_ACK_SHORT, runCutAck } from "../../faults/cut-ack.ts";
import { EPOCH_SHORT, runEpoch } from "../../faults/epoch.ts";
import { EVICT_SHORT, runEvict } from "../../faults/evict.ts";
import { type Outcome, quietRun, type Run } from "../../faults/experiment.ts";
import { type FaultyServer, startFaultyServer } from "../../faults/faulty-server.ts";
import { FLOOD_SHORT, runFlood } from "../../faults/flood.ts";
import { OFFLINE_SHORT, runOffline } from "../../faults/offline.ts";
import { RACES_SHORT, runRaces } from "../../faults/races.ts";
import { runSlowReader, SLOW_SHORT } from "../../faults/slow-reader.ts";
import { runStorm, STORM_SHORT } from "../../faults/storm.ts";
import { dice } from "./dice.ts";

let server: FaultyServer;
beforeAll(async () => {
  server = await startFaultyServer();
});
afterAll(() => server.stop());

async function holds<Size>(
  work: (server: FaultyServer, size: Size, run: Run) => Promise<Outcome>,
  size: Size,
): Promise<void> {
  const { seed } = dice();
  const { counts, wrong } = await work(server, size, quietRun(seed));
  console.log(`SEED=${seed}`, counts);
  expect(wrong).toEqual([]);
}

// First, while nothing that was said before is on its way to history.
test("X8: sockets that are all dropped at once are back within a minute, and D1 is not asked for it", async () => {
  await holds(runStorm, STORM_SHORT);
});

test("X2: a room that is put out of memory between any two steps keeps every promise", async () => {
  await holds(runEvict, EVICT_SHORT);
});

test("X3: an acknowledgement that was cut off comes again with the same seq, and there is one row", async () => {
  await holds(runCutAck, CUT_ACK_SHORT);
});

test("X5: whoever was offline has everything they missed, or begins anew and is told so", async () => {
  await holds(runOffline, OFFLINE_SHORT);
});

test("X6: a room that was emptied or set back makes every client begin anew, and none shows old and new mixed", async () => {
  await holds(runEpoch, EPOCH_SHORT);
});

test("X9: a reader who is too slow is closed with its code, and the others hear every word in time", async () => {
  await holds(runSlowReader, SLOW_SHORT);
});

test("X10: whatever is sent and however fast, limits hold, the others are answered, and no refusal holds what was said", async () => {
  await holds(runFlood, FLOOD_SHORT);
});

test("X14: whoever races for a conversation, it has one owner and one end, the same in its log and on every console", async () => {
  await holds(runRaces, RACES_SHORT);
});
