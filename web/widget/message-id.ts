/**
 * Ids for what the visitor sends: UUID version 7, so that they sort by the time they were made.
 *
 * Works without `crypto.randomUUID`, which browsers give only to secure pages.
 */

/** A new id from `now` (EpochMs) and 16 random bytes. Pure. */
export function uuidOf(now: number, random: Uint8Array): string {
  const time = now.toString(16).padStart(12, "0");
  const rest = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (8 + ((random[8] ?? 0) & 3)).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${rest.slice(1, 4)}`,
    variant + rest.slice(5, 8),
    rest.slice(8, 20),
  ].join("-");
}

export function newId(): string {
  return uuidOf(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
}
