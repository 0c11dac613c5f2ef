/**
 * What the screen is asked: a day, a target, and what to assume where nothing was measured; all of it in the address,
 * so that a link shows the same.
 */
export const ASSUMED = ["handle_seconds", "patience_seconds", "slowdown", "concurrency"] as const;
export type Assumed = (typeof ASSUMED)[number];
const KEPT = ["date", "service_level", "within_seconds", ...ASSUMED] as const;
export type AskedKey = (typeof KEPT)[number];
export type Asked = Partial<Record<AskedKey, string>>;

/** The keys of `query` that this screen knows, without empty ones. */
export function askedOf(query: Record<string, string>): Asked {
  return Object.fromEntries(
    KEPT.flatMap((key) => {
      const value = query[key] ?? "";
      return value === "" ? [] : [[key, value]];
    }),
  );
}

/** `asked` with `changes`; an empty or null one is left out. */
export function withChanges(asked: Asked, changes: Partial<Record<AskedKey, string | null>>): Asked {
  const merged: Record<string, string> = {};
  for (const key of KEPT) {
    const value = key in changes ? changes[key] : asked[key];
    if (value !== null && value !== undefined && value !== "") merged[key] = value;
  }
  return merged;
}

export function queryOf(asked: Asked): string {
  const query = new URLSearchParams(asked);
  return query.size === 0 ? "" : `?${query}`;
}

/** `date` so many days later: dates are counted in UTC, where every day is as long as another. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
