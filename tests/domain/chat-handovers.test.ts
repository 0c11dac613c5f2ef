/** What a log says of hands and of canned answers, and who is told: whatever was posted and moved, in whatever order. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { handsIn, MAX_CANNED_USES, MAX_HANDOVERS } from "../../domain/chat/handovers.ts";
import { type Entry, note, post, render, type Room } from "../../domain/chat/room.ts";
import { afterCommand, newRoom } from "../../domain/chat/state.ts";
import type { Author, MessageKind } from "../../domain/chat/wire.ts";
import type { DeskCommand, Person } from "../../domain/desk/report.ts";
import { beganAgain, isAlone, stillBegan, usedIn } from "../../web/console/model/canned.ts";
import { OPENING } from "./room-opening.ts";

const VISITOR: Author = { role: "visitor", id: "v", name: null };
const LEA: Author = { role: "agent", id: "usr_lea", name: "Léa" };
const HUGO: Person = { id: "usr_hugo", name: "Hugo" };
const ANNE: Person = { id: "usr_anne", name: "Anne" };
const open: Room = { status: "open", head: 0, lastAt: 0 };

function said(from: Author, kind: MessageKind, canned?: { id: string; edited: boolean }): Entry {
  const answer = post(open, { clientId: "c", from, kind, body: "Bonjour", canned }, null, 1);
  if (!answer.ok) throw new Error(answer.code);
  return answer.entry;
}

test("R-C34: the canned answer is kept with an agent's text alone, and no frame of a visitor has it", () => {
  const canned = { id: "can_1", edited: true };
  expect(said(LEA, "text", canned)).toMatchObject({ canned });
  expect(said(LEA, "text")).not.toHaveProperty("canned");
  for (const kind of ["note", "card", "file"] as const) {
    expect(said(LEA, kind, canned)).not.toHaveProperty("canned");
  }
  expect(said(VISITOR, "text", canned)).not.toHaveProperty("canned");
  const shown = render(said(LEA, "text", canned), "visitor");
  expect(shown).toEqual(render(said(LEA, "text"), "visitor"));
  expect(render(said(LEA, "text", canned), "agent")).toMatchObject({ canned });
});

test("R-C35: what history keeps is every assignment, every hand-over, every way back to the queue and every answer that was sent, in order and bounded", () => {
  const people = [LEA, HUGO, ANNE];
  const step = fc.oneof(
    fc.record({
      is: fc.constant("said" as const),
      by: fc.nat(2),
      canned: fc.option(fc.constantFrom("can_1", "can_2")),
      edited: fc.boolean(),
    }),
    fc.record({
      is: fc.constantFrom(
        "transferred" as const,
        "taken_over" as const,
        "transfer_taken_back" as const,
        "requeued" as const,
      ),
      to: fc.nat(2),
      told: fc.boolean(),
      skill: fc.option(fc.constantFrom("tailles")),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const entries: Entry[] = [];
      let room = open;
      let holder: string | null = LEA.id;
      const put = (name: string, fields: Record<string, unknown>) => {
        const noted = note(room, name, fields, room.lastAt + 1_000);
        room = noted.room;
        entries.push(noted.entry);
      };
      put("assigned", { agent: LEA });
      const moved = [`assigned null ${LEA.id} null`];
      const sent: string[] = [];
      for (const one of steps) {
        if (one.is === "said") {
          const from: Author = { role: "agent", ...(people[one.by] ?? LEA) };
          const canned = one.canned === null ? undefined : { id: one.canned, edited: one.edited };
          const answer = post(
            room,
            { clientId: "x", from, kind: "text", body: "a", canned },
            null,
            room.lastAt,
          );
          if (!answer.ok || answer.repeated) throw new Error("not posted");
          room = answer.room;
          entries.push(answer.entry);
          if (canned) sent.push(`${from.id} ${canned.id} ${canned.edited}`);
          continue;
        }
        const to = people[one.to] ?? LEA;
        if (one.is === "requeued") {
          put("requeued", { reason: "left" });
          moved.push(`requeued ${holder} null null`);
          holder = null;
        } else if (holder === null) {
          put("assigned", { agent: to });
          moved.push(`assigned null ${to.id} null`);
          holder = to.id;
        } else if (one.is === "transfer_taken_back") {
          put(one.is, {
            agent: { id: holder, name: null },
            asked: one.skill === null ? to : null,
            skill: one.skill,
          });
          moved.push(`taken_back ${holder} ${one.skill === null ? to.id : null} ${one.skill}`);
        } else {
          put(one.is, {
            from: one.told ? { id: holder, name: null } : null,
            agent: to,
            ...(one.skill ? { skill: one.skill } : {}),
          });
          moved.push(`${one.is} ${holder} ${to.id} ${one.is === "taken_over" ? null : one.skill}`);
          holder = to.id;
        }
      }
      const { handovers, canned } = handsIn(entries);
      expect(handovers.map(({ kind, from, to, skill }) => `${kind} ${from} ${to} ${skill}`)).toEqual(
        moved.slice(0, MAX_HANDOVERS),
      );
      expect(canned.map((use) => `${use.agent} ${use.canned} ${use.edited}`)).toEqual(
        sent.slice(0, MAX_CANNED_USES),
      );
    }),
  );
});

test("R-C36: a transfer that was called off moves nothing, and the log says who asked whom", () => {
  const silent = { conversation: "cnv_1", note: null, reason: null, outcome: null, at: 5 };
  const command = (n: number, more: Partial<DeskCommand> & Pick<DeskCommand, "name">): DeskCommand => ({
    ...silent,
    n,
    agent: null,
    from: null,
    ...more,
  });
  const lea = { id: LEA.id, name: LEA.name };
  const had = afterCommand(newRoom(OPENING, "e", 0), command(1, { name: "assigned", agent: lea }), 5).room;
  const back = afterCommand(had, command(2, { name: "transfer_taken_back", agent: lea, from: HUGO }), 6);
  expect(back.room.agent).toEqual(lea);
  expect(back.room).toMatchObject({
    status: "open",
    revision: had.revision + 1,
    deskRevision: had.deskRevision,
  });
  expect(back.event).toEqual({
    name: "transfer_taken_back",
    fields: { agent: lea, asked: HUGO, skill: null },
  });
  const moved = afterCommand(
    back.room,
    command(3, { name: "transferred", agent: HUGO, from: lea, skill: "tailles" }),
    7,
  );
  expect(moved.event?.fields).toEqual({ from: lea, agent: HUGO, note: null, skill: "tailles" });
  const entry = note(open, "transferred", moved.event?.fields ?? {}, 7).entry;
  expect(render(entry, "visitor")).not.toHaveProperty("skill");
});

test("R-C37: a draft tells what it began from and whether it was changed, until it is empty or begins anew", () => {
  const began = { id: "can_1", text: "Bonjour, que puis-je pour vous ?" };
  expect(usedIn(null, "Bonjour")).toBeUndefined();
  expect(usedIn(began, " Bonjour, que puis-je pour vous ? ")).toEqual({ id: "can_1", edited: false });
  expect(usedIn(began, "Bonjour Léa, que puis-je pour vous ?")).toEqual({ id: "can_1", edited: true });
  expect(stillBegan(began, "B")).toBe(began);
  expect(stillBegan(began, "  \n")).toBeNull();
  expect(beganAgain(undefined, "x")).toBeNull();
  expect(usedIn(beganAgain({ id: "can_1", edited: false }, "Bonjour"), "Bonjour")?.edited).toBe(false);
  expect(usedIn(beganAgain({ id: "can_1", edited: true }, "Bonjour"), "Bonjour")?.edited).toBe(true);
  expect(isAlone("/bonj", { from: 0, to: 5, word: "bonj" })).toBe(true);
  expect(isAlone("Oui. /bonj", { from: 5, to: 10, word: "bonj" })).toBe(false);
});
