/** The fault experiments by name: what each tries, and about how long its full form takes on two idle cores. */
import type { Outcome, Run } from "./experiment.ts";
import { KILL_FULL, KILL_SHORT, runKill } from "./kill.ts";

export type Experiment = {
  id: string;
  what: string;
  minutes: number;
  run(short: boolean, run: Run): Promise<Outcome>;
};

export const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  kill: {
    id: "X1",
    what: "the whole server killed while rooms chat",
    minutes: 8,
    run: (short, run) => runKill(short ? KILL_SHORT : KILL_FULL, run),
  },
};
