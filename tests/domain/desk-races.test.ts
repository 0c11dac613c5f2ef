/**
 * Two who want the same at once: everything that may come between desk, room and screens comes in some order, each
 * pair keeping its own. In the end there is one owner and one state, and all see the same.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { afterClose, afterCommand, newRoom, type RoomState } from "../../domain/chat/state.ts";
import { accept, claim, wrapUp } from "../../domain/desk/assignment.ts";
import { type Desk, type Effect, EMPTY_DESK, NO_PLATE, type Outcome } from "../../domain/desk/desk.ts";
import { decline } from "../../domain/desk/offers.ts";
import { dismiss, meet, NO_STAFF, setState } from "../../domain/desk/presence.ts";
import { hear } from "../../domain/desk/queue.ts";
import type { DeskCommand } from "../../domain/desk/report.ts";
import { settle } from "../../domain/desk/settle.ts";
import { end, give, takeOver } from "../../domain/desk/supervision.ts";
import { transfer } from "../../domain/desk/transfer.ts";
import { report } from "./desk-days.ts";
import { OPENING as ROOM_OPENING } from "./room-opening.ts";

const RACES = 2_000;
const AGENTS = ["ana", "bob", "cyd"];
const SUPERVISOR = "ana";
const CONVERSATION = "c1";

/** The desk, its room and what the consoles show, each learning of the others only as it is told. */
class Stage {
  desk: Desk = EMPTY_DESK;
  room: RoomState = { ...newRoom(OPENING, "e1", 0), status: "queued", queuedAt: 0, deskRevision: 1 };
  readonly mine = new Map(AGENTS.map((agent) => [agent, new Set<string>()]));
  readonly offered = new Map(AGENTS.map((agent) => [agent, new Set<string>()]));
  readonly toRoom: DeskCommand[] = [];
  readonly toDesk: RoomState[] = [this.room];
  now = 1_000;
  #commands = 0;

  constructor() {
    for (const id of AGENTS) {
      const role = id === SUPERVISOR ? ("admin" as const) : ("agent" as const);
      const met = meet(this.desk, { id, name: id, role }, NO_STAFF, 0);
      this.desk = setState(met, id, "online", 3, 0).desk;
    }
  }

  ask(request: (desk: Desk, now: number) => Outcome): void {
    const outcome = request(this.desk, this.now);
    if (outcome.ok) this.#take(outcome.desk, outcome.effects);
  }

  /** The visitor leaves: the room is closed at once, the desk learns it later. */
  leave(): void {
    if (this.room.status === "closed") return;
    this.#become(afterClose(this.room, "visitor", this.now).room);
  }

  deliverToRoom(): void {
    const command = this.toRoom.shift();
    if (command !== undefined) this.#become(afterCommand(this.room, command, this.now).room);
  }

  deliverToDesk(): void {
    const room = this.toDesk.shift();
    if (room === undefined) return;
    const status = room.status === "closed" ? ("closed" as const) : ("queued" as const);
    const told = report(CONVERSATION, { revision: room.deskRevision, status });
    const heard = hear(this.desk, told, this.now);
    this.#take(heard.desk, heard.effects);
  }

  #become(room: RoomState): void {
    if (room.deskRevision > this.room.deskRevision) this.toDesk.push(room);
    this.room = room;
  }

  #take(desk: Desk, effects: readonly Effect[]): void {
    const settled = settle(desk, this.now);
    this.desk = settled.desk;
    for (const effect of [...effects, ...settled.effects]) this.#show(effect);
  }

  /** As the console does it (`web/console/live/desk.ts`). */
  #show(effect: Effect): void {
    if (effect.to === "room") {
      this.#commands += 1;
      this.toRoom.push({ ...effect.command, n: this.#commands });
      return;
    }
    if (effect.frame === "error" || effect.frame === "consulted") return;
    const { agent, conversation } = effect;
    if (effect.frame === "offered") this.offered.get(agent)?.add(conversation);
    else this.offered.get(agent)?.delete(conversation);
    if (effect.frame === "assigned") this.mine.get(agent)?.add(conversation);
    if (effect.frame === "revoked") this.mine.get(agent)?.delete(conversation);
  }
}

const OPENING = { ...ROOM_OPENING, site: "shop", conversation: CONVERSATION, visitor: "v1" };

const who = fc.constantFrom(...AGENTS);
const wish = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom("accept" as const, "claim" as const), by: who }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("leave" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("transfer" as const), by: who, to: who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("give" as const), to: who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("decline" as const, "wrap_up" as const, "signed_out" as const),
      by: who,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("take_over" as const, "end" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("later" as const) }) },
);
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

function want(stage: Stage, each: Wish): void {
  switch (each.kind) {
    case "accept":
      return stage.ask((desk, now) => accept(desk, each.by, CONVERSATION, now));
    case "claim":
      return stage.ask((desk, now) => claim(desk, { id: each.by, name: each.by }, CONVERSATION, now));
    case "decline":
      return stage.ask((desk, now) => decline(desk, each.by, CONVERSATION, now));
    case "wrap_up":
      return stage.ask((desk, now) => wrapUp(desk, each.by, CONVERSATION, { outcome: "done" }, now));
    case "signed_out":
      return stage.ask((desk, now) => ({ ok: true, ...dismiss(desk, each.by, now) }));
    case "transfer": {
      const target = { toAgent: each.to, toSkill: null, note: null };
      return stage.ask((desk, now) => transfer(desk, each.by, CONVERSATION, target, now));
    }
    case "give":
      return stage.ask((desk, now) => give(desk, SUPERVISOR, CONVERSATION, each.to, now));
    case "take_over":
      return stage.ask((desk, now) => takeOver(desk, SUPERVISOR, CONVERSATION, now));
    case "end":
      return stage.ask((desk, now) => end(desk, SUPERVISOR, CONVERSATION, now));
    case "leave":
      return stage.leave();
    case "later":
      stage.now += 31_000;
      return stage.ask((desk) => ({ ok: true, desk, effects: [] }));
    default:
      return each satisfies never;
  }
}

/** One owner or an end, in desk, room and on every screen. */
function expectAgreement({ desk, room, mine, offered }: Stage): void {
  const item = desk.items.get(CONVERSATION);
  const isOver = room.status === "closed";
  expect(item?.closedAt !== null).toBe(isOver);
  const owner = isOver ? null : (item?.agent ?? null);
  if (!isOver) expect(room.agent?.id ?? null).toBe(owner);
  const having = AGENTS.filter((agent) => mine.get(agent)?.has(CONVERSATION));
  expect(having).toEqual(owner === null ? [] : [owner]);
  const asked = isOver ? null : (item?.offer?.agent ?? null);
  expect(AGENTS.filter((agent) => offered.get(agent)?.has(CONVERSATION))).toEqual(
    asked === null ? [] : [asked],
  );
  for (const agent of AGENTS) {
    const { own } = desk.plates.get(agent) ?? NO_PLATE;
    expect(own.size).toBe(owner === agent ? 1 : 0);
  }
}

/** What is said next: a wish, a command on its way to the room, or a report on its way to the desk. */
const turns = fc.array(fc.constantFrom("wish", "wish", "room", "desk"), { minLength: 4, maxLength: 24 });

test(
  "R-K8: whoever races for a conversation, it has one owner and one end, the same in its room and on every screen",
  { timeout: 30_000 },
  () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 2, maxLength: 8 }), turns, (wishes, order) => {
        const stage = new Stage();
        stage.deliverToDesk();
        const left = [...wishes];
        for (const turn of order) {
          const next = turn === "wish" ? left.shift() : undefined;
          if (next !== undefined) want(stage, next);
          else if (turn === "room") stage.deliverToRoom();
          else stage.deliverToDesk();
          stage.now += 10;
        }
        for (const next of left) want(stage, next);
        while (stage.toRoom.length + stage.toDesk.length > 0) {
          stage.deliverToRoom();
          stage.deliverToDesk();
        }
        expectAgreement(stage);
      }),
      { numRuns: RACES },
    );
  },
);

test("R-K8: two agents take the same: one has it, the other is told so", () => {
  const stage = new Stage();
  stage.deliverToDesk();
  const first = stage.desk.items.get(CONVERSATION)?.offer?.agent ?? "";
  const second = AGENTS.find((agent) => agent !== first) ?? "";
  expect(accept(stage.desk, second, CONVERSATION, 2_000)).toMatchObject({ ok: false, code: "conflict" });
  want(stage, { kind: "claim", by: second });
  expect(accept(stage.desk, first, CONVERSATION, 2_000)).toMatchObject({ ok: false, code: "conflict" });
  stage.deliverToRoom();
  expect(stage.room.agent?.id).toBe(second);
  expectAgreement(stage);
});
