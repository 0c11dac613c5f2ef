/** What a room's alarm says of what the room owes: a model of a room that is put out of memory at any moment. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { alarmAt, NOTHING_TOLD, untold } from "../../domain/chat/told.ts";
import { confirm, due, type Entry, nextRetryAt, put, sent } from "../../domain/history/outbox.ts";

const owed = (retryAt: number): Entry => ({ key: "desk", revision: 1, since: 0, attempts: 1, retryAt });

test("R-C33: an alarm stands at an odd moment where all is told, at an even one where something is not, and never early", () => {
  for (const at of [10_000, 10_001, 10_000.5]) {
    expect(alarmAt(at, true) % 2).toBe(1);
    expect(alarmAt(at, false) % 2).toBe(0);
    for (const allTold of [true, false]) {
      expect(alarmAt(at, allTold)).toBeGreaterThanOrEqual(at);
      expect(alarmAt(at, allTold)).toBeLessThan(at + 2);
    }
  }
});

test("R-C33: only an odd alarm speaks, and not of what is to be told again when it rings or later", () => {
  expect(untold([owed(500)], 901)).toEqual([]);
  expect(untold([owed(500)], 900)).toEqual([owed(500)]);
  expect(untold([owed(500)], NOTHING_TOLD)).toEqual([owed(500)]);
  expect(untold([owed(901)], 901)).toEqual([owed(901)]);
});

/** A room in little: what is stored, what its memory says, the alarm that stands, and what is truly confirmed. */
class Model {
  now = 1_000_000;
  stored: Entry[] = [];
  memory: Entry[] = [];
  alarm: number | null = null;
  revision = 0;
  readonly confirmed = new Map<string, number>();
  readonly newest = new Map<string, number>();

  owe(key: string): void {
    this.revision += 1;
    this.newest.set(key, this.revision);
    this.#write(sent(put(this.memory, key, this.revision, this.now), new Set([key]), this.now));
    this.wake([]);
  }

  /** Others take what is owed now; word of it may come while the room is in memory, or never. */
  take(key: string, isHeard: boolean): void {
    const entry = this.memory.find((each) => each.key === key);
    if (entry === undefined) return;
    this.confirmed.set(key, entry.revision);
    if (isHeard) this.memory = confirm(this.memory, [{ key, revision: entry.revision }]);
  }

  /** Set the alarm as the room does: an earlier one stays. */
  wake(moments: number[]): void {
    const retry = nextRetryAt(this.memory);
    const all = retry === null ? moments : [...moments, retry];
    if (all.length === 0) return;
    const at = alarmAt(Math.max(this.now + 50, Math.min(...all)), this.memory.length === 0);
    if (this.alarm === null || this.alarm > at) this.alarm = at;
  }

  /** Time passes; where the alarm rings, the object may have lost its memory before it or lose it within. */
  pass(ms: number, { isLost, next }: { isLost: boolean; next: number }): void {
    this.now += ms;
    if (this.alarm === null || this.alarm > this.now) return;
    const rangFor = this.alarm;
    if (isLost) this.memory = untold(this.stored, rangFor);
    this.alarm = null;
    const late = due(this.memory, this.now);
    if (late.length > 0) this.#write(sent(this.memory, new Set(late.map(({ key }) => key)), this.now));
    this.wake([this.now + next]);
  }

  evict(): void {
    this.memory = untold(this.stored, this.alarm ?? NOTHING_TOLD);
  }

  /** Everything that others do not have is still owed, and an alarm will say it again. */
  assertNothingLost(): void {
    for (const [key, revision] of this.newest) {
      if ((this.confirmed.get(key) ?? 0) >= revision) continue;
      const entry = this.memory.find((each) => each.key === key);
      expect(entry?.revision).toBe(revision);
      expect(this.alarm ?? Infinity).toBeLessThanOrEqual(Math.max(entry?.retryAt ?? 0, this.now + 50) + 1);
    }
  }

  #write(entries: Entry[]): void {
    this.memory = entries;
    this.stored = entries;
  }
}

test("R-C33: whatever is owed, confirmed, rung and forgotten in whatever order, nothing that others lack is taken for told", () => {
  const key = fc.constantFrom("desk", "visitor", "conversations:1");
  const step = fc.oneof(
    key.map((name) => (model: Model) => model.owe(name)),
    fc.tuple(key, fc.boolean()).map(
      ([name, isHeard]) =>
        (model: Model) =>
          model.take(name, isHeard),
    ),
    fc.tuple(fc.integer({ min: 0, max: 25_000 }), fc.boolean(), fc.integer({ min: 0, max: 900_000 })).map(
      ([ms, isLost, next]) =>
        (model: Model) =>
          model.pass(ms, { isLost, next }),
    ),
    fc.integer({ min: 0, max: 900_000 }).map((ms) => (model: Model) => model.wake([model.now + ms])),
    fc.constant((model: Model) => model.evict()),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model();
      for (const each of steps) {
        each(model);
        model.assertNothingLost();
      }
    }),
    { numRuns: 2_000 },
  );
});
