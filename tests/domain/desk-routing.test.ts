/** Who is asked, one rule at a time: weights, skills, languages, points, and whom a visitor had before. */
import { expect, test } from "vitest";
import { accept, putOnHold } from "../../domain/desk/assignment.ts";
import { loadOf, pick, STICKY_MS } from "../../domain/desk/capacity.ts";
import { type Desk, EMPTY_DESK, type Staff } from "../../domain/desk/desk.ts";
import { LANGUAGE_MS, languageOf } from "../../domain/desk/entries.ts";
import { DECLINED_FOR_MS, decline, OFFER_MS } from "../../domain/desk/offers.ts";
import { dismiss, meet, NO_STAFF, setStaff, setState } from "../../domain/desk/presence.ts";
import { hear } from "../../domain/desk/queue.ts";
import { NO_WORTH, QueuePoints, queuePoints } from "../../domain/desk/queue-points.ts";
import { POINT_MS, rankOf } from "../../domain/desk/rank.ts";
import type { RoomReport } from "../../domain/desk/report.ts";
import { nextChangeAt, settle } from "../../domain/desk/settle.ts";
import { consult, consultDone, end, give, takeOver } from "../../domain/desk/supervision.ts";
import { transfer } from "../../domain/desk/transfer.ts";
import { offerFrames, pictureOf, snapshotFrame, toldPlaces } from "../../domain/desk/view.ts";
import { Languages, staffOf } from "../../domain/site/staff.ts";
import { report } from "./desk-days.ts";

const NOW = 1_000_000;

/** Agents who are online, each as the site describes them. */
function deskWith(team: Record<string, Partial<Staff>>, capacity = 3): Desk {
  let desk = EMPTY_DESK;
  for (const [id, staff] of Object.entries(team)) {
    const role = id === "sup" ? ("admin" as const) : ("agent" as const);
    const met = meet(desk, { id, name: id, role }, { ...NO_STAFF, ...staff }, 0);
    desk = setState(met, id, "online", staff.capacity ?? capacity, 0).desk;
  }
  return desk;
}

function arrive(desk: Desk, id: string, more: Partial<RoomReport> = {}, now = NOW): Desk {
  return settle(hear(desk, report(id, { waitingSince: now, ...more }), now).desk, now).desk;
}

function offered(desk: Desk, id: string): string | null {
  return desk.items.get(id)?.offer?.agent ?? null;
}

function taken(desk: Desk, agent: string, id: string, now = NOW): Desk {
  const outcome = accept(desk, agent, id, now);
  if (!outcome.ok) throw new Error(outcome.message);
  return settle(outcome.desk, now).desk;
}

test("R-K9: a conversation takes a whole place, three tenths while the visitor thinks, none on hold", () => {
  let desk = taken(arrive(deskWith({ ana: {} }, 1), "c1"), "ana", "c1");
  expect(loadOf(desk, "ana")).toBe(1);
  desk = arrive(desk, "c2");
  expect(offered(desk, "c2")).toBe(null);
  desk = arrive(desk, "c1", { revision: 2, turn: "visitor" });
  expect(loadOf(desk, "ana")).toBe(0.3);
  expect(offered(desk, "c2")).toBe(null);
  const held = putOnHold(desk, "ana", "c1", true, NOW);
  expect(held.ok && held.effects).toMatchObject([
    { to: "room", command: { name: "held", agent: { id: "ana" } } },
    { to: "agent", agent: "ana", frame: "assigned" },
  ]);
  const again = putOnHold(held.ok ? held.desk : desk, "ana", "c1", true, NOW);
  expect(again.ok && again.effects).toMatchObject([{ to: "agent", frame: "assigned" }]);
  desk = settle(held.ok ? held.desk : desk, NOW).desk;
  expect(offered(desk, "c2")).toBe("ana");
  desk = taken(desk, "ana", "c2");
  expect(loadOf(desk, "ana")).toBe(1);
});

test("R-K9: an agent takes a new one while it fits beside what they have; a heavier turn takes nothing away", () => {
  let desk = deskWith({ ana: {} }, 3);
  for (const id of ["c1", "c2", "c3"]) desk = taken(arrive(desk, id), "ana", id);
  desk = arrive(desk, "c4");
  desk = arrive(desk, "c1", { revision: 2, turn: "visitor" });
  expect(loadOf(desk, "ana")).toBe(2.3);
  expect(offered(desk, "c4")).toBe(null);
  desk = arrive(desk, "c2", { revision: 2, turn: "visitor" });
  expect(offered(desk, "c4")).toBe("ana");
  desk = taken(desk, "ana", "c4");
  for (const id of ["c1", "c2"]) desk = arrive(desk, id, { revision: 3, turn: "agent" });
  expect(loadOf(desk, "ana")).toBe(4);
  for (const id of ["c1", "c2", "c3", "c4"]) expect(desk.items.get(id)?.agent).toBe("ana");
});

test("R-K10: any level serves a skill; among the equally loaded the better is asked, and the less loaded before the better", () => {
  let desk = deskWith({ ana: { skills: { sales: 1 } }, bob: { skills: { sales: 3 } } });
  desk = taken(arrive(desk, "c1", { skill: "sales" }), "bob", "c1");
  desk = arrive(desk, "c2", { skill: "sales" });
  expect(offered(desk, "c2")).toBe("ana");
  expect(offered(arrive(desk, "c3", { skill: "care" }), "c3")).toBe(null);
});

test("R-K21: a skill that nobody at the site has is asked of everybody", () => {
  const desk = deskWith({ ana: { skills: { sales: 1 } } });
  expect(offered(arrive(desk, "c1", { skill: "care" }), "c1")).toBe(null);
  const asked = { ...report("c1", { skill: "care", waitingSince: NOW }), anySkill: true };
  expect(offered(settle(hear(desk, asked, NOW).desk, NOW).desk, "c1")).toBe("ana");
});

test("R-K11: who speaks the visitor's language is asked, waited for a moment while busy, and then anybody", () => {
  let desk = deskWith({ ana: { languages: ["fr"] }, bob: { languages: ["de"], capacity: 1 } });
  desk = taken(arrive(desk, "c1", { locale: "de-AT" }), "bob", "c1");
  desk = arrive(desk, "c2", { locale: "de" });
  expect(offered(desk, "c2")).toBe(null);
  expect(nextChangeAt(desk)).toBe(NOW + LANGUAGE_MS);
  expect(offered(settle(desk, NOW + LANGUAGE_MS - 1).desk, "c2")).toBe(null);
  expect(offered(settle(desk, NOW + LANGUAGE_MS).desk, "c2")).toBe("ana");
});

test("R-K11: where nobody who is there speaks it, anybody is asked at once; who names no language talks to all", () => {
  const desk = deskWith({ ana: { languages: ["fr"] } });
  expect(offered(arrive(desk, "c1", { locale: "it" }), "c1")).toBe("ana");
  const both = deskWith({ ana: { languages: ["fr"] }, bob: {} });
  expect(offered(arrive(both, "c1", { locale: "it-IT" }), "c1")).toBe("bob");
  expect(languageOf("fr-CA")).toBe("fr");
  expect([languageOf("FR"), languageOf("zh_Hant"), languageOf("i"), languageOf(null)]).toEqual([
    "fr",
    "zh",
    null,
    null,
  ]);
});

test("R-K12: a visitor who comes back is asked of the agent they had, if that one has a place, and then of anybody", () => {
  const desk = deskWith({ ana: {}, bob: {}, cyd: { capacity: 1 } });
  expect(offered(arrive(desk, "c1", { preferredAgent: "bob" }), "c1")).toBe("bob");
  const busy = taken(arrive(desk, "c0", { preferredAgent: "cyd" }), "cyd", "c0");
  expect(offered(arrive(busy, "c1", { preferredAgent: "cyd" }), "c1")).toBe("ana");
  const asked = arrive(desk, "c1", { preferredAgent: "bob" });
  expect(offered(settle(asked, NOW + OFFER_MS).desk, "c1")).toBe("ana");
  const late = { skill: null, preferredAgent: "bob", waitingSince: NOW };
  expect(pick(desk, late, NOW + STICKY_MS - 1)?.id).toBe("bob");
  expect(pick(desk, late, NOW + STICKY_MS)?.id).toBe("ana");
  expect(offered(arrive(desk, "c1", { preferredAgent: "gone" }), "c1")).toBe("ana");
});

test("R-K13: a point in the queue is a minute of waiting; segments, campaign and worth add up", () => {
  expect(rankOf({ waitingSince: NOW, priority: 2 })).toBe(NOW - 2 * POINT_MS);
  const rule = QueuePoints.parse({
    identified: 1,
    cart: { from: 100, points: 5 },
    customer: { from: 1_000, points: 10 },
  });
  expect(queuePoints(rule, NO_WORTH, [])).toBe(0);
  expect(queuePoints(rule, { identified: true, cart: 99, lifetime: 1_000 }, [3])).toBe(14);
  expect(queuePoints(rule, { identified: true, cart: 100, lifetime: 2_000 }, [-5, 4])).toBe(15);
  expect(queuePoints(rule, NO_WORTH, [900, 900])).toBe(1_000);
  expect(queuePoints(QueuePoints.parse({}), { identified: true, cart: 1e6, lifetime: 1e6 }, [])).toBe(0);
});

test("R-K14: an offer that nobody answers is at the head again, and asked of others before the one who let it ring", () => {
  let desk = deskWith({ ana: {} }, 1);
  desk = arrive(arrive(desk, "c1"), "c2", {}, NOW + 1);
  desk = settle(desk, NOW + OFFER_MS).desk;
  expect(offered(desk, "c1")).toBe("ana");
  const more = setState(meet(desk, { id: "bob", name: "bob" }, NO_STAFF, 0), "bob", "online", 1, 0).desk;
  const later = settle(more, NOW + 2 * OFFER_MS).desk;
  expect([offered(later, "c1"), offered(later, "c2")]).toEqual(["bob", "ana"]);
});

test("R-K14: what is declined goes to others, and back to who declined it after a while", () => {
  const desk = arrive(deskWith({ ana: {} }), "c1");
  const declined = decline(desk, "ana", "c1", NOW);
  const waits = settle(declined.ok ? declined.desk : desk, NOW).desk;
  expect(offered(waits, "c1")).toBe(null);
  expect(nextChangeAt(waits)).toBe(NOW + DECLINED_FOR_MS);
  expect(offered(settle(waits, NOW + DECLINED_FOR_MS).desk, "c1")).toBe("ana");
});

test("R-K15: a supervisor gives, takes and ends; an agent may not", () => {
  let desk = taken(arrive(deskWith({ ana: {}, bob: { capacity: 1 }, sup: {} }), "c1"), "ana", "c1");
  const forbidden = { ok: false, code: "forbidden" };
  expect(give(desk, "ana", "c1", "bob", NOW)).toMatchObject(forbidden);
  expect(takeOver(desk, "bob", "c1", NOW)).toMatchObject(forbidden);
  expect(end(desk, "ana", "c1", NOW)).toMatchObject(forbidden);

  const given = give(desk, "sup", "c1", "bob", NOW);
  if (!given.ok) throw new Error(given.message);
  expect(given.effects).toMatchObject([
    { to: "room", command: { name: "transferred", agent: { id: "bob" }, from: { id: "ana" } } },
    { to: "agent", agent: "bob", frame: "assigned" },
    { to: "agent", agent: "ana", frame: "revoked", reason: "transferred" },
  ]);
  desk = arrive(given.desk, "c2");
  expect(give(desk, "sup", "c2", "bob", NOW)).toMatchObject({ ok: false, code: "unavailable" });
  const over = takeOver(desk, "sup", "c1", NOW);
  expect(over).toMatchObject({ ok: true, effects: [{ command: { name: "taken_over" } }, {}, {}] });
  expect(over.ok && over.desk.items.get("c1")?.agent).toBe("sup");
  expect(end(desk, "sup", "c1", NOW)).toMatchObject({
    ok: true,
    effects: [{ to: "room", command: { name: "closed", from: { id: "sup" } } }],
  });
});

test("R-K16: a colleague is asked to look on, and the conversation stays where it is", () => {
  const desk = taken(arrive(deskWith({ ana: {}, bob: {} }), "c1"), "ana", "c1");
  const asked = consult(desk, "ana", "c1", { toAgent: "bob", note: "vu ?" }, NOW);
  expect(asked.ok && asked.desk.items.get("c1")?.agent).toBe("ana");
  expect(asked.ok && asked.effects).toMatchObject([
    { to: "room", command: { name: "consulted", agent: { id: "bob" }, from: { id: "ana" }, note: "vu ?" } },
    { to: "agent", agent: "bob", frame: "consulted", from: { id: "ana", name: "ana" }, note: "vu ?" },
  ]);
  expect(consult(desk, "bob", "c1", { toAgent: "ana", note: null }, NOW)).toMatchObject({
    code: "not_found",
  });
  expect(consult(desk, "ana", "c1", { toAgent: "ana", note: null }, NOW)).toMatchObject({ code: "conflict" });
  expect(consult(desk, "ana", "c1", { toAgent: "zoe", note: null }, NOW)).toMatchObject({
    code: "unavailable",
  });
});

test("R-K24: what an agent was asked to look at is in their snapshot until they are done, it moves, or it ends", () => {
  const before = taken(arrive(deskWith({ ana: {}, bob: {}, sup: {} }), "c1"), "ana", "c1");
  const outcome = consult(before, "ana", "c1", { toAgent: "bob", note: "vu ?" }, NOW);
  const desk = outcome.ok ? outcome.desk : before;
  const shownTo = (agent: string, now: Desk): unknown => {
    const picture = pictureOf(now, 1);
    const frame = snapshotFrame(now, agent, { waitTargetSeconds: 60, picture }, NOW);
    return frame?.type === "snapshot" ? frame.consults : frame;
  };
  const shown = { item: { conversation: "c1" }, from: { id: "ana" }, note: "vu ?" };
  expect(shownTo("bob", desk)).toMatchObject([shown]);
  expect(shownTo("ana", desk)).toBeUndefined();
  const again = consult(desk, "sup", "c1", { toAgent: "bob", note: "alors ?" }, NOW);
  expect(shownTo("bob", again.ok ? again.desk : desk)).toMatchObject([
    { from: { id: "sup" }, note: "alors ?" },
  ]);

  const done = consultDone(desk, "bob", "c1");
  expect(done.ok && shownTo("bob", done.desk)).toBeUndefined();
  const over = { to: "agent", agent: "bob", frame: "revoked", conversation: "c1", reason: "consult_over" };
  const moved = takeOver(desk, "sup", "c1", NOW);
  expect(moved.ok && moved.effects).toContainEqual(over);
  expect(moved.ok && shownTo("bob", moved.desk)).toBeUndefined();
  const ended = hear(desk, report("c1", { revision: 2, status: "closed" }), NOW);
  expect(ended.effects).toContainEqual(over);
  expect(shownTo("bob", ended.desk)).toBeUndefined();
  const left = dismiss(desk, "ana", NOW);
  expect(left.effects).toContainEqual(over);
  expect(shownTo("bob", left.desk)).toBeUndefined();
});

test("R-K17: a transfer stays with its agent until it is accepted, comes back with a no, and may be taken back", () => {
  const desk = taken(arrive(deskWith({ ana: {}, bob: {} }), "c1"), "ana", "c1");
  const asked = transfer(desk, "ana", "c1", { toAgent: "bob", toSkill: null, note: "vip" }, NOW);
  const moving = settle(asked.ok ? asked.desk : desk, NOW).desk;
  expect(moving.items.get("c1")).toMatchObject({ agent: "ana", offer: { agent: "bob" } });
  expect(loadOf(moving, "ana") + loadOf(moving, "bob")).toBe(2);
  const no = decline(moving, "bob", "c1", NOW);
  expect(no.ok && no.desk.items.get("c1")).toMatchObject({ agent: "ana", transfer: null, offer: null });
  const back = accept(moving, "ana", "c1", NOW);
  expect(back.ok && back.desk.items.get("c1")).toMatchObject({ agent: "ana", transfer: null, offer: null });
  const gone = hear(moving, report("c1", { revision: 9, status: "closed" }), NOW).desk;
  expect(accept(gone, "bob", "c1", NOW)).toMatchObject({ ok: false, code: "not_found" });
});

test("R-K18: what the site says of its people reaches the desk; a capacity it has not changed leaves the agent's word", () => {
  const staff = staffOf(
    [{ id: "ana", languages: ["fr"], capacity: 5 }],
    [
      { key: "sales", name: "Ventes", description: "", agents: ["ana", "bob"], levels: { ana: 3 } },
      { key: "care", name: "SAV", description: "", agents: ["bob"], levels: {} },
    ],
  );
  expect(staff).toEqual({
    ana: { skills: { sales: 3 }, languages: ["fr"], capacity: 5 },
    bob: { skills: { sales: 2, care: 2 }, languages: [], capacity: null },
  });
  const of = (id: string) => staff[id] ?? NO_STAFF;
  let desk = meet(EMPTY_DESK, { id: "ana", name: "ana" }, of("ana"), 0);
  expect(desk.agents.get("ana")?.capacity).toBe(5);
  desk = setState(desk, "ana", "online", 2, 0).desk;
  expect(setStaff(desk, of).agents.get("ana")?.capacity).toBe(2);
  expect(setStaff(desk, () => ({ ...NO_STAFF, capacity: 7 })).agents.get("ana")?.capacity).toBe(7);
  expect(Languages.safeParse(["fr", "fr"]).success).toBe(false);
  expect(Languages.safeParse(["french"]).success).toBe(false);
});

test("R-K19: the first twenty are told of each step, those behind at a few places", () => {
  let desk = EMPTY_DESK;
  for (let index = 0; index < 500; index += 1) {
    desk = hear(desk, report(`c${String(index).padStart(3, "0")}`, { waitingSince: index }), NOW).desk;
  }
  const positions = [...toldPlaces(desk, [], NOW).values()].map(({ position }) => position);
  expect(positions).toEqual([
    ...Array.from({ length: 20 }, (_, index) => index + 1),
    25,
    30,
    40,
    50,
    75,
    100,
    150,
    200,
    300,
    400,
    500,
  ]);
});

test("R-K23: an offer of what a colleague hands over says who does and what they say of it; any other says neither", () => {
  const desk = taken(arrive(deskWith({ ana: {} }), "c1"), "ana", "c1");
  const bob = { id: "bob", name: "Bob", role: "agent" as const };
  const both = setState(meet(desk, bob, NO_STAFF, NOW), "bob", "online", 3, NOW).desk;
  const asked = transfer(both, "ana", "c1", { toAgent: "bob", toSkill: null, note: "Taille 40" }, NOW);
  const handed = settle(asked.ok ? asked.desk : both, NOW).desk;
  expect(offerFrames(handed, "bob")).toMatchObject([
    { type: "offered", item: { handed_over: { from: "ana", note: "Taille 40" } } },
  ]);
  const [fresh] = offerFrames(arrive(deskWith({ ana: {} }), "c2"), "ana");
  expect(fresh?.type === "offered" && "handed_over" in fresh.item).toBe(false);
});

test("R-K3: who is away is asked for nothing, and may take what waits by their own hand", () => {
  const away = setState(deskWith({ ana: {} }), "ana", "away", 3, NOW).desk;
  const waits = arrive(away, "c1");
  expect(offered(waits, "c1")).toBe(null);
  expect(taken(waits, "ana", "c1").items.get("c1")?.agent).toBe("ana");
});
