/**
 * The values that the screen is drawn from. A change of any draws the widget anew, once for all changes of one turn:
 * it is small enough, and what is long keeps its drawing while its own values stay.
 */

export type Cell<T> = { value: T };

const drawers = new Set<() => void>();

/** Call `draw` after every change, until the answered function is called. */
export function onChange(draw: () => void): () => void {
  drawers.add(draw);
  return () => void drawers.delete(draw);
}

export function cell<T>(first: T): Cell<T> {
  let now = first;
  return {
    get value() {
      return now;
    },
    set value(next) {
      if (Object.is(next, now)) return;
      now = next;
      for (const draw of drawers) draw();
    },
  };
}

/** What `make` makes of `sources`, made anew only when one of them has changed. */
export function derived<S extends readonly unknown[], T>(
  sources: { [K in keyof S]: Cell<S[K]> },
  make: (...values: S) => T,
): { readonly value: T } {
  let known: S | null = null;
  let made: T;
  return {
    get value() {
      const values = sources.map((source) => source.value) as unknown as S;
      if (known === null || values.some((one, index) => !Object.is(one, known?.[index]))) {
        made = make(...values);
        known = values;
      }
      return made;
    },
  };
}
