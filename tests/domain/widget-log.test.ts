import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EventFrame, MessageFrame, ServerFrame } from "../../domain/chat/wire.ts";
import { decode, PROTOCOL_VERSION, ServerFrame as Schema } from "../../domain/chat/wire.ts";
import { apply, askAgain, emptyLog, greet, HOLE_TRIES, reset } from "../../web/widget/conversation-log.ts";
import type { Log, LogEvent } from "../../web/widget/conversation-log.ts";
import { frameOf, readFrame } from "../../web/widget/frames.ts";
import { addressesIn } from "../../web/widget/links.ts";
import { SPOKEN_VERSION } from "../../web/widget/room-connection.ts";
import { rowsOf } from "../../web/widget/transcript-rows.ts";

const at = "2026-11-22T13:31:00.000Z";
const said = (
  seq: number,
  role: "visitor" | "agent" = "agent",
  client_id: string | null = null,
): MessageFrame => {
  const from = { role, id: role, name: role === "agent" ? "Léa" : null };
  return { type: "message", seq, at, from, kind: "text", body: `m${seq}`, client_id };
};
const happened = (seq: number, name: string, more: object = {}): EventFrame => {
  return { type: "event", seq, at, name, ...more };
};
const logUpTo = (last: number): Log => {
  return Array.from({ length: last }, (_, i) => said(i + 1)).reduce(
    (log, one) => apply(log, one).log,
    emptyLog,
  );
};
const welcome = (epoch: string, head: number) => {
  const conversation = { id: "cnv_1", status: "open" as const, created_at: at, agent: null };
  return { type: "welcome" as const, v: 1, epoch, head, conversation, participants: [] };
};

test("R-W1 P10: events in any order, tripled, end as 1, 2, 3 … each once", () => {
  const orders = fc.integer({ min: 1, max: 30 }).chain((length) => {
    const all = Array.from({ length }, (_, i) => i + 1);
    return fc.shuffledSubarray([...all, ...all, ...all], { minLength: length * 3, maxLength: length * 3 });
  });
  fc.assert(
    fc.property(orders, (order) => {
      const log = order.reduce((before, seq) => apply(before, said(seq)).log, emptyLog);
      const length = order.length / 3;
      expect(log.events.map((one) => one.seq)).toEqual(Array.from({ length }, (_, i) => i + 1));
      expect(log.held).toEqual([]);
      expect(log.last).toBe(length);
    }),
  );
});

test("R-W1 P8: a prefix is all that is ever shown, whatever is missing", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (order) => {
      const log = order.reduce<Log>((before, seq) => apply(before, said(seq)).log, emptyLog);
      expect(log.events.map((one) => one.seq)).toEqual(log.events.map((_, i) => i + 1));
    }),
  );
});

test("R-W2 P8: a hole is asked for once, again after a while, and then everything is fetched anew", () => {
  const first = apply(logUpTo(2), said(5));
  expect(first.ask).toEqual({ from: 3, to: 4 });
  expect(apply(first.log, said(6)).ask).toBeNull();

  let state = first;
  for (let tries = 1; tries < HOLE_TRIES; tries += 1) {
    state = askAgain(state.log);
    expect(state.ask).toEqual({ from: 3, to: 4 });
  }
  expect(askAgain(state.log)).toEqual({ log: emptyLog, ask: "resume" });
  expect(askAgain(logUpTo(3)).ask).toBeNull();
});

test("R-W2: a mended hole leaves nothing to ask, and the next one begins anew", () => {
  const { log } = apply(logUpTo(1), said(3));
  const mended = apply(log, said(2)).log;
  expect(mended).toMatchObject({ last: 3, held: [], tries: 0 });
  expect(apply(mended, said(6)).ask).toEqual({ from: 4, to: 5 });
});

test("R-W3: the same epoch goes on, another one or a server behind us begins anew", () => {
  const log = { ...logUpTo(4), epoch: "a" };
  expect(greet(log, welcome("a", 9)).last).toBe(4);
  expect(greet(log, welcome("b", 9))).toEqual({ ...emptyLog, epoch: "b" });
  expect(greet(log, welcome("a", 3))).toEqual({ ...emptyLog, epoch: "a" });
  expect(reset({ type: "reset", epoch: "c", head: 90, from: 51 })).toEqual({
    ...emptyLog,
    epoch: "c",
    last: 50,
  });
});

test("R-W4 P10 P12: the optimistic bubble is replaced by its echo, never doubled, and keeps its key", () => {
  const pending = { client_id: "c1", conversation: "cnv_1", body: "m2", at: 1, failed: null };
  const before = rowsOf([said(1)], [pending], 0);
  const after = rowsOf([said(1), said(2, "visitor", "c1")], [pending], 0);
  const bubbles = (rows: typeof before) => rows.flatMap((row) => (row.type === "run" ? row.bubbles : []));
  expect(bubbles(before).map(({ key, state }) => [key, state])).toEqual([
    ["s1", null],
    ["c1", "waiting"],
  ]);
  expect(bubbles(after).map(({ key, state }) => [key, state])).toEqual([
    ["s1", null],
    ["c1", "sent"],
  ]);
});

test("R-W4: read is what the agent's receipt covers; failed messages stand alone with their reason", () => {
  const failed = { client_id: "c9", conversation: "cnv_1", body: "x", at: 1, failed: "closed" as const };
  const rows = rowsOf(
    [said(1, "visitor", "c1"), said(2, "visitor", "c2")],
    [failed, { ...failed, client_id: "c10" }],
    1,
  );
  const states = rows.map((row) => (row.type === "run" ? row.bubbles.map((one) => one.state) : row.name));
  expect(states).toEqual([["read", "sent"], ["failed"], ["failed"]]);
});

test("R-W4: what an agent has answered is read, though a reload forgot the receipt", () => {
  const rows = rowsOf([said(1, "visitor", "c1"), said(2), said(3, "visitor", "c3")], [], 0);
  const states = rows.map((row) => (row.type === "run" ? row.bubbles.map((one) => one.state) : row.name));
  expect(states).toEqual([["read"], [null], ["sent"]]);
});

test("R-W5: notes and hidden events are nowhere; lines say who came and who closed", () => {
  const events: LogEvent[] = [
    happened(1, "assigned", { agent: { id: "a", name: "Léa" } }),
    { ...said(2), kind: "note" },
    happened(3, "hidden"),
    happened(4, "closed", { reason: "idle" }),
  ];
  expect(rowsOf(events, [], 0)).toMatchObject([
    { type: "line", name: "joined", who: "Léa" },
    { type: "line", name: "closed_idle" },
  ]);
});

const text = fc.string({ maxLength: 12 });
const seq = fc.nat(1_000);
const name = fc.option(text);
const author = fc.record({ role: fc.constantFrom("visitor", "agent", "bot", "system"), id: text, name });
const status = fc.constantFrom("queued", "open", "closed");
const person = fc.record({ id: text, name });
const frames = fc.oneof(
  fc.record({
    type: fc.constant("welcome"),
    v: fc.integer(),
    epoch: text,
    head: seq,
    conversation: fc.record({ id: text, status, created_at: text, agent: fc.option(person) }),
    participants: fc.array(author, { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant("reset"), epoch: text, head: seq, from: seq }),
  fc.record({ type: fc.constant("ack"), client_id: text, seq, at: text }),
  fc.record({
    type: fc.constant("message"),
    seq,
    at: text,
    from: author,
    kind: fc.constantFrom("text", "note", "card", "file"),
    body: text,
    client_id: name,
    html: fc.option(text, { nil: undefined }),
  }),
  fc.record({ type: fc.constant("event"), seq, at: text, name: text, more: fc.jsonValue() }),
  fc.record({ type: fc.constant("typing"), from: author, on: fc.boolean() }),
  fc.record({ type: fc.constant("read"), from: author, seq }),
  fc.record({
    type: fc.constant("state"),
    status,
    position: fc.option(fc.integer()),
    wait_seconds: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    head: fc.option(seq, { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("error"),
    code: fc.constantFrom("bad_frame", "closed", "conflict", "unavailable", "too_large"),
    message: text,
    client_id: name,
  }),
);

/** `frame` with one value somewhere in it replaced by `other`, or taken out. */
function spoil(frame: unknown, path: number[], other: unknown): unknown {
  if (typeof frame !== "object" || frame === null || path.length === 0) return other;
  const keys = Object.keys(frame);
  const key = keys[(path[0] ?? 0) % Math.max(1, keys.length)];
  if (key === undefined) return other;
  return { ...frame, [key]: spoil((frame as Record<string, unknown>)[key], path.slice(1), other) };
}

test("R-W6: the light reader accepts exactly what the wire's schema accepts", () => {
  const path = fc.array(fc.nat(20), { maxLength: 3 });
  fc.assert(
    fc.property(
      frames,
      path,
      fc.option(fc.jsonValue(), { nil: undefined }),
      fc.boolean(),
      (frame, way, other, whole) => {
        const wire = JSON.stringify(whole ? frame : spoil(frame, way, other)) ?? "";
        expect(readFrame(wire) !== null).toBe(decode(Schema, wire) !== null);
        if (whole) expect(readFrame(wire)).not.toBeNull();
      },
    ),
    { numRuns: 3_000 },
  );
  expect(SPOKEN_VERSION).toBe(PROTOCOL_VERSION);
});

test("R-W6: what is no frame is null", () => {
  const junk: unknown[] = [
    null,
    [],
    1,
    "x",
    {},
    { type: "toString" },
    { type: "__proto__" },
    { type: "ack" },
  ];
  for (const one of junk) expect(frameOf(one)).toBeNull();
  expect(readFrame("{")).toBeNull();
  const ack: ServerFrame = { type: "ack", client_id: "c", seq: 1, at };
  expect(readFrame(JSON.stringify(ack))).toEqual(ack);
});

test("R-W7: only http(s) addresses become links, and nothing of the text is lost", () => {
  expect(addressesIn("voir https://a.example/x?y=1. et javascript:alert(1)")).toEqual([
    { text: "voir ", href: null },
    { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
    { text: ". et javascript:alert(1)", href: null },
  ]);
  expect(addressesIn("**M** : [guide](https://a.example/g), [x](javascript:alert(1))")).toEqual([
    { text: "**M** : [guide](", href: null },
    { text: "https://a.example/g", href: "https://a.example/g" },
    { text: "), [x](javascript:alert(1))", href: null },
  ]);
  const address = fc.constantFrom(
    "https://a.example",
    "http://b.example/x?y=(1)",
    "https://",
    "https://.",
    "ftp://c.example",
    "**M**",
    "[guide](https://a.example/guide)",
    "[guide](javascript:alert(1))",
  );
  const words = fc.array(fc.oneof(address, text, fc.constant(" ")), { maxLength: 8 });
  fc.assert(
    fc.property(words, (parts) => {
      const found = addressesIn(parts.join(""));
      expect(found.map((part) => part.text).join("")).toBe(parts.join(""));
      for (const { text: said, href } of found) {
        if (href === null) continue;
        expect(href).toMatch(/^https?:/);
        expect(href).toBe(said);
      }
    }),
  );
});
