/** The pure parts of the protocol: the reader of frames, the limits, how far readers lag, and what clients do with a log. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readClientFrame } from "../../domain/chat/client-frames.ts";
import { mayAddFile, MAX_FILE_BYTES, MAX_FILES } from "../../domain/chat/file-quota.ts";
import {
  countFrame,
  EMPTY_FLOW,
  EMPTY_METER,
  mayReplay,
  NOT_TYPING,
  REPLAYED_BYTES_PER_MINUTE,
  replayed,
  typed,
  TYPING_EVERY_MS,
} from "../../domain/chat/limits.ts";
import { type Entry, render } from "../../domain/chat/room.ts";
import { isFace, silenced } from "../../domain/chat/speakers.ts";
import {
  afterCommand,
  afterMessage,
  afterSilence,
  newRoom,
  type RoomState,
  THINKS_AFTER_MS,
} from "../../domain/chat/state.ts";
import { MAX_LAG_EVENTS, MAX_LAG_MS, MAX_LAG_UNITS, Trail } from "../../domain/chat/trail.ts";
import {
  ClientFrame,
  CLOSE,
  decode,
  FRAMES_PER_MINUTE,
  PROTOCOL_VERSION,
  SPOKEN_VERSIONS,
} from "../../domain/chat/wire.ts";
import type { DeskCommand } from "../../domain/desk/report.ts";
import { afterClose, BASE_MS, CAP_HIDDEN_MS, CAP_VISIBLE_MS, delayMs } from "../../web/widget/back-off.ts";
import { apply, emptyLog, HOLE_TRIES, askAgain, type Log } from "../../web/widget/conversation-log.ts";
import { uuidOf } from "../../web/widget/message-id.ts";
import { add, next, type Outbox, refuse, settle } from "../../web/widget/outbox.ts";
import { OPENING } from "./room-opening.ts";

const LEA = { id: "usr_lea", name: "Léa" };
const HUGO = { id: "usr_hugo", name: "Hugo" };

function roomOf(more: Partial<RoomState> = {}): RoomState {
  return { ...newRoom(OPENING, "epoch", 0), ...more };
}

function command(more: Partial<DeskCommand>): DeskCommand {
  const none = { agent: null, from: null, note: null, reason: null, outcome: null };
  return { n: 1, conversation: "cnv_1", name: "assigned", at: 1, ...none, ...more };
}

test("P25: the room's reader of frames accepts exactly what the wire's schema accepts, as the same value", () => {
  const uuid = fc.oneof(fc.uuid(), fc.constantFrom("x", "", "00000000-0000-0000-0000-000000000000"));
  const number = fc.oneof(fc.nat(20), fc.integer(), fc.double(), fc.maxSafeInteger());
  const any = fc.oneof(fc.anything(), fc.constant(undefined));
  const field = <T>(usual: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: any });
  const frame = fc.record(
    {
      type: fc.constantFrom("hello", "message", "typing", "read", "range", "close", "nope", 7, null),
      v: field(fc.constantFrom(1, 2)),
      token: field(fc.oneof(fc.string(), fc.constantFrom("t".repeat(4_096), "t".repeat(4_097)))),
      epoch: field(fc.option(fc.constantFrom("", "e", "e".repeat(64), "e".repeat(65)))),
      after: field(number),
      acks: field(fc.boolean()),
      client_id: field(uuid),
      body: field(fc.string({ unit: "binary" })),
      kind: field(fc.constantFrom("text", "note", "card", "file", "bomb")),
      canned: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        {
          weight: 2,
          arbitrary: fc.record(
            {
              id: field(fc.constantFrom("can_1", "", "a b", "c".repeat(64), "c".repeat(65), "é")),
              edited: field(fc.boolean()),
              more: fc.nat(),
            },
            { requiredKeys: [] },
          ),
        },
        { weight: 1, arbitrary: any },
      ),
      on: field(fc.boolean()),
      seq: field(number),
      from: field(number),
      to: field(number),
    },
    { requiredKeys: ["type"] },
  );
  const text = fc.oneof(
    { weight: 8, arbitrary: frame.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  );
  let read = 0;
  fc.assert(
    fc.property(text, (wire) => {
      const value = readClientFrame(wire);
      expect(value).toEqual(decode(ClientFrame, wire));
      if (value !== null) read += 1;
    }),
    { numRuns: 1_500 },
  );
  expect(read).toBeGreaterThan(100);
  expect(readClientFrame('{"type":"close","__proto__":{"type":"hello"}}')).toEqual({ type: "close" });
}, 30_000);

test("P20: the frames of any window are counted, whatever the limit and the clock", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(200_000)), (most, moments) => {
      let meter = EMPTY_METER;
      let accepted = 0;
      for (const now of moments) {
        const since = meter.since;
        const counted = countFrame(meter, now, most);
        if (counted.meter.since !== since || counted.meter.frames === 1) accepted = 0;
        if (counted.verdict === "accept") accepted += 1;
        meter = counted.meter;
        expect(accepted).toBeLessThanOrEqual(most);
      }
    }),
  );
  expect(FRAMES_PER_MINUTE).toBe(120);
});

test("P20: what is replayed in a minute ends, and begins again a minute later", () => {
  let flow = EMPTY_FLOW;
  let sent = 0;
  while (mayReplay(flow, 1_000_000)) {
    flow = replayed(flow, 1_000_000, 1_000_000);
    sent += 1_000_000;
  }
  expect(sent).toBeLessThan(REPLAYED_BYTES_PER_MINUTE + 1_000_000);
  expect(mayReplay(flow, 1_059_999)).toBe(false);
  expect(mayReplay(flow, 1_060_000)).toBe(true);
});

test("P15: typing is told once in 3 s, its end once, and nothing twice", () => {
  const steps = fc.array(fc.record({ on: fc.boolean(), wait: fc.nat(5_000) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      let last = NOT_TYPING;
      let now = 1_000_000;
      let toldAt = 0;
      let shown = false;
      for (const { on, wait } of all) {
        now += wait;
        const told = typed(last, on, now);
        if (told === null) continue;
        if (on) expect(now - toldAt).toBeGreaterThanOrEqual(TYPING_EVERY_MS);
        else expect(shown).toBe(true);
        if (on) toldAt = now;
        shown = on;
        last = told;
      }
    }),
  );
});

test("P18: a reader is too far behind by events, by size or by time, as if each event were counted", () => {
  const event = fc.record({ size: fc.integer({ min: 1, max: 9_000 }), wait: fc.nat(1_000) });
  const run = fc.record({
    first: fc.integer({ min: 1, max: 5_000 }),
    events: fc.array(event, { minLength: 1, maxLength: 700 }),
    lag: fc.nat(700),
    later: fc.nat(90_000),
  });
  fc.assert(
    fc.property(run, ({ first, events, lag, later }) => {
      const trail = new Trail();
      let now = 1_000_000;
      const sent = events.map(({ size, wait }, index) => {
        now += wait;
        trail.passed(first + index, size, now);
        return { size, at: now };
      });
      const head = first + events.length - 1;
      const behind = sent.slice(Math.max(0, events.length - lag));
      const size = behind.reduce((sum, each) => sum + each.size, 0);
      const oldest = behind[0]?.at ?? now + later;
      const isTooFar =
        behind.length > MAX_LAG_EVENTS || size > MAX_LAG_UNITS || now + later - oldest > MAX_LAG_MS;
      expect(trail.isTooFar(head - lag, now + later)).toBe(isTooFar);
    }),
    { numRuns: 300 },
  );
});

test("P18: what was said before a room was put out of memory is held against nobody", () => {
  const trail = new Trail();
  expect(trail.isTooFar(0, 5)).toBe(false);
  trail.passed(9_000, 100, 10);
  expect(trail.isTooFar(0, 20)).toBe(false);
  expect(trail.isTooFar(0, 10 + MAX_LAG_MS + 1)).toBe(true);
});

test("P23: a room speaks its own version and at most the one before", () => {
  expect(SPOKEN_VERSIONS).toContain(PROTOCOL_VERSION);
  for (const version of SPOKEN_VERSIONS) {
    expect(version).toBeLessThanOrEqual(PROTOCOL_VERSION);
    expect(version).toBeGreaterThanOrEqual(Math.max(1, PROTOCOL_VERSION - 1));
  }
  expect(SPOKEN_VERSIONS).toHaveLength(Math.min(2, PROTOCOL_VERSION));
});

test("P22: every close code of ours says what it means: come back, authenticate, or give up", () => {
  const { helloMissing, unauthorized, revoked, version, tooLarge, gone, ...passing } = CLOSE;
  for (const code of Object.values(passing)) expect(Math.floor(code / 100)).toBe(40);
  for (const code of [helloMissing, unauthorized, revoked]) expect(Math.floor(code / 100)).toBe(41);
  for (const code of [version, tooLarge, gone]) expect(code).toBeGreaterThanOrEqual(4200);
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...Object.values(CLOSE)), fc.integer({ min: 1000, max: 4999 })),
      (code) => {
        const asked = afterClose(code);
        expect(asked === "authenticate").toBe(code >= 4100 && code < 4200);
        expect(asked === "final").toBe(code >= 4200);
      },
    ),
  );
});

test("P21: a client comes back after anything between nothing and a ceiling that doubles", () => {
  const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(40), fc.boolean(), dice, (attempt, visible, random) => {
      const ceiling = Math.min(visible ? CAP_VISIBLE_MS : CAP_HIDDEN_MS, BASE_MS * 2 ** attempt);
      expect(delayMs(attempt, visible, random)).toBeLessThanOrEqual(ceiling);
      expect(delayMs(attempt, visible, 0)).toBe(0);
      expect(delayMs(attempt, visible, 0.999_999)).toBeGreaterThan(ceiling * 0.99);
    }),
  );
  expect([CAP_VISIBLE_MS, CAP_HIDDEN_MS, BASE_MS]).toEqual([30_000, 300_000, 1_000]);
});

const said = (seq: number): Entry => ({ type: "event", seq, at: "", name: "hidden" });

test("P8 P10: events that come late, twice or in any order are shown once, in order; a hole is asked for twice", () => {
  const order = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 120 });
  fc.assert(
    fc.property(order, (seqs) => {
      let log: Log = { ...emptyLog, epoch: "e" };
      const come = new Set<number>();
      for (const seq of seqs) {
        come.add(seq);
        const { log: after, ask } = apply(log, said(seq));
        log = after;
        if (ask !== null && ask !== "resume") expect(ask.from).toBe(log.last + 1);
        const whole = [...Array(31).keys()].slice(1).findIndex((each) => !come.has(each));
        expect(log.events.map((event) => event.seq)).toEqual(
          [...Array(whole < 0 ? 30 : whole).keys()].map((n) => n + 1),
        );
      }
    }),
  );
  let { log, ask } = apply({ ...emptyLog, epoch: "e" }, said(3));
  for (let tries = 1; tries < HOLE_TRIES; tries += 1) ({ log, ask } = askAgain(log));
  expect(ask).toEqual({ from: 1, to: 2 });
  expect(askAgain(log)).toEqual({ log: emptyLog, ask: "resume" });
});

test("P11: whatever is acknowledged, refused or lost on the way, messages leave in order, one at a time", () => {
  const steps = fc.array(fc.constantFrom("add", "ack", "unavailable" as const), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      let outbox: Outbox = [];
      let made = 0;
      const sent: string[] = [];
      for (const step of all) {
        if (step === "add") {
          made += 1;
          outbox = add(outbox, { client_id: `${made}`, conversation: "c", body: "", at: made, failed: null });
        }
        const turn = next(outbox);
        if (turn === null) continue;
        if (step === "ack") sent.push(turn.client_id);
        outbox = step === "ack" ? settle(outbox, turn.client_id) : outbox;
        if (step === "unavailable") outbox = refuse(outbox, turn.client_id, step);
        if (step === "unavailable") expect(next(outbox)?.client_id).toBe(turn.client_id);
      }
      expect(sent).toEqual(sent.map((_, index) => `${index + 1}`));
    }),
  );
});

test("P1: ids are UUIDs of version 7 that the wire accepts and that sort by their moment", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, fc.nat(2 ** 40), fc.nat(2 ** 40), (random, one, other) => {
      const id = uuidOf(one, random);
      expect(readClientFrame(JSON.stringify({ type: "message", client_id: id, body: "x" }))).not.toBeNull();
      expect(id[14]).toBe("7");
      if (one < other) expect(id < uuidOf(other, random)).toBe(true);
    }),
  );
});

test("R-C26: only the agent, supervisors, colleagues who were asked and the first to answer speak to the visitor", () => {
  const lea = { role: "agent" as const, id: LEA.id };
  const hugo = { role: "agent" as const, id: HUGO.id };
  const visitor = { role: "visitor" as const, id: "v" };
  const free = roomOf({ status: "queued" });
  const hers = roomOf({ status: "open", agent: LEA, agents: [LEA] });
  for (const kind of ["text", "card", "file"] as const) {
    expect(silenced(free, hugo, kind)).toBeNull();
    expect(silenced(hers, lea, kind)).toBeNull();
    expect(silenced(hers, visitor, kind)).toBeNull();
    expect(silenced(hers, hugo, kind)).toMatchObject({ ok: false, code: "forbidden" });
    expect(silenced(hers, { ...hugo, supervisor: true }, kind)).toBeNull();
    const asked = afterCommand(hers, command({ name: "consulted", agent: HUGO, from: LEA }), 2).room;
    expect(silenced(asked, hugo, kind)).toBeNull();
    const moved = afterCommand(
      asked,
      command({ n: 2, name: "transferred", agent: { id: "z", name: null } }),
      3,
    );
    expect(silenced(moved.room, hugo, kind)).not.toBeNull();
  }
  expect(silenced(hers, hugo, "note")).toBeNull();
});

test("R-C27: the visitor is not shown what somebody who only looks on reads and types", () => {
  const hers = roomOf({ status: "open", agent: LEA, agents: [LEA] });
  expect(isFace(hers, { role: "agent", id: LEA.id })).toBe(true);
  expect(isFace(hers, { role: "visitor", id: "v" })).toBe(true);
  expect(isFace(hers, { role: "agent", id: HUGO.id })).toBe(false);
  expect(isFace(roomOf(), { role: "agent", id: HUGO.id })).toBe(true);
  const spoke = afterMessage(hers, { role: "agent", ...HUGO }, { kind: "text", enters: false }, 5);
  expect(isFace(spoke, { role: "agent", id: HUGO.id })).toBe(true);
});

test("R-C28: files are counted, weighed, and taken only from those who are part of a conversation that is open", () => {
  const open = roomOf({ status: "open" });
  const visitor = { role: "visitor" as const, id: "v" };
  expect(mayAddFile(open, visitor, { bytes: MAX_FILE_BYTES, before: MAX_FILES - 1 })).toBeNull();
  expect(mayAddFile(open, visitor, { bytes: MAX_FILE_BYTES + 1, before: 0 })?.code).toBe("too_large");
  expect(mayAddFile(open, visitor, { bytes: 1, before: MAX_FILES })?.code).toBe("rate_limited");
  expect(mayAddFile(open, { role: "visitor", id: "w" }, { bytes: 1, before: 0 })?.code).toBe("forbidden");
  expect(mayAddFile(roomOf({ status: "closed" }), visitor, { bytes: 1, before: 0 })?.code).toBe("closed");
});

test("R-C29: the desk hears of a silence of 60 s after an answer, and of the next word; of nothing else", () => {
  const asked = roomOf({ status: "open", agent: LEA, agents: [LEA], answered: true, queuedAt: 0 });
  const answer = { by: "agent" as const, at: 1_000 };
  const early = 1_000 + THINKS_AFTER_MS - 1;
  expect(afterSilence(asked, answer, early)).toBe(asked);
  expect(afterSilence(asked, { ...answer, by: "visitor" }, early + 1)).toBe(asked);
  const thinks = afterSilence(asked, answer, early + 1);
  expect(thinks).toMatchObject({ turn: "visitor", deskRevision: asked.deskRevision + 1 });
  expect(afterSilence(thinks, answer, early + 9)).toBe(thinks);
  const speaks = afterMessage(
    thinks,
    { role: "visitor", id: "v", name: null },
    { kind: "text", enters: false },
    early + 20,
  );
  expect(speaks).toMatchObject({ turn: "agent", deskRevision: thinks.deskRevision + 1 });
  expect(
    afterMessage(asked, { role: "visitor", id: "v", name: null }, { kind: "text", enters: false }, 5),
  ).toBe(asked);
});

test("R-C30: what supervisors and codes leave in the log is whole for agents and a trace for visitors", () => {
  const hers = roomOf({ status: "open", agent: LEA, agents: [LEA], queuedAt: 0 });
  const shown = (name: Partial<DeskCommand>, room = hers) => {
    const { event, room: after } = afterCommand(room, command({ note: "SECRET", ...name }), 9);
    if (event === null) throw new Error("no event");
    const entry: Entry = { ...event.fields, type: "event", seq: 1, at: "", name: event.name };
    expect(render(entry, "agent")).toEqual(entry);
    const seen = render(entry, "visitor");
    expect(JSON.stringify(seen)).not.toContain("SECRET");
    return { after, entry, seen };
  };
  const taken = shown({ name: "taken_over", agent: HUGO, from: LEA });
  expect(taken.after).toMatchObject({ agent: HUGO, agents: [LEA, HUGO] });
  expect(taken.entry).toMatchObject({ name: "taken_over", note: "SECRET" });
  expect(taken.seen).toMatchObject({ name: "transferred", from: LEA, agent: HUGO });

  const ended = shown({ name: "closed", from: HUGO });
  expect(ended.after).toMatchObject({ status: "closed", closeReason: "agent" });
  expect(ended.entry).toMatchObject({ name: "closed", by: HUGO });
  expect(ended.seen).toEqual({ type: "event", seq: 1, at: "", name: "closed", reason: "agent", survey: [] });

  expect(shown({ name: "consulted", agent: HUGO, from: LEA }).seen).toEqual(said(1));
  for (const name of ["held", "resumed"] as const) {
    const paused = shown({ name, agent: LEA });
    expect(paused.entry).toMatchObject({ name, agent: LEA });
    expect(paused.seen).toEqual(said(1));
  }
  const done = shown({ name: "wrapped_up", outcome: "sold", codes: ["size", "gift"] });
  expect(done.after).toMatchObject({
    status: "closed",
    outcome: "sold",
    codes: ["size", "gift"],
    wrapUpNote: "SECRET",
  });
  expect(done.entry).toMatchObject({ name: "closed", codes: ["size", "gift"] });
  expect(Object.keys(done.seen).toSorted()).toEqual(["at", "name", "reason", "seq", "survey", "type"]);
  const later = shown({ n: 2, name: "wrapped_up", outcome: "sold", codes: ["gift"] }, ended.after);
  expect(later.entry).toMatchObject({ name: "wrapped_up", codes: ["gift"] });
  expect(later.seen).toEqual(said(1));
});
