/** The messages that are known again (rule F8). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fnv1a32 } from "../../domain/hash/fnv.ts";
import { MAX_SEEN, SeenMessages } from "../../domain/visit/seen.ts";

const ids = (from: number, length: number) => Array.from({ length }, (_, index) => `message-${from + index}`);

test("F8: the newest 2,000 are known again, across the row they are stored in, and each batch whole", () => {
  const batches = fc.array(fc.array(fc.nat(400).map(String), { maxLength: 30 }), { maxLength: 30 });
  fc.assert(
    fc.property(batches, fc.integer({ min: 0, max: MAX_SEEN }), (told, before) => {
      let model = ids(0, before);
      let seen = new SeenMessages().with(model);
      for (const batch of told) {
        const fresh = [...new Set(batch)];
        model = [...model.filter((id) => !fresh.includes(id)), ...fresh].slice(-MAX_SEEN);
        seen = SeenMessages.from(seen.with(batch).bytes());
        expect(batch.every((id) => seen.has(id))).toBe(true);
      }
      expect(seen.bytes().byteLength).toBe(model.length * 8);
      expect(model.every((id) => seen.has(id))).toBe(true);
      expect(seen.has("never told")).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test("F8: what falls off is the oldest; a batch that is larger than the memory is known whole", () => {
  const full = new SeenMessages().with(ids(0, MAX_SEEN));
  const more = full.with(["new"]);
  expect([more.has("message-0"), more.has("message-1"), more.has("new")]).toEqual([false, true, true]);
  expect(full.has("message-0")).toBe(true);
  const huge = full.with(ids(10_000, MAX_SEEN + 500));
  expect(ids(10_000, MAX_SEEN + 500).every((id) => huge.has(id))).toBe(true);
  expect(huge.has("message-1999")).toBe(false);
});

test("F8: the row is the hashes in network order, as rows of older releases are", () => {
  const view = new DataView(new ArrayBuffer(16));
  for (const [index, id] of ["a", "b"].entries()) {
    view.setBigUint64(index * 8, (BigInt(fnv1a32(id)) << 32n) | BigInt(fnv1a32(`seen:${id}`)));
  }
  const seen = SeenMessages.from(new Uint8Array(view.buffer));
  expect([seen.has("a"), seen.has("b"), seen.has("c")]).toEqual([true, true, false]);
  expect(seen.bytes()).toEqual(new Uint8Array(view.buffer));
  expect(new SeenMessages().with(["a", "b"]).bytes()).toEqual(seen.bytes());
});
