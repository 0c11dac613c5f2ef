/** The fault experiments by name: what each tries, and about how long its full form takes on two idle cores. */
import { CUT_ACK_FULL, CUT_ACK_SHORT, runCutAck } from "./cut-ack.ts";
import { EPOCH_FULL, EPOCH_SHORT, runEpoch } from "./epoch.ts";
import { EVICT_FULL, EVICT_SHORT, runEvict } from "./evict.ts";
import type { Outcome, Run } from "./experiment.ts";
import { type FaultyServer, startFaultyServer } from "./faulty-server.ts";
import { FLOOD_FULL, FLOOD_SHORT, runFlood } from "./flood.ts";
import { KILL_FULL, KILL_SHORT, runKill } from "./kill.ts";
import { OFFLINE_FULL, OFFLINE_SHORT, runOffline } from "./offline.ts";
import { RACES_FULL, RACES_SHORT, runRaces } from "./races.ts";
import { runSlowReader, SLOW_FULL, SLOW_SHORT } from "./slow-reader.ts";
import { runStorm, STORM_FULL, STORM_SHORT } from "./storm.ts";

export type Experiment = {
  id: string;
  what: string;
  minutes: number;
  run(short: boolean, run: Run): Promise<Outcome>;
};

/** An experiment on a server of its own, with its full and its short size. */
function onServer<Size>(
  full: Size,
  short: Size,
  work: (server: FaultyServer, size: Size, run: Run) => Promise<Outcome>,
): Experiment["run"] {
  return async (isShort, run) => {
    const server = await startFaultyServer();
    try {
      return await work(server, isShort ? short : full, run);
    } finally {
      await server.stop();
    }
  };
}

export const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  kill: {
    id: "X1",
    what: "the whole server killed while rooms chat",
    minutes: 8,
    run: (short, run) => runKill(short ? KILL_SHORT : KILL_FULL, run),
  },
  evict: {
    id: "X2",
    what: "rooms put out of memory between any two steps",
    minutes: 12,
    run: onServer(EVICT_FULL, EVICT_SHORT, runEvict),
  },
  "cut-ack": {
    id: "X3",
    what: "the line cut on the acknowledgement",
    minutes: 1,
    run: onServer(CUT_ACK_FULL, CUT_ACK_SHORT, runCutAck),
  },
  offline: {
    id: "X5",
    what: "visitors offline from a second to three hours",
    minutes: 3,
    run: onServer(OFFLINE_FULL, OFFLINE_SHORT, runOffline),
  },
  epoch: {
    id: "X6",
    what: "rooms emptied or set back under their clients",
    minutes: 1,
    run: onServer(EPOCH_FULL, EPOCH_SHORT, runEpoch),
  },
  storm: {
    id: "X8",
    what: "2,000 sockets dropped in one instant",
    minutes: 3,
    run: onServer(STORM_FULL, STORM_SHORT, runStorm),
  },
  slow: {
    id: "X9",
    what: "a reader at 1 KB/s in a busy room",
    minutes: 5,
    run: onServer(SLOW_FULL, SLOW_SHORT, runSlowReader),
  },
  flood: {
    id: "X10",
    what: "2,000 frames a second, frames of 1 and 33 MB, a million generated frames",
    minutes: 5,
    run: onServer(FLOOD_FULL, FLOOD_SHORT, runFlood),
  },
  races: {
    id: "X14",
    what: "two who want the same conversation in the same moment",
    minutes: 5,
    run: onServer(RACES_FULL, RACES_SHORT, runRaces),
  },
};
