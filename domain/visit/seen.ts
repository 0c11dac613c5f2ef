/**
 * The messages a visitor's object has taken: the last 2,000 ids as 64-bit hashes, in the order of their arrival.
 *
 * Shapes  `bytes()` and `SeenMessages.from` are each other's inverse: 8 bytes an id, its halves in network order.
 *         They are kept as they are stored: a beacon reads them once, writes them once, and asks after few.
 */
import { fnv1a32 } from "../hash/fnv.ts";

export const MAX_SEEN = 2_000;
const HASH_BYTES = 8;
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

export class SeenMessages {
  /** Two numbers an id, whatever the order in which this machine reads their bytes. */
  readonly #halves: Uint32Array<ArrayBuffer>;

  constructor(halves: Uint32Array<ArrayBuffer> = new Uint32Array()) {
    this.#halves = halves;
  }

  static from(bytes: Uint8Array): SeenMessages {
    const halves = new Uint32Array(2 * Math.floor(bytes.byteLength / HASH_BYTES));
    new Uint8Array(halves.buffer).set(bytes.subarray(0, halves.byteLength));
    return new SeenMessages(halves);
  }

  has(messageId: string): boolean {
    return contains(this.#halves, firstHalf(messageId), secondHalf(messageId));
  }

  /** With `messageIds` as the newest; the oldest fall off, but none of these: one batch is known again whole. */
  with(messageIds: readonly string[]): SeenMessages {
    const added = [...new Set(messageIds)].flatMap((id) => [firstHalf(id), secondHalf(id)]);
    const older = without(this.#halves, added);
    const room = Math.max(0, 2 * MAX_SEEN - added.length);
    const kept = older.length <= room ? older : older.subarray(older.length - room);
    const halves = new Uint32Array(kept.length + added.length);
    halves.set(kept);
    halves.set(added, kept.length);
    return new SeenMessages(halves);
  }

  /** What is stored; whoever changes it changes what was seen. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#halves.buffer);
  }
}

/** Two FNV-1a hashes from different seeds: 64 bits, enough for some thousands of ids. In the order of the store. */
function firstHalf(text: string): number {
  return stored(fnv1a32(text));
}

function secondHalf(text: string): number {
  return stored(fnv1a32(`seen:${text}`));
}

/** What this machine reads where the bytes of `half` stand in network order. */
function stored(half: number): number {
  if (!LITTLE_ENDIAN) return half;
  const swapped = (half << 24) | ((half & 0xff00) << 8) | ((half >>> 8) & 0xff00) | (half >>> 24);
  return swapped >>> 0;
}

/** `halves` less those of `gone`; itself where none is among them, as with every message that is new. */
function without(halves: Uint32Array<ArrayBuffer>, gone: readonly number[]): Uint32Array<ArrayBuffer> {
  if (!gone.some((first, at) => at % 2 === 0 && contains(halves, first, gone[at + 1] ?? 0))) return halves;
  const kept: number[] = [];
  for (let at = 0; at < halves.length; at += 2) {
    const [first, second] = [halves[at] ?? 0, halves[at + 1] ?? 0];
    if (!contains(gone, first, second)) kept.push(first, second);
  }
  return new Uint32Array(kept);
}

/** Two thousand comparisons of numbers cost less than an index that is built anew whenever the object wakes. */
function contains(halves: ArrayLike<number>, first: number, second: number): boolean {
  for (let at = 0; at < halves.length; at += 2) {
    if (halves[at] === first && halves[at + 1] === second) return true;
  }
  return false;
}
