/** What was computed of a text, for texts that come again and again: user agents, above all. */

const MAX_TEXTS = 2_000;

/** `compute`, asked once for each text while the isolate remembers it; all are forgotten together when too many came. */
export function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, { value: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.value;
    if (known.size >= MAX_TEXTS) known.clear();
    const value = compute(text);
    known.set(text, { value });
    return value;
  };
}
