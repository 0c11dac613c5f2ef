/** What a client of the experiments needs from outside: a clock, timers and dice, so that a run can be run again. */
export type Ports = {
  /** Milliseconds of the client's own clock. */
  now(): number;
  /** Call `act` in `ms`; what is returned takes it back. */
  after(ms: number, act: () => void): () => void;
  /** In [0, 1). */
  dice(): number;
};

export const BACK_OFF_BASE_MS = 1_000;
export const BACK_OFF_CAP_MS = 30_000;

/** This machine's clock and timers, and `dice`. */
export function realPorts(dice: () => number): Ports {
  return {
    now: () => performance.now(),
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    dice,
  };
}

/** How long to wait before try number `attempt` (0 is the first repeat): full jitter, so that nobody comes in step. */
export function backOffMs(attempt: number, dice: () => number): number {
  return dice() * Math.min(BACK_OFF_CAP_MS, BACK_OFF_BASE_MS * 2 ** Math.min(attempt, 20));
}
