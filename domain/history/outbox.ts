/**
 * The outbox of an object: what it must still see written to D1, and when to send it again.
 *
 * The object keeps the entries in its own storage, in the same transaction as the fact; an entry leaves
 * only when the consumer has confirmed its revision, not when the queue took it.
 *
 * Shapes  one `Entry` a record key: a newer revision replaces the older one, and only the newest is sent.
 * Units   `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import type { Confirmation } from "./records.ts";

export const FIRST_RETRY_MS = 10_000;
export const MAX_RETRY_MS = 30 * 60_000;

export type Entry = { key: string; revision: number; since: EpochMs; attempts: number; retryAt: EpochMs };

/** `entries` with `key` waiting at `revision`: due at once, again `FIRST_RETRY_MS` after it was sent. */
export function put(entries: readonly Entry[], key: string, revision: number, now: EpochMs): Entry[] {
  const before = entries.find((entry) => entry.key === key);
  const entry = { key, revision, since: before?.since ?? now, attempts: 0, retryAt: now };
  return [...entries.filter((other) => other.key !== key), entry];
}

/** The entries whose moment has come, oldest first. */
export function due(entries: readonly Entry[], now: EpochMs): Entry[] {
  return entries.filter((entry) => entry.retryAt <= now).toSorted((a, b) => a.since - b.since);
}

/** `entries` after those of `keys` were handed to the queue: each waits twice as long as before. */
export function sent(entries: readonly Entry[], keys: ReadonlySet<string>, now: EpochMs): Entry[] {
  return entries.map((entry) => {
    if (!keys.has(entry.key)) return entry;
    const wait = Math.min(FIRST_RETRY_MS * 2 ** entry.attempts, MAX_RETRY_MS);
    return { ...entry, attempts: entry.attempts + 1, retryAt: now + wait };
  });
}

/** `entries` without those that D1 holds at least at the confirmed revision. */
export function confirm(entries: readonly Entry[], confirmed: readonly Confirmation[]): Entry[] {
  const held = new Map(confirmed.map(({ key, revision }) => [key, revision]));
  return entries.filter((entry) => entry.revision > (held.get(entry.key) ?? 0));
}

/** When the alarm must look again, or null where nothing waits. */
export function nextRetryAt(entries: readonly Entry[]): EpochMs | null {
  return entries.length === 0 ? null : Math.min(...entries.map((entry) => entry.retryAt));
}
