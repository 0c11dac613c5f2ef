/** The rules of a conversation, whatever is posted, in whatever order, by whatever clock. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countFrame, EMPTY_METER, SOFT_REFUSALS } from "../../domain/chat/limits.ts";
import { CHUNK_BYTES, CHUNK_EVENTS, cutChunks, searchableText } from "../../domain/chat/log.ts";
import {
  closesAt,
  type Entry,
  note,
  post,
  rangePlan,
  render,
  resumePlan,
  type Room,
  utf8Bytes,
} from "../../domain/chat/room.ts";
import { type Author, FRAMES_PER_MINUTE, MAX_REPLAY, type MessageFrame } from "../../domain/chat/wire.ts";

const VISITOR: Author = { role: "visitor", id: "v", name: null };
const LEA: Author = { role: "agent", id: "usr_lea", name: "Léa" };

const step = fc.record({
  from: fc.constantFrom(VISITOR, LEA),
  clientId: fc.constantFrom("a", "b", "c", "d", "e"),
  kind: fc.constantFrom("text" as const, "note" as const, "card" as const, "file" as const),
  body: fc.oneof(fc.constantFrom("hello", "bonjour"), fc.string({ unit: "binary", maxLength: 40 })),
  now: fc.nat(1e12),
  closes: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A room that keeps its log as ChatRoom does. */
function play(steps: readonly Step[]) {
  let room: Room = { status: "new", head: 0, lastAt: 0 };
  const log: Entry[] = [];
  const sent = new Map<string, MessageFrame>();
  const answers = steps.map((each) => {
    const name = `${each.from.role}:${each.clientId}`;
    const answer = post(room, each, sent.get(name) ?? null, each.now);
    if (answer.ok && !answer.repeated) {
      room = answer.room;
      log.push(answer.entry);
      sent.set(name, answer.entry);
    }
    if (each.closes && log.length > 20 && room.status !== "closed") {
      const noted = note(room, "closed", { reason: "agent" }, each.now);
      room = { ...noted.room, status: "closed" };
      log.push(noted.entry);
    }
    return answer;
  });
  return { room, log, answers };
}

test("R-C1: seq counts 1, 2, 3… over messages and events, and at never falls, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { log, room } = play(steps);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted());
      expect(room.head).toBe(log.length);
    }),
  );
});

test("R-C2: a client id stands for one message for ever: the same again is answered alike, another body refused", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { answers } = play(steps);
      const first = new Map<string, MessageFrame>();
      for (const [index, answer] of answers.entries()) {
        const { from, clientId, body = "", kind } = steps[index] ?? { from: VISITOR, clientId: "" };
        const name = `${from.role}:${clientId}`;
        const known = first.get(name);
        if (answer.ok && !answer.repeated) {
          expect(known).toBeUndefined();
          first.set(name, answer.entry);
        } else if (known) {
          const same = known.body === body.toWellFormed() && known.kind === kind;
          expect(answer).toMatchObject(
            same ? { ok: true, repeated: true, entry: known } : { code: "conflict" },
          );
        }
      }
    }),
  );
});

test("R-C6: nothing new is stored after the conversation was closed", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      const { log } = play(steps);
      const closed = log.findIndex((entry) => entry.type === "event");
      expect(closed === -1 || closed === log.length - 1).toBe(true);
    }),
  );
});

test("R-C7: a visitor's log holds only text and files of visitors", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      for (const entry of play(steps).log) {
        if (entry.type === "message" && entry.from.role === "visitor")
          expect(["text", "file"]).toContain(entry.kind);
      }
    }),
  );
});

test("R-C5: what a visitor is shown has the same positions, and nothing of a note or of an event's internals", () => {
  const secret = "SECRET-SECRET";
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const noted = steps.map((each) => (each.kind === "note" ? { ...each, body: secret } : each));
      const { log, room } = play(noted);
      const moved = note(room, "transferred", { agent: LEA, note: secret, outcome: secret }, 0);
      const shown = [...log, moved.entry].map((entry) => render(entry, "visitor"));
      expect(shown.map(({ seq }) => seq)).toEqual(shown.map((_, index) => index + 1));
      expect(JSON.stringify(shown)).not.toContain(secret);
      expect([...log, moved.entry].map((entry) => render(entry, "agent"))).toEqual([...log, moved.entry]);
    }),
  );
});

test("R-C4: a reader is given everything after its position, or a reset; never a hole", () => {
  const position = fc.record({
    epoch: fc.constantFrom("this", "other", null),
    after: fc.nat(4_000),
    head: fc.nat(3_000),
  });
  fc.assert(
    fc.property(position, ({ epoch, after, head }) => {
      const plan = resumePlan({ epoch: "this", head }, { epoch, after });
      if (plan.kind === "replay") {
        expect(epoch === "this" || (epoch === null && after === 0)).toBe(true);
        expect(plan.from).toBe(after + 1);
        expect(after).toBeLessThanOrEqual(head);
      }
      expect(head - plan.from + 1).toBeLessThanOrEqual(MAX_REPLAY);
      expect(plan.from).toBeGreaterThanOrEqual(1);
      if (epoch === "this" && after <= head && head - after <= MAX_REPLAY) expect(plan.kind).toBe("replay");
    }),
  );
  expect(resumePlan({ epoch: "e", head: 1_000 }, { epoch: null, after: 0 }).kind).toBe("replay");
  expect(resumePlan({ epoch: "e", head: 1_001 }, { epoch: null, after: 0 })).toEqual({
    kind: "reset",
    from: 2,
  });
});

test("R-C4: a range is what exists of what was asked", () => {
  expect(rangePlan(10, { from: 3, to: 5 })).toEqual({ from: 3, to: 5 });
  expect(rangePlan(10, { from: 8, to: 99 })).toEqual({ from: 8, to: 10 });
  expect(rangePlan(9_999, { from: 1, to: 9_999 })).toEqual({ from: 1, to: MAX_REPLAY });
  expect(rangePlan(10, { from: 0, to: 5 })).toBeNull();
  expect(rangePlan(10, { from: 5, to: 4 })).toBeNull();
});

test("R-C8: sizes are counted as UTF-8 counts them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Bytes(text.toWellFormed())).toBe(Buffer.byteLength(text.toWellFormed()));
    }),
  );
});

test("R-C8: 120 frames in a minute pass, some more are refused softly, then the door; a minute later all is well", () => {
  let meter = EMPTY_METER;
  const verdicts: string[] = [];
  for (let count = 0; count < FRAMES_PER_MINUTE + SOFT_REFUSALS + 5; count++) {
    const counted = countFrame(meter, 1_000 + count);
    meter = counted.meter;
    verdicts.push(counted.verdict);
  }
  expect(verdicts.filter((verdict) => verdict === "accept")).toHaveLength(FRAMES_PER_MINUTE);
  expect(verdicts.indexOf("refuse")).toBe(FRAMES_PER_MINUTE);
  expect(verdicts.indexOf("close")).toBe(FRAMES_PER_MINUTE + SOFT_REFUSALS);
  expect(countFrame(meter, 61_000).verdict).toBe("accept");
});

test("R-C18: chunks cover the log without gap or overlap, fit a message, and keep their bounds as it grows", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(sizes, fc.nat(400), (bytes, cut) => {
      const events = bytes.map((size, index) => ({ seq: index + 1, bytes: size }));
      const chunks = cutChunks(events, 0);
      expect(chunks.map(({ chunk }) => chunk)).toEqual(chunks.map((_, index) => index));
      let next = 1;
      for (const { fromSeq, toSeq } of chunks) {
        expect(fromSeq).toBe(next);
        next = toSeq + 1;
        const within = events.slice(fromSeq - 1, toSeq);
        expect(within.length).toBeLessThanOrEqual(CHUNK_EVENTS);
        const total = within.reduce((sum, event) => sum + event.bytes, 0);
        expect(within.length === 1 || total <= CHUNK_BYTES).toBe(true);
      }
      expect(next).toBe(events.length + 1);
      const earlier = cutChunks(events.slice(0, cut), 0);
      expect(chunks.slice(0, Math.max(0, earlier.length - 1))).toEqual(earlier.slice(0, -1));
    }),
  );
});

test("R-C18: what is searched is what was said aloud, and fits its record", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { log } = play(steps);
      const said = log.filter(
        (entry): entry is MessageFrame => entry.type === "message" && entry.kind === "text",
      );
      expect(searchableText(log)).toBe(said.map(({ body }) => body).join("\n"));
    }),
  );
  const long = { type: "message" as const, at: "", from: VISITOR, kind: "text" as const, client_id: null };
  const entries = Array.from({ length: 30 }, (_, index) => ({
    ...long,
    seq: index + 1,
    body: "é".repeat(4_000),
  }));
  expect(utf8Bytes(searchableText(entries))).toBeLessThanOrEqual(60_000);
});

test("R-C24: a conversation closes its minutes after the visitor's last sign of life", () => {
  expect(closesAt(1_000, 15)).toBe(901_000);
});
