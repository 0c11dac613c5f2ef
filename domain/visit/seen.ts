/**
 * The messages a visitor's object has taken: the last 2,000 ids as 64-bit hashes, in the order of their arrival.
 *
 * Shapes  `bytes()` and `SeenMessages.from` are each other's inverse: 8 bytes an id, its halves in network order.
 *         They are kept as they are stored: a beacon reads them once, writes them once, and asks after few.
 */
import { fnv1a32 } from "../hash/fnv.ts";

export const MAX_SEEN = 2_000;
const HASH_BYTES = 8;

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
    return contains(this.#halves, hashOf(messageId));
  }

  /** With `messageIds` as the newest; the oldest fall off, but none of these: one batch is known again whole. */
  with(messageIds: readonly string[]): SeenMessages {
    const added = joined([...new Set(messageIds)].map(hashOf));
    const older = without(this.#halves, added);
    const room = Math.max(0, 2 * MAX_SEEN - added.length);
    const kept = older.subarray(Math.max(0, older.length - room));
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
function hashOf(text: string): Uint32Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(HASH_BYTES));
  view.setUint32(0, fnv1a32(text));
  view.setUint32(4, fnv1a32(`seen:${text}`));
  return new Uint32Array(view.buffer);
}

function joined(hashes: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const halves = new Uint32Array(2 * hashes.length);
  hashes.forEach((hash, index) => halves.set(hash, 2 * index));
  return halves;
}

/** `halves` less those of `gone`; itself where none is among them, as with every message that is new. */
function without(halves: Uint32Array<ArrayBuffer>, gone: Uint32Array): Uint32Array<ArrayBuffer> {
  if (!pairsOf(gone).some((hash) => contains(halves, hash))) return halves;
  return joined(pairsOf(halves).filter((hash) => !contains(gone, hash)));
}

function pairsOf(halves: Uint32Array): Uint32Array[] {
  return Array.from({ length: halves.length / 2 }, (_, index) => halves.subarray(2 * index, 2 * index + 2));
}

/** Two thousand comparisons of numbers cost less than an index that is built anew whenever the object wakes. */
function contains(halves: Uint32Array, hash: Uint32Array): boolean {
  const [first, second] = hash;
  for (let at = 0; at < halves.length; at += 2) {
    if (halves[at] === first && halves[at + 1] === second) return true;
  }
  return false;
}
