/**
 * The checker of the fault experiments is worth what it finds: a right history passes, whatever its seed, and each
 * planted fault is found and named.
 */
import { expect, test } from "vitest";
import { type Case, type Finding, judge } from "../../faults/checker.ts";
import type { Fact, FinalLog, LogFrame } from "../../faults/history.ts";
import { mulberry } from "../mulberry.ts";

const EPOCH = "epoch-1";
const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

/** A room that keeps every promise: two clients talk, connections break, one reader is away for a while. */
function rightRoom(seed: number): Case & { facts: Fact[]; agent: FinalLog & { events: LogFrame[] } } {
  const roll = mulberry(seed);
  const facts: Fact[] = [];
  const events: LogFrame[] = [];
  const positions = new Map<string, number>();
  let at = 0;
  const note = (fact: Record<string, unknown>) =>
    void facts.push({ ...fact, at: (at += 1) } as unknown as Fact);
  const join = (client: string) => {
    const after = positions.get(client);
    note({ client, what: "hello", epoch: after === undefined ? null : EPOCH, after: after ?? 0 });
    note({ client, what: "welcome", epoch: EPOCH, head: events.length });
    positions.set(client, after ?? 0);
    show();
  };
  const show = () => {
    for (const [client, last] of positions) {
      for (const event of events.slice(last)) {
        note({ client, what: "saw", seq: event.seq, text: JSON.stringify(event) });
      }
      positions.set(client, events.length);
    }
  };
  join("visitor");
  join("agent");
  for (let count = 0; count < 20; count += 1) {
    const client = roll() < 0.5 ? "visitor" : "agent";
    const call = `${client}-${count}`;
    const body = `words ${count}`;
    note({ client, what: "invoke", sender: client, call, kind: "text", body });
    const outcome = roll();
    if (outcome < 0.1) {
      note({ client, what: "fail", call, code: "closed" });
      continue;
    }
    if (outcome < 0.2) {
      // Cut before it was stored, and never said again: nobody knows, and it may be missing.
      note({ client, what: "info", call });
      continue;
    }
    const seq = events.length + 1;
    events.push(messageAt(seq, { call, body, from: client }));
    if (outcome < 0.4) {
      // Stored, and cut before the answer: the client comes back and says it again.
      note({ client, what: "info", call });
      const away = positions.get(client) ?? 0;
      positions.delete(client);
      show();
      positions.set(client, away);
      join(client);
      note({ client, what: "invoke", sender: client, call, kind: "text", body });
    }
    note({ client, what: "ok", call, seq });
    show();
  }
  join("a reader who was never here");
  const agent = { epoch: EPOCH, head: events.length, events };
  return { facts, agent, complete: ["visitor", "agent"] };
}

function messageAt(seq: number, said: { call: string; body: string; from: string }): LogFrame {
  const from = { role: "agent" as const, id: said.from, name: null };
  const at = new Date(seq * 1_000).toISOString();
  return { type: "message", seq, at, from, kind: "text", body: said.body, client_id: said.call };
}

function kindsOf(room: Case): Set<Finding["kind"]> {
  return new Set(judge(room).map(({ kind }) => kind));
}

/** The log with `change` made to its events and numbered anew. */
function altered(room: ReturnType<typeof rightRoom>, change: (events: LogFrame[]) => LogFrame[]): Case {
  const events = change([...room.agent.events]).map((event, index) => ({ ...event, seq: index + 1 }));
  return { ...room, agent: { ...room.agent, head: events.length, events } };
}

/** A message of the log that was acknowledged; every room has one. */
function acknowledged(room: ReturnType<typeof rightRoom>): { index: number; call: string } {
  const ok = room.facts.find((fact) => fact.what === "ok");
  if (ok?.what !== "ok") throw new Error("no message was acknowledged");
  return { index: ok.seq - 1, call: ok.call };
}

test("X1: the checker finds nothing in histories that keep every promise", () => {
  for (const seed of SEEDS) expect({ seed, found: judge(rightRoom(seed)) }).toEqual({ seed, found: [] });
});

test("X1: the checker finds an acknowledged message that the log lost", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const { index, call } = acknowledged(room);
    const lost = altered(room, (events) => events.toSpliced(index, 1));
    expect(judge(lost)).toContainEqual(
      expect.objectContaining({ kind: "lost", what: expect.stringContaining(call) as string }),
    );
  }
});

test("X1: the checker finds a message that the log has twice", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const { index } = acknowledged(room);
    const doubled = altered(room, (events) => events.toSpliced(index, 0, events[index] as LogFrame));
    expect(kindsOf(doubled)).toContain("doubled");
  }
});

test("X1: the checker finds two messages of one sender in the wrong order", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const [first, second] = room.facts.flatMap((fact) =>
      fact.what === "ok" && fact.client === "visitor" ? [fact.seq - 1] : [],
    );
    if (first === undefined || second === undefined) continue; // this visitor said too little
    const swapped = altered(room, (events) => {
      const [early, late] = [events[first] as LogFrame, events[second] as LogFrame];
      return events.with(first, late).with(second, early);
    });
    expect(kindsOf(swapped)).toContain("reordered");
  }
});

test("X1: the checker finds other words than were said, in the log and on one screen", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const { index, call } = acknowledged(room);
    const changed = altered(room, (events) =>
      events.with(index, messageAt(index + 1, { call, body: "other words", from: "visitor" })),
    );
    expect(kindsOf(changed)).toContain("changed");

    const facts = room.facts.map((fact) =>
      fact.what === "saw" && fact.client === "agent" && fact.seq === index + 1
        ? { ...fact, text: fact.text.replace("words", "word") }
        : fact,
    );
    expect(kindsOf({ ...room, facts })).toContain("split");
  }
});

test("X1: the checker finds one seq given to two messages, and two given to one", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const oks = room.facts.filter((fact) => fact.what === "ok");
    const [first, second] = oks;
    if (first === undefined || second === undefined) throw new Error("too few acknowledgements");
    const shared = room.facts.map((fact) => (fact === second ? { ...second, seq: first.seq } : fact));
    expect(kindsOf({ ...room, facts: shared })).toContain("seq_twice");
    const again = [...room.facts, { ...first, seq: first.seq + 1 }];
    expect(kindsOf({ ...room, facts: again })).toContain("seq_twice");
    const events = room.agent.events.with(1, { ...(room.agent.events[1] as LogFrame), seq: 1 });
    expect(kindsOf({ ...room, agent: { ...room.agent, events } })).toContain("seq_twice");
  }
});

test("X1: the checker finds a silent hole, an event shown twice and a reader who never got to the end", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const shown = room.facts.filter((fact) => fact.what === "saw" && fact.client === "agent");
    const middle = shown.at(-2);
    const last = shown.at(-1);
    if (middle === undefined || last === undefined) throw new Error("too few events");
    expect(kindsOf({ ...room, facts: room.facts.filter((fact) => fact !== middle) })).toContain("hole");
    const twice = room.facts.flatMap((fact) => (fact === middle ? [fact, fact] : [fact]));
    expect(kindsOf({ ...room, facts: twice })).toContain("repeated");
    const cut = room.facts.filter((fact) => fact.client !== "agent" || fact.what !== "saw" || fact.seq < 3);
    expect(kindsOf({ ...room, facts: cut })).toContain("behind");
  }
});

test("X1: the checker finds what nobody said and what was refused and stored all the same", () => {
  for (const seed of SEEDS) {
    const room = rightRoom(seed);
    const invented = altered(room, (events) => [
      ...events,
      messageAt(99, { call: "nobody's", body: "boo", from: "visitor" }),
    ]);
    expect(kindsOf(invented)).toContain("invented");
    const { call } = acknowledged(room);
    const facts = room.facts.map((fact) =>
      fact.what === "ok" && fact.call === call
        ? { client: fact.client, at: fact.at, what: "fail" as const, call, code: "closed" }
        : fact,
    );
    expect(kindsOf({ ...room, facts })).toContain("invented");
  }
});

test("X6: the checker finds a reset without need, one that was missing, and an epoch that changed by itself", () => {
  const room = rightRoom(1);
  const head = room.agent.head;
  const welcome = (epoch: string): Fact => ({ client: "back", at: 0, what: "welcome", epoch, head });
  const hello: Fact = { client: "back", at: 0, what: "hello", epoch: EPOCH, after: head };
  const reset: Fact = { client: "back", at: 0, what: "reset", epoch: EPOCH, head, from: 1 };
  const needless = { ...room, facts: [...room.facts, hello, welcome(EPOCH), reset] };
  expect(kindsOf(needless)).toEqual(new Set(["reset"]));

  const first = room.agent.events[0] as LogFrame;
  const saw: Fact = { client: "back", at: 0, what: "saw", seq: 1, text: JSON.stringify(first) };
  const stale: Fact = { ...hello, epoch: "another" };
  expect(kindsOf({ ...room, facts: [...room.facts, stale, welcome(EPOCH), saw] })).toContain("reset");
  const ahead: Fact = { ...hello, after: head + 5 };
  expect(kindsOf({ ...room, facts: [...room.facts, ahead, welcome(EPOCH), saw] })).toContain("reset");
  const declared = [stale, welcome(EPOCH), reset, ...everything(room)];
  expect(judge({ ...room, facts: [...room.facts, ...declared] })).toEqual([]);

  const changed = { ...room, agent: { ...room.agent, epoch: "epoch-2" } };
  expect(kindsOf(changed)).toEqual(new Set(["epoch"]));
});

test("X6: after the room was wiped on purpose, what was acknowledged before may be gone, and nothing after", () => {
  const before = rightRoom(3);
  const wiped: Fact = { client: "the operator", at: 0, what: "wiped" };
  const call = "after the wipe";
  const event = messageAt(1, { call, body: "new", from: "agent" });
  const after: Fact[] = [
    wiped,
    { client: "agent", at: 0, what: "hello", epoch: EPOCH, after: before.agent.head },
    { client: "agent", at: 0, what: "welcome", epoch: "epoch-2", head: 0 },
    { client: "agent", at: 0, what: "reset", epoch: "epoch-2", head: 0, from: 1 },
    { client: "agent", at: 0, what: "invoke", sender: "agent", call, kind: "text", body: "new" },
    { client: "agent", at: 0, what: "ok", call, seq: 1 },
    { client: "agent", at: 0, what: "saw", seq: 1, text: JSON.stringify(event) },
  ];
  const facts = [...before.facts.filter(({ client }) => client === "agent"), ...after];
  const agent = { epoch: "epoch-2", head: 1, events: [event] };
  expect(judge({ facts, agent })).toEqual([]);
  expect(kindsOf({ facts, agent: { ...agent, head: 0, events: [] } })).toContain("lost");

  // The operator's word and an answer come by two lines: the numbering says which was first, not who was heard first.
  const middle = "in the middle";
  const late: Fact[] = [
    { client: "agent", at: 0, what: "invoke", sender: "agent", call: middle, kind: "text", body: "old" },
    wiped,
    { client: "agent", at: 0, what: "ok", call: middle, seq: before.agent.head + 1 },
    ...after.slice(1),
  ];
  const heardLate = [...facts.slice(0, facts.indexOf(wiped)), ...late];
  expect(judge({ facts: heardLate, agent })).toEqual([]);
  const heardEarly = [...facts.filter((fact) => fact !== wiped), wiped];
  expect(judge({ facts: heardEarly, agent })).toEqual([]);
  expect(kindsOf({ facts: heardEarly, agent: { ...agent, head: 0, events: [] } })).toEqual(new Set(["lost"]));
});

/** What a reader is shown who begins anew. */
function everything(room: ReturnType<typeof rightRoom>): Fact[] {
  return room.agent.events.map((event) => ({
    client: "back",
    at: 0,
    what: "saw" as const,
    seq: event.seq,
    text: JSON.stringify(event),
  }));
}
