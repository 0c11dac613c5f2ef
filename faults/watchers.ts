/** Waiting for something to become true, looked at whenever there is news. */
export type Watchers = {
  wake(): void;
  /** Resolve once `holds`; throw after `withinMs` of this machine's time, with what `describe` says then. */
  until(holds: () => boolean, withinMs: number, describe: () => string): Promise<void>;
};

export function watchers(): Watchers {
  const waiting = new Set<() => void>();
  return {
    wake: () => {
      for (const look of waiting) look();
    },
    until(holds, withinMs, describe) {
      if (holds()) return Promise.resolve();
      return new Promise((done, fail) => {
        const look = () => {
          if (!holds()) return;
          clearTimeout(tooLate);
          waiting.delete(look);
          done();
        };
        const tooLate = setTimeout(() => {
          waiting.delete(look);
          fail(new Error(`not within ${withinMs} ms: ${describe()}`));
        }, withinMs);
        waiting.add(look);
      });
    },
  };
}
