/** Rules T88 and T89 of `docs/rules/targeting.md`: the segments that are ready to install. */
import { describe, expect, test } from "vitest";
import { Segment } from "../../domain/site/resources.ts";
import { librarySegment, SEGMENT_LIBRARY } from "../../domain/site/segment-library.ts";
import { conditionProblems, readCondition } from "../../domain/targeting/condition.ts";

type Facts = Record<string, Record<string, unknown>>;

/** Somebody on the first page of the first visit: everything that is always known, and nothing else. */
const STRANGER: Facts = {
  page: { url: "https://shop.example/", path: "/", seconds: 0, scroll: 0 },
  session: { pages: 1, seconds: 0, channel: "Direct", utm: {}, entry_path: "/" },
  cart: { value: 0, items: 0, views: 0, views_since_add: 0 },
  funnel: {},
  form: {},
  signals: {},
  visitor: { visits: 1, orders: 0, lifetime_value: 0, identified: false, traits: {} },
  device: {},
  geo: {},
  engagement: { shown: 0, accepted: 0, declined: 0 },
  event: { name: "Page Viewed", properties: {} },
};

const visitorWith = (facts: Facts): Facts => ({
  ...STRANGER,
  ...Object.fromEntries(Object.entries(facts).map(([group, own]) => [group, { ...STRANGER[group], ...own }])),
});

function holds(key: string, facts: Facts): boolean {
  const read = readCondition(librarySegment(key, "en")?.condition);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.test(facts);
}

const REGULAR = { visitor: { visits: 6, orders: 3 } };

/** For each segment, visitors in it, and visitors who are nearly. */
const CASES: Record<string, { inside: Facts[]; outside: Facts[] }> = {
  high_basket: { inside: [{ cart: { value: 120 } }], outside: [{ cart: { value: 119.99 } }] },
  premium: { inside: [{ cart: { items: 4 } }], outside: [{ cart: { items: 3 } }] },
  hot_prospect: {
    inside: [
      { session: { pages: 4 }, cart: { items: 1 } },
      { session: { pages: 4 }, visitor: { visits: 3 } },
    ],
    outside: [
      { session: { pages: 3 }, cart: { items: 1 } },
      { session: { pages: 4 } },
      { session: { pages: 4 }, visitor: { visits: 3, orders: 1 } },
    ],
  },
  in_difficulty: {
    inside: [
      { signals: { rage_click: 1 } },
      { signals: { dead_click: 2 } },
      { signals: { script_error: 1 } },
      { form: { id: "checkout", refilled: 2 } },
      { page: { status: 404 } },
      { page: { status: 500 } },
    ],
    outside: [{ signals: { dead_click: 1 } }, { page: { status: 200 } }, { form: { refilled: 1 } }],
  },
  about_to_contact: {
    inside: [
      { page: { path: "/contact", seconds: 10 } },
      { page: { path: "/fr/Nous-Contacter", seconds: 12 } },
      { page: { path: "/contact", seconds: 2 }, form: { id: "message" } },
      { page: { path: "/shop/" }, signals: { copy_phone: 1 } },
    ],
    outside: [
      { page: { path: "/contact", seconds: 9 } },
      { page: { path: "/shop/", seconds: 60 } },
      { page: { path: "/shop/" }, form: { id: "message" } },
    ],
  },
  searching: {
    inside: [{ event: { name: "Products Searched" } }, { session: { search_terms: "chemise lin" } }],
    outside: [{ session: { search_terms: "" } }, { event: { name: "Product Viewed" } }],
  },
  from_affiliate: {
    inside: [{ session: { channel: "Affiliates" } }, { session: { affiliate: "awin" } }],
    outside: [{ session: { channel: "Referral" } }],
  },
  about_to_leave: { inside: [{ signals: { exit_intent: 1 } }], outside: [{ signals: { rage_click: 1 } }] },
  returning_customer: {
    inside: [{ visitor: { visits: 2, orders: 1 } }],
    outside: [{ visitor: { visits: 5 } }, { visitor: { visits: 1, orders: 1 } }],
  },
  leave_alone: {
    inside: [
      REGULAR,
      { ...REGULAR, page: { path: "/shop/cart", seconds: 89 }, cart: { items: 5, value: 300 } },
    ],
    outside: [
      { visitor: { visits: 6, orders: 1 } },
      { visitor: { visits: 2, orders: 2 } },
      { ...REGULAR, signals: { rage_click: 1 } },
      { ...REGULAR, signals: { exit_intent: 1 } },
      { ...REGULAR, page: { seconds: 90 } },
      { ...REGULAR, page: { path: "/contact" } },
      { ...REGULAR, form: { refilled: 2 } },
    ],
  },
};

test("T88: the library holds the segments it is asked for, and each has its cases", () => {
  expect(SEGMENT_LIBRARY.map(({ segment }) => segment.key).sort()).toEqual(Object.keys(CASES).sort());
});

describe.each(SEGMENT_LIBRARY)("$segment.key", ({ segment: { key }, words }) => {
  test("T88: can be saved as it is, in French and English, and asks only for facts that every site has", () => {
    for (const locale of ["fr", "en"] as const) {
      const segment = Segment.parse(librarySegment(key, locale));
      expect(segment).toMatchObject({ key, ...words[locale] });
      expect(conditionProblems(segment.condition)).toEqual([]);
    }
    expect(words.fr.name).not.toBe("");
    expect(words.fr.description).not.toBe(words.en.description);
  });

  test("T88: lets in who belongs to it, and nobody else", () => {
    for (const facts of CASES[key]?.inside ?? [])
      expect([facts, holds(key, visitorWith(facts))]).toEqual([facts, true]);
    for (const facts of CASES[key]?.outside ?? [])
      expect([facts, holds(key, visitorWith(facts))]).toEqual([facts, false]);
  });

  test("T89: nobody is in it of whom nothing is known", () => {
    expect(holds(key, STRANGER)).toBe(false);
    expect(holds(key, {})).toBe(false);
    expect(holds(key, { session: { pages: 9 }, visitor: { visits: 9 } })).toBe(false);
  });
});

test("T88: only the regulars who manage by themselves are left alone", () => {
  const excluding = SEGMENT_LIBRARY.filter(({ segment }) => segment.exclude);
  expect(excluding.map(({ segment }) => segment.key)).toEqual(["leave_alone"]);
  expect(librarySegment("constructor", "fr")).toBeNull();
});
