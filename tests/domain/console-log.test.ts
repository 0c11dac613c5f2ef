import fc from "fast-check";
import { expect, test } from "vitest";
import type { Author, EventFrame, MessageFrame } from "../../domain/chat/wire.ts";
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, waitBefore } from "../../web/console/live/back-off.ts";
import * as Logs from "../../web/console/model/log.ts";
import { layOut, pendingState, readUpTo } from "../../web/console/model/script.ts";

const T0 = Date.UTC(2026, 10, 22, 14, 30);
const at = (seconds: number): string => new Date(T0 + seconds * 1_000).toISOString();
const camille: Author = { role: "visitor", id: "vis_1", name: null };
const lea: Author = { role: "agent", id: "usr_lea", name: "Léa Martin" };
const hugo: Author = { role: "agent", id: "usr_hugo", name: "Hugo Petit" };

function said(seq: number, from: Author = camille, more: Partial<MessageFrame> = {}): MessageFrame {
  return { type: "message", seq, at: at(seq), from, kind: "text", body: `m${seq}`, client_id: null, ...more };
}
function happened(seq: number, name: string): EventFrame {
  return { type: "event", seq, at: at(seq), name };
}
function takeAll(entries: readonly Logs.LogEntry[], log = Logs.emptyLog()): Logs.Log {
  return entries.reduce((now, entry) => Logs.take(now, entry).log, log);
}
function waiting(clientId: string, body = "bonjour"): Logs.Pending {
  return { clientId, body, kind: "text", at: at(0), refused: null };
}
const seqs = (log: Logs.Log): number[] => log.entries.map((entry) => entry.seq);

test("R-D1: events in any order, tripled, end as 1, 2, 3 … each once, with nothing left over", () => {
  const orders = fc.integer({ min: 1, max: 40 }).chain((length) => {
    const all = Array.from({ length: length * 3 }, (_, index) => (index % length) + 1);
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
  fc.assert(
    fc.property(orders, (order) => {
      const log = takeAll(order.map((seq) => (seq % 5 === 0 ? happened(seq, "assigned") : said(seq))));
      const length = Math.max(...order);
      expect(seqs(log)).toEqual(Array.from({ length }, (_, index) => index + 1));
      expect(log.last).toBe(length);
      expect(log.early).toEqual([]);
    }),
  );
});

test("R-D1: at every step what is shown has no hole, and a hole is asked for by its exact bounds", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }), (order) => {
      let log = Logs.emptyLog();
      for (const seq of order) {
        const before = log.last;
        const step = Logs.take(log, said(seq));
        log = step.log;
        expect(seqs(log)).toEqual(seqs(log).map((_, index) => index + 1));
        if (step.ask !== null) expect(step.ask).toEqual({ from: before + 1, to: seq - 1 });
      }
    }),
  );
});

test("R-D1: a reset begins again where the room says and keeps what is not sent yet", () => {
  const before = Logs.write(takeAll([said(1), said(2)]), waiting("c1"));
  const after = Logs.restart(before, "epoch-2", 5);
  expect(takeAll([said(5), said(6)], after)).toMatchObject({ epoch: "epoch-2", last: 6 });
  expect(seqs(takeAll([said(5), said(6)], after))).toEqual([5, 6]);
  expect(after.pending.map((message) => message.clientId)).toEqual(["c1"]);
});

test("R-D2: acknowledged with or without an echo, in either order, a message is in the log once", () => {
  const written = Logs.write(takeAll([said(1)]), waiting("c1"));
  const echo = said(2, lea, { client_id: "c1", body: "bonjour", at: at(9) });
  const acked = Logs.acknowledge(written, "c1", 2, at(9), lea).log;
  for (const log of [
    acked,
    Logs.take(acked, echo).log,
    Logs.acknowledge(Logs.take(written, echo).log, "c1", 2, at(9), lea).log,
  ]) {
    expect(seqs(log)).toEqual([1, 2]);
    expect(log.pending).toEqual([]);
    expect(log.entries[1]).toMatchObject({ body: "bonjour", from: lea });
  }
});

test("R-D2: an acknowledgement ahead of what was said before it waits for that", () => {
  const written = Logs.write(takeAll([said(1)]), waiting("c1"));
  const { log, ask } = Logs.acknowledge(written, "c1", 3, at(9), lea);
  expect([seqs(log), ask]).toEqual([[1], { from: 2, to: 2 }]);
  expect(seqs(Logs.take(log, said(2)).log)).toEqual([1, 2, 3]);
});

test("R-D2: an acknowledgement of what was never written changes nothing", () => {
  const log = takeAll([said(1)]);
  expect(Logs.acknowledge(log, "unknown", 7, at(9), lea)).toEqual({ log, ask: null });
});

test("R-D3: a refused message stays, says so, and goes again only on request", () => {
  const refused = Logs.refuse(Logs.write(Logs.emptyLog(), waiting("c1")), "c1", "closed");
  expect(pendingState(refused.pending[0] ?? waiting(""), true)).toBe("refused");
  expect(pendingState(Logs.retry(refused, "c1").pending[0] ?? waiting(""), true)).toBe("sending");
  expect(pendingState(Logs.retry(refused, "c1").pending[0] ?? waiting(""), false)).toBe("waiting");
  expect(Logs.drop(refused, "c1").pending).toEqual([]);
});

test("R-D6: a run of one author is one speech; a minute, another author or a note begins the next", () => {
  const log = takeAll([
    happened(1, "assigned"),
    said(2, lea, { at: at(0) }),
    said(3, lea, { at: at(59) }),
    said(4, lea, { at: at(61) }),
    said(5, lea, { at: at(62), kind: "note" }),
    said(6, hugo, { at: at(63), kind: "note" }),
    said(7, camille, { at: at(64) }),
    happened(8, "hidden"),
    happened(9, "closed"),
  ]);
  const parts = layOut(log, () => "22 Nov");
  expect(
    parts.map((part) =>
      part.part === "speech"
        ? [part.from.id, part.note, part.lines.map((line) => line.seq)]
        : part.part === "entrance"
          ? part.event.name
          : part.part,
    ),
  ).toEqual([
    "assigned",
    ["usr_lea", false, [2, 3]],
    ["usr_lea", false, [4]],
    ["usr_lea", true, [5]],
    ["usr_hugo", true, [6]],
    ["vis_1", false, [7]],
    "closed",
  ]);
});

test("R-D6: where the date changes, the date stands", () => {
  const log = takeAll([said(1), said(2, camille, { at: at(86_400) })]);
  expect(layOut(log, (moment) => moment.slice(0, 10)).map((part) => part.part)).toEqual([
    "speech",
    "day",
    "speech",
  ]);
});

test("R-D6: the mark of reading stands under the last of one's words that was read", () => {
  const log = takeAll([said(1, lea), said(2, hugo), said(3, lea, { kind: "note" }), said(4, lea)]);
  expect(readUpTo(log, "usr_lea")).toBe(0);
  expect(readUpTo(Logs.markRead(log, "visitor", 3), "usr_lea")).toBe(1);
  const read = Logs.markRead(Logs.markRead(log, "visitor", 4), "visitor", 2);
  expect(readUpTo(read, "usr_lea")).toBe(4);
});

test("R-D7: the wait begins with the first unanswered word, notes do not end it, an answer does", () => {
  const asked = takeAll([said(1, lea), said(2), said(3)]);
  expect(Logs.waitingSince(takeAll([said(1, lea)]))).toBeNull();
  expect(Logs.waitingSince(asked)).toBe(at(2));
  expect(Logs.waitingSince(takeAll([said(4, hugo, { kind: "note" })], asked))).toBe(at(2));
  expect(Logs.waitingSince(Logs.write(asked, waiting("c1")))).toBeNull();
  expect(Logs.waitingSince(takeAll([said(4, lea)], asked))).toBeNull();
});

test("R-D7: unread is what the visitor said after the mark and nobody answered; the last words are not a note", () => {
  const log = takeAll([said(1), said(2, lea), said(3), said(4), said(5, lea, { kind: "note" })]);
  expect(Logs.unreadIn(log, 0, lea.id)).toBe(2);
  expect(Logs.unreadIn(log, 3, lea.id)).toBe(1);
  expect(Logs.unreadIn(log, 5, lea.id)).toBe(0);
  expect(Logs.lastSpoken(log)?.seq).toBe(4);
});

test("R-D15: what a colleague whispers is unread until it has been looked at; one's own notes are not", () => {
  const log = takeAll([said(1), said(2, hugo, { kind: "note" }), said(3, lea, { kind: "note" })]);
  expect(Logs.unreadIn(log, 0, lea.id)).toBe(2);
  expect(Logs.unreadIn(log, 1, lea.id)).toBe(1);
  expect(Logs.unreadIn(log, 2, lea.id)).toBe(0);
  expect(Logs.unreadIn(log, 1, hugo.id)).toBe(1);
});

test("R-D16: an own message stands at once as it was sent, and as the room keeps it once the room has shown it", () => {
  const sent = { ...waiting("c1"), kind: "file" as const, body: '{"id":"fil_1"}' };
  const kept = said(1, lea, { kind: "file", body: '{"id":"fil_1","name":"a.pdf"}', client_id: "c1" });
  const acked = Logs.acknowledge(Logs.write(Logs.emptyLog(), sent), "c1", 1, at(1), lea).log;
  expect(acked.entries).toMatchObject([{ seq: 1, body: sent.body }]);
  const shown = Logs.take(acked, kept).log;
  expect(shown.entries).toEqual([kept]);
  expect(Logs.take(shown, said(1, lea, { body: "another" })).log.entries).toEqual([kept]);
  const early = Logs.acknowledge(Logs.write(Logs.emptyLog(), sent), "c1", 2, at(1), lea).log;
  const filled = Logs.take(Logs.take(early, { ...kept, seq: 2 }).log, said(1)).log;
  expect(filled.entries.map((entry) => entry.seq)).toEqual([1, 2]);
  expect(filled.entries[1]).toMatchObject({ body: kept.body });
});

test("R-D8: waits grow, stay within their bounds, and two dice do not give one wait", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, dice) => {
        const wait = waitBefore(n, dice);
        expect(wait).toBeGreaterThanOrEqual(FIRST_WAIT_MS / 2);
        expect(wait).toBeLessThanOrEqual(LONGEST_WAIT_MS);
        expect(waitBefore(n + 1, dice)).toBeGreaterThanOrEqual(wait);
      },
    ),
  );
  expect(waitBefore(4, 0.1)).not.toBe(waitBefore(4, 0.9));
});
