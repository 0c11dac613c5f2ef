/** Timers by name: setting one again moves it. */

export type Timers = ReturnType<typeof timersOf>;

export function timersOf() {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  const cancel = (name: string): void => {
    clearTimeout(running.get(name));
    running.delete(name);
  };
  return {
    cancel,
    isSet: (name: string): boolean => running.has(name),
    after(name: string, ms: number, act: () => void): void {
      cancel(name);
      const timer = setTimeout(() => {
        running.delete(name);
        act();
      }, ms);
      running.set(name, timer);
    },
    cancelAll(): void {
      for (const name of running.keys()) cancel(name);
    },
  };
}
