import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeskConversation } from "../../domain/desk/wire.ts";
import { reasonsIn } from "../../web/console/model/campaign.ts";
import { askedIn, fitting, insert, MOST_SHOWN, type Canned } from "../../web/console/model/canned.ts";
import { colleaguesOf, initialsOf, placesOf, queueRows, whoOf } from "../../web/console/model/queue-view.ts";
import { readPast } from "../../web/console/model/past.ts";
import { readVisitor } from "../../web/console/model/visitor.ts";
import { clockOf, levelOf, waitOf } from "../../web/console/model/waits.ts";

const NOW = Date.UTC(2026, 10, 22, 14, 30);
const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString();

function row(conversation: string, more: Partial<DeskConversation> = {}): DeskConversation {
  return {
    conversation,
    visitor: "vis_1",
    name: null,
    verified: false,
    preview: null,
    page: null,
    place: null,
    skill: null,
    decision_id: null,
    locale: "fr",
    waiting_since: ago(10),
    status: "queued",
    agent: null,
    ...more,
  };
}
const agent = (id: string, state: "online" | "away", capacity: number, load: number) => {
  return { id, name: id, state, capacity, load };
};

test("R-D4: amber from half of the target, red past it, not at it", () => {
  expect([0, 29, 30, 60, 61].map((seconds) => levelOf(seconds, 60))).toEqual([
    "calm",
    "calm",
    "soon",
    "soon",
    "late",
  ]);
});

test("R-D4: whatever the clocks say, the wait is a whole number from 0 and the bar stays in its track", () => {
  const moment = fc.integer({ min: -8.64e12, max: 8.64e12 });
  fc.assert(
    fc.property(moment, moment, fc.integer({ min: 0, max: 3_600 }), (since, now, target) => {
      const wait = waitOf(new Date(since).toISOString(), now, target);
      expect(wait.seconds).toBeGreaterThanOrEqual(0);
      expect(Number.isInteger(wait.seconds)).toBe(true);
      expect(wait.fill).toBeGreaterThanOrEqual(0);
      expect(wait.fill).toBeLessThanOrEqual(1);
      expect(wait.fill > wait.tick && target > 0 && wait.level !== "late").toBe(false);
      expect(wait.clock).toMatch(/^\d+(:\d\d)?:\d\d$/);
    }),
  );
});

test("R-D4: a clock counts minutes and hours", () => {
  expect([0, 47, 84, 3_600, 3_723].map(clockOf)).toEqual(["0:00", "0:47", "1:24", "1:00:00", "1:02:03"]);
});

test("R-D5: the rows stand in the desk's order, without those that somebody has", () => {
  const items = [
    row("b", { waiting_since: ago(5) }),
    row("a", { waiting_since: ago(90), status: "offered" }),
    row("mine", { status: "assigned" }),
    row("c", { waiting_since: ago(40) }),
  ];
  const rows = queueRows(items, NOW, 60);
  expect(rows.map(({ conversation, offered, wait }) => [conversation, offered, wait.level])).toEqual([
    ["b", false, "calm"],
    ["a", true, "late"],
    ["c", false, "soon"],
  ]);
});

test("R-D5: a visitor is their name, else their place, else nobody known", () => {
  expect(whoOf(row("a", { name: "Camille Roussel", place: "Lyon" }))).toEqual({ name: "Camille Roussel" });
  expect(whoOf(row("a", { name: " ", place: "Lyon" }))).toEqual({ place: "Lyon" });
  expect(whoOf(row("a"))).toEqual({ unknown: true });
  expect(["Camille Roussel", "léa", "", null].map(initialsOf)).toEqual(["CR", "L", "", ""]);
});

test("R-D5: places are squares filled by weight; only whole ones are free", () => {
  const { squares, free } = placesOf({ capacity: 3, load: 2.3 });
  expect(squares.map((fill) => Math.round(fill * 10))).toEqual([10, 10, 3]);
  expect(free).toBe(0);
  expect(placesOf({ capacity: 3, load: 2 }).free).toBe(1);
  expect(placesOf({ capacity: 1, load: 2.5 })).toMatchObject({ squares: [1], free: 0, taken: 2.5 });
  expect(
    colleaguesOf([agent("me", "online", 3, 0), agent("a", "online", 3, 1), agent("b", "away", 3, 0)], "me"),
  ).toMatchObject({ online: [{ id: "a" }], freePlaces: 2 });
});

const ANSWERS: Canned[] = [
  { id: "1", shortcut: "retours", title: "Retours", text: "L’échange est gratuit sous 30 jours." },
  { id: "2", shortcut: "echange", title: "Échange", text: "Je remplace la L par la M." },
  { id: "3", shortcut: "taille-m", title: "Tailles", text: "La M est la bonne." },
];

test("R-D9: a slash at the start of a word asks; inside a word or an address it does not", () => {
  expect(askedIn("/tai", 4)).toEqual({ from: 0, to: 4, word: "tai" });
  expect(askedIn("Oui. /ret", 9)).toEqual({ from: 5, to: 9, word: "ret" });
  expect(askedIn("/tai reste", 10)).toBeNull();
  expect(askedIn("oui/non", 7)).toBeNull();
  expect(askedIn("https://demo.test/tailles", 25)).toBeNull();
});

test("R-D9: those whose shortcut begins so come first; case and accents do not matter", () => {
  expect(fitting(ANSWERS, "Échan").map((answer) => answer.id)).toEqual(["2", "1"]);
  expect(fitting(ANSWERS, "").map((answer) => answer.id)).toEqual(["1", "2", "3"]);
  expect(fitting(ANSWERS, "xyz")).toEqual([]);
  const many = Array.from({ length: 20 }, (_, id) => ({ id: `${id}`, shortcut: "a", title: "", text: "" }));
  expect(fitting(many, "a")).toHaveLength(MOST_SHOWN);
});

test("R-D9: the chosen answer takes the place of what was asked and of nothing else", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.stringMatching(/^[a-z-]{0,8}$/),
      fc.string(),
      fc.string(),
      (head, word, tail, text) => {
        const draft = `${head} /${word}`;
        const asked = askedIn(draft + tail, draft.length);
        expect(asked).toEqual({ from: head.length + 1, to: draft.length, word });
        if (asked === null) return;
        const after = insert(draft + tail, asked, text);
        expect(after.draft).toBe(`${head} ${text}${tail}`);
        expect(after.draft.slice(0, after.caret)).toBe(`${head} ${text}`);
      },
    ),
  );
});

const ANSWER = {
  id: "vis_1",
  verified: true,
  user_id: "u1",
  present: {
    visits: 4,
    orders: 2,
    lifetime_value: 195,
    conversation: "cnv_1",
    trail: [
      { at: ago(250), path: "/shop/", url: "https://demo.test/shop/", title: null, seconds: 65 },
      { at: ago(20), path: "/shop/cart", url: "https://demo.test/shop/cart", title: "Panier", seconds: null },
    ],
    cart: {
      currency: "EUR",
      lines: {
        oxford: { price: 89, quantity: 2 },
        "ecru/M": { price: 105, quantity: 1, name: "Chemise lin « Belle-Île »" },
      },
    },
  },
  visits: [{ id: "ses_1" }],
  orders: [
    { order_id: "1", total: 100, currency: "EUR" },
    { order_id: "2", total: 95, currency: "EUR" },
  ],
  offers: [{ id: "dec_1", campaign: "cmp_1", variant: "a" }],
  conversations: [
    { id: "cnv_1", created_at: ago(60), status: "open", outcome: null },
    { id: "cnv_0", created_at: ago(9_000), status: "closed", outcome: "resolved" },
  ],
};

test("R-D14: an earlier conversation is read in the order it was said; what is no entry is left out", () => {
  const from = { role: "agent", id: "usr_lea", name: "Léa" };
  const said = { type: "message", seq: 2, at: ago(8_000), from, kind: "text", body: "Oui.", client_id: null };
  const entered = { type: "event", seq: 1, at: ago(9_000), name: "assigned", agent: from };
  const past = readPast({
    created_at: ago(9_000),
    status: "closed",
    log: [said, entered, { type: "typing" }, null],
  });
  expect(past.entries).toEqual([entered, said]);
  expect(past.whole).toBe(true);
  expect(past.at).toBe(Date.parse(ago(9_000)));
  expect(() => readPast({ log: "none" })).toThrow();
});

test("R-D10: a proven visitor comes with their history, without the conversation that is open", () => {
  const view = readVisitor(ANSWER, "dec_1", "cnv_1");
  expect(view).toMatchObject({
    verified: true,
    visits: 4,
    bought: { count: 2, total: 195, currency: "EUR" },
    cart: {
      total: 283,
      currency: "EUR",
      lines: [
        { name: "oxford", variant: null, quantity: 2, total: 178 },
        { name: "Chemise lin « Belle-Île »", variant: "M", quantity: 1, total: 105 },
      ],
    },
    invitation: { campaign: "cmp_1", variant: "a" },
    past: [{ id: "cnv_0", outcome: "resolved", open: false }],
  });
  expect(view.trail.map((step) => [step.title, step.seconds])).toEqual([
    ["/shop/", 65],
    ["Panier", null],
  ]);
});

test("R-D10: a visitor of whom nothing is known is shown as such; two currencies are not added up", () => {
  const bare = {
    ...ANSWER,
    verified: false,
    present: null,
    visits: [],
    orders: [],
    offers: [],
    conversations: [],
  };
  expect(readVisitor(bare, "dec_1", "cnv_1")).toMatchObject({
    verified: false,
    trail: [],
    cart: { lines: [] },
    invitation: null,
    past: [],
  });
  const mixed = { ...ANSWER, orders: [...ANSWER.orders, { order_id: "3", total: 9, currency: "GBP" }] };
  expect(readVisitor(mixed, null, "cnv_1").bought).toMatchObject({ count: 3, currency: null });
  expect(() => readVisitor({ error: "no" }, null, "cnv_1")).toThrow();
});

test("R-D10: the reasons of an invitation are the comparisons that can be said in one breath", () => {
  const condition = {
    "cart.items": { $gte: 3 },
    "geo.country": "FR",
    $or: [{ "page.seconds": { $gte: 30 } }],
    "utm.source": { $in: ["a", "b"] },
  };
  expect(reasonsIn(condition)).toEqual([
    { fact: "cart.items", operator: "$gte", value: "3" },
    { fact: "geo.country", operator: "$eq", value: "FR" },
  ]);
});
