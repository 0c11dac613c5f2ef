/**
 * The messages a visitor's object has taken: the last 2,000 ids as 64-bit hashes, in the order of their arrival.
 *
 * Shapes  `bytes()` and `SeenMessages.from` are each other's inverse: 8 bytes an id.
 */
import { fnv1a32 } from "../hash/fnv.ts";

export const MAX_SEEN = 2_000;

export class SeenMessages {
  readonly #hashes: Set<string>;

  constructor(hashes: Iterable<string> = []) {
    this.#hashes = new Set(hashes);
  }

  has(messageId: string): boolean {
    return this.#hashes.has(hash64(messageId));
  }

  /** With `messageIds` added; the oldest fall off, but none of these: one batch is known again whole. */
  with(messageIds: readonly string[]): SeenMessages {
    const most = Math.max(MAX_SEEN, messageIds.length);
    return new SeenMessages([...this.#hashes, ...messageIds.map(hash64)].slice(-most));
  }

  bytes(): Uint8Array {
    const hashes = [...this.#hashes];
    const bytes = new Uint8Array(hashes.length * 8);
    const view = new DataView(bytes.buffer);
    hashes.forEach((hash, index) => view.setBigUint64(index * 8, BigInt(`0x${hash}`)));
    return bytes;
  }

  static from(bytes: Uint8Array): SeenMessages {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const hashes: string[] = [];
    for (let offset = 0; offset + 8 <= bytes.byteLength; offset += 8) {
      hashes.push(view.getBigUint64(offset).toString(16).padStart(16, "0"));
    }
    return new SeenMessages(hashes);
  }
}

/** Two FNV-1a hashes from different seeds: 64 bits, enough for some thousands of ids. */
function hash64(text: string): string {
  const half = (seed: string) =>
    fnv1a32(seed + text)
      .toString(16)
      .padStart(8, "0");
  return half("") + half("seen:");
}
