/** Funnels, ways and the map of a journey over any visits: what comes in goes out, and days add up. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Walk } from "../../domain/history/records.ts";
import { besideAbandoned, besideMissing, besideStages } from "../../domain/journeys/beside.ts";
import {
  addCounts,
  addFunnel,
  addPages,
  addStages,
  addWays,
  countDay,
  type DayBodies,
  emptyFlows,
  emptyFunnel,
  none,
  type PagesBody,
  roundedSeconds,
  type StagesBody,
  type ToldChat,
  type ToldVisit,
} from "../../domain/journeys/day.ts";
import { funnelResult, type FunnelSums } from "../../domain/journeys/funnel-result.ts";
import { stagesOf } from "../../domain/journeys/map.ts";
import { OTHER_PAGES } from "../../domain/journeys/page-group.ts";
import { abandonedPages, missingPages } from "../../domain/journeys/pages.ts";
import { MAX_NODES, waysOf } from "../../domain/journeys/ways.ts";
import { judgedDirection } from "../../domain/overview/change.ts";

const step = (key: string, more: object = {}) => ({
  key,
  name: `Step ${key}`,
  event: key,
  path: null,
  ...more,
});
const FUNNEL = { key: "achat", name: "Achat", steps: [step("panier"), step("caisse"), step("payee")] };
const KEYS = FUNNEL.steps.map(({ key }) => key);

function visit(more: Partial<ToldVisit> = {}): ToldVisit {
  return { device: "desktop", bought: false, funnels: {}, path: ["/"], notFound: [], ...more };
}
const walked = (steps: Record<string, number | null>, next: string | null = null) => ({
  achat: { steps, next },
});

const page = fc.constantFrom<string[]>(
  "/",
  "/a",
  "/b",
  "/c",
  "/d",
  "/e",
  "/f",
  "/g",
  "/h",
  "/i",
  OTHER_PAGES,
);
const anyFrom: fc.Arbitrary<string | null> = fc.option(page);
const anyWalk: fc.Arbitrary<Walk> = fc.record({
  steps: fc
    .uniqueArray(fc.constantFrom(...KEYS), { minLength: 1 })
    .map((keys) => Object.fromEntries(keys.map((key, at) => [key, at * 40]))),
  next: anyFrom,
});
const anyWalks: fc.Arbitrary<Record<string, Walk>> = fc
  .option(anyWalk)
  .map((walk) => (walk === null ? {} : { achat: walk }));
const anyVisit: fc.Arbitrary<ToldVisit> = fc.record({
  device: fc.constantFrom<string[]>("desktop", "mobile", "tablet", "tv"),
  bought: fc.boolean(),
  funnels: anyWalks,
  path: fc.array(page, { maxLength: 13 }).map((all) => all.filter((one, at) => one !== all[at - 1])),
  notFound: fc.array(fc.tuple(page, anyFrom), { maxLength: 2 }),
});

/** The sums of `days`, through the JSON in which they are kept. */
function summed(days: readonly DayBodies[]) {
  const funnel = emptyFunnel();
  const flows = emptyFlows();
  const pages: PagesBody = { pages: none(), missing: none() };
  const stages: StagesBody = none();
  const visits = none<number>();
  for (const day of days) {
    const kept = JSON.parse(JSON.stringify(day)) as DayBodies;
    addCounts(visits, kept.visits);
    if (kept.funnels["achat"] !== undefined) addFunnel(funnel, kept.funnels["achat"]);
    addWays(flows, kept.ways);
    addPages(pages, kept.pages);
    if (kept.stages["achat"] !== undefined) addStages(stages, kept.stages["achat"]);
  }
  return { visits, funnel, flows, pages, stages };
}

function sumsOf(visits: readonly ToldVisit[]): FunnelSums {
  return summed([countDay(visits, [])]);
}

test("JRN5: no step has more visits than the one before, those who leave and those who go on are all, on every device", () => {
  fc.assert(
    fc.property(fc.array(anyVisit, { maxLength: 60 }), (visits) => {
      const { steps, devices, visits: all } = funnelResult(FUNNEL, sumsOf(visits), null);
      expect(all).toBe(visits.length);
      steps.forEach((one, at) => {
        const after = steps[at + 1]?.visits;
        if (after === undefined) return;
        expect(after).toBeLessThanOrEqual(one.visits);
        expect(one.left + after).toBe(one.visits);
        expect(one.next.reduce((sum, { visits: went }) => sum + went, 0)).toBe(one.left);
        expect(devices.reduce((sum, device) => sum + (device.steps[at]?.visits ?? 0), 0)).toBe(one.visits);
      });
    }),
  );
});

test("JRN5: who comes straight to a later step has passed those before; an unknown step counts for nothing", () => {
  const { steps } = funnelResult(
    FUNNEL,
    sumsOf([visit({ funnels: walked({ payee: 3 }) }), visit({ funnels: walked({ panier: 1, gone: 2 }) })]),
    null,
  );
  expect(steps.map(({ visits }) => visits)).toEqual([2, 1, 1]);
  expect(steps[0]?.passing).toMatchObject({ value: 0.5, numerator: 1, denominator: 2, n: 2 });
  expect(steps[2]?.passing).toBeNull();
});

test("JRN6: a step is told with the median time from the one before, and where those went who left", () => {
  const { steps } = funnelResult(
    FUNNEL,
    sumsOf([
      visit({ funnels: walked({ panier: 10, caisse: 40 }, "/livraison") }),
      visit({ funnels: walked({ panier: 0, caisse: 50, payee: 1_000 }) }),
      visit({ funnels: walked({ panier: 5, caisse: 45 }, null) }),
      visit({ funnels: walked({ caisse: 7, panier: 90 }) }),
    ]),
    null,
  );
  expect(steps[1]?.seconds).toMatchObject({ value: 40, n: 3 });
  expect(steps[1]?.next.map(({ page: where, visits }) => [where, visits])).toEqual([
    [null, 2],
    ["/livraison", 1],
  ]);
  expect(steps[2]?.seconds).toMatchObject({ value: 960, n: 1 });
  for (const seconds of [1, 119, 125, 640, 5_000]) {
    expect(Math.abs(roundedSeconds(seconds) - seconds)).toBeLessThanOrEqual(seconds * 0.03);
  }
});

test("JRN7: a device is said to go on less often only where chance does not explain it", () => {
  const many = (n: number, device: string, steps: Record<string, number>) =>
    Array.from({ length: n }, () => visit({ device, funnels: walked(steps) }));
  const apart = [
    ...many(500, "desktop", { panier: 1, caisse: 2 }),
    ...many(100, "desktop", { panier: 1 }),
    ...many(300, "mobile", { panier: 1, caisse: 2 }),
    ...many(300, "mobile", { panier: 1 }),
  ];
  const { gap } = funnelResult(FUNNEL, sumsOf(apart), null);
  expect(gap).toMatchObject({ step: "panier", device: "mobile", passing: { value: 0.5 } });
  expect(gap?.visits).toBeCloseTo(200, 6);
  const alike = [...many(5, "desktop", { panier: 1, caisse: 2 }), ...many(2, "mobile", { panier: 1 })];
  expect(funnelResult(FUNNEL, sumsOf(alike), null).gap).toBeNull();
  const near = [
    ...many(60, "desktop", { panier: 1, caisse: 2 }),
    ...many(40, "desktop", { panier: 1 }),
    ...many(46, "mobile", { panier: 1, caisse: 2 }),
    ...many(54, "mobile", { panier: 1 }),
  ];
  expect(funnelResult(FUNNEL, sumsOf(near), null).gap).toBeNull();
});

test("JRN8: against another span each step tells what it was and the interval of its change", () => {
  const now = sumsOf([
    visit({ funnels: walked({ panier: 1, caisse: 2 }) }),
    visit({ funnels: walked({ panier: 1 }) }),
  ]);
  const then = sumsOf([visit({ funnels: walked({ panier: 1 }) })]);
  const [first, , last] = funnelResult(FUNNEL, now, then).steps;
  expect(first?.before).toMatchObject({ value: 0, denominator: 1 });
  expect(first?.change?.value).toBe(0.5);
  expect(first?.change?.interval?.[0]).toBeLessThan(0);
  expect(last?.change).toBeNull();
  expect(funnelResult(FUNNEL, now, sumsOf([])).steps[0]?.change).toBeNull();
});

test("JRN9: what comes into a page goes out of it, however many pages and days there are", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyVisit, { maxLength: 25 }), { maxLength: 4 }), (days) => {
      const { flows } = summed(days.map((visits) => countDay(visits, [])));
      const { visits, nodes, links } = waysOf(flows);
      const told = days.flat().filter(({ path }) => path.length > 0);
      expect(visits).toBe(told.length);
      const ids = new Set(nodes.map(({ id }) => id));
      for (const { source, target } of links) expect([source, target].every((id) => ids.has(id))).toBe(true);
      for (const node of nodes) {
        const into = links
          .filter(({ target }) => target === node.id)
          .reduce((sum, link) => sum + link.visits, 0);
        const out = links
          .filter(({ source }) => source === node.id)
          .reduce((sum, link) => sum + link.visits, 0);
        if (node.position > 0) expect(into).toBe(node.visits);
        if (node.position < 5 && (node.kind === "page" || node.kind === "others"))
          expect(out).toBe(node.visits);
      }
      for (const position of [0, 1, 2, 3, 4, 5]) {
        const pages = nodes.filter((node) => node.position === position && node.kind === "page");
        expect(pages.length).toBeLessThanOrEqual(MAX_NODES);
      }
    }),
  );
});

test("JRN9: the days of a span add up to what all its visits give at once", () => {
  fc.assert(
    fc.property(fc.array(anyVisit, { maxLength: 30 }), fc.nat(30), (visits, cut) => {
      const whole = summed([countDay(visits, [])]);
      const parts = summed([countDay(visits.slice(0, cut), []), countDay(visits.slice(cut), [])]);
      expect(funnelResult(FUNNEL, parts, null)).toEqual(funnelResult(FUNNEL, whole, null));
      expect(waysOf(parts.flows).nodes).toEqual(waysOf(whole.flows).nodes);
      expect(abandonedPages(parts.pages)).toEqual(abandonedPages(whole.pages));
      expect(missingPages(parts.pages)).toEqual(missingPages(whole.pages));
    }),
  );
});

test("JRN10: a page's abandonment is its visits that ended there without an order, of those that saw it, with interval", () => {
  const { pages } = summed([
    countDay(
      [
        visit({ path: ["/", "/panier"] }),
        visit({ path: ["/", "/panier"], bought: true }),
        visit({ path: ["/panier", "/"] }),
      ],
      [],
    ),
  ]);
  const [first, second] = abandonedPages(pages);
  expect(first).toMatchObject({ page: "/", seen: 3, ended: 1, lost: 1 });
  expect(second).toMatchObject({ page: "/panier", seen: 3, ended: 2, lost: 1, share: { value: 0.5, n: 2 } });
  expect(second?.rate.value).toBeCloseTo(1 / 3);
  expect(second?.rate.interval?.[1]).toBeGreaterThan(0.5);
});

test("JRN11: pages that are missing are told by how many visits missed them, with what led there, whatever its name", () => {
  const { pages } = summed([
    countDay(
      [
        visit({ notFound: [["/vieux", "constructor"]] }),
        visit({ notFound: [["/vieux", "/"]] }),
        visit({
          notFound: [
            ["/vieux", "/"],
            ["/autre", null],
          ],
        }),
      ],
      [],
    ),
  ]);
  expect(missingPages(pages)).toEqual([
    {
      page: "/vieux",
      visits: 3,
      from: [
        { from: "/", visits: 2 },
        { from: "constructor", visits: 1 },
      ],
    },
    { page: "/autre", visits: 1, from: [{ from: null, visits: 1 }] },
  ]);
});

test("JRN12: a stage with fewer than 30 answers has no point; with 30 it has its mean and its interval", () => {
  const answers = (n: number): ToldChat[] =>
    Array.from({ length: n }, (_, at) => ({ steps: { achat: "caisse" }, csat: 3 + (at % 3), ces: 6 }));
  const of = (n: number) => {
    const sums = summed([countDay([visit({ funnels: walked({ panier: 0, caisse: 1 }) })], answers(n))]);
    return stagesOf(FUNNEL, sums.funnel, sums.stages)[1];
  };
  expect(of(29)).toMatchObject({ chats: 29, satisfaction: { value: null, n: 29, interval: null } });
  expect(of(30)).toMatchObject({ satisfaction: { value: 4, n: 30 }, effort: { value: 6, n: 30 } });
});

test("JRN13: what the site enters goes before what is measured, and a target is told with the gap to it", () => {
  const funnel = {
    ...FUNNEL,
    steps: [
      step("panier", { target: { passing: 0.75 }, importance: { business: 5 } }),
      step("caisse", { target: { satisfaction: 4.5 } }),
      step("payee"),
    ],
  };
  const sums = summed([
    countDay(
      [visit({ funnels: walked({ panier: 0 }) }), visit({ funnels: walked({ panier: 0, caisse: 1 }) })],
      [{ steps: { achat: "caisse" }, csat: 5, ces: null }],
    ),
  ]);
  const [panier, caisse, payee] = stagesOf(funnel, sums.funnel, sums.stages);
  expect(panier).toMatchObject({
    importance: { business: { value: 1, source: "entered" }, customer: { value: 0, source: "measured" } },
    aims: { passing: { target: 0.75, present: 0.5, gap: -0.25 }, effort: null },
  });
  expect(caisse).toMatchObject({
    importance: { customer: { value: 1, source: "measured" } },
    aims: { satisfaction: { target: 4.5, present: null, gap: null } },
  });
  expect(payee?.importance.business).toEqual({ value: 0, source: "measured" });
});

/** So many visits that came to the first step, of which so many went on, and so many answers of a score at the second. */
function sumsWith(came: number, went: number, { answers = 0, csat = 4 } = {}) {
  const visits = Array.from({ length: came }, (_, at) =>
    visit({
      funnels: walked(at < went ? { panier: 0, caisse: 1 } : { panier: 0 }),
      path: at < went ? ["/", "/panier"] : ["/"],
    }),
  );
  const chats = Array.from({ length: answers }, (_, at): ToldChat => ({
    steps: { achat: "caisse" },
    csat: Math.min(5, csat + (at % 2)),
    ces: 5,
  }));
  return summed([countDay(visits, chats)]);
}
const stagesIn = (sums: ReturnType<typeof sumsWith>) => stagesOf(FUNNEL, sums.funnel, sums.stages);

test("JRN23: a stage tells what it was, by how much it differs with the interval, and colour only beyond chance", () => {
  const now = stagesIn(sumsWith(400, 240, { answers: 60, csat: 4 }));
  const then = stagesIn(sumsWith(400, 160, { answers: 60, csat: 4 }));
  const [first, second] = besideStages(now, then);
  expect(first?.before).toMatchObject({ visits: 400, chats: 0, passing: { value: 0.4, n: 400 } });
  const passing = first?.differences?.passing;
  expect(passing?.value).toBeCloseTo(0.2);
  expect([passing?.low ?? 0, passing?.high ?? 0].every((end) => end > 0)).toBe(true);
  expect(judgedDirection(passing ?? null)).toBe(1);
  expect(second?.before).toMatchObject({ chats: 60, satisfaction: { value: 4.5, n: 60 } });
  expect(second?.differences?.satisfaction).toMatchObject({ value: 0 });
  expect(judgedDirection(second?.differences?.satisfaction ?? null)).toBe(0);
  // The last stage goes on to none.
  expect(besideStages(now, then).at(-1)?.differences?.passing).toBeNull();
  // And nothing stands beside where nobody asks for it.
  expect(besideStages(now, null)[0]).toMatchObject({ before: null, differences: null });
});

test("JRN23: means of few answers, and a stage that nobody came to, are compared with nothing", () => {
  const now = stagesIn(sumsWith(40, 20, { answers: 60 }));
  for (const then of [sumsWith(40, 20, { answers: 29 }), sumsWith(0, 0)]) {
    const [first, second] = besideStages(now, stagesIn(then));
    expect(second?.differences).toMatchObject({ satisfaction: null, effort: null });
    expect(second?.before?.satisfaction.value).toBeNull();
    if (then.visits["all"] === 0) expect(first?.differences?.passing).toBeNull();
  }
});

test("JRN23: a page where visits end, and one that is missing, stand beside what they were, whatever their names", () => {
  const now = summed([
    countDay(
      [
        ...Array.from({ length: 90 }, () => visit({ path: ["/", "/panier"] })),
        visit({ path: ["/constructor"], notFound: [["/constructor", "/"]] }),
      ],
      [],
    ),
  ]).pages;
  const then = summed([
    countDay(
      [
        ...Array.from({ length: 40 }, () => visit({ path: ["/", "/panier"] })),
        ...Array.from({ length: 40 }, () => visit({ path: ["/panier", "/"] })),
      ],
      [],
    ),
  ]).pages;
  const pages = besideAbandoned(abandonedPages(now), then);
  const cart = pages.find(({ page: name }) => name === "/panier");
  expect(cart).toMatchObject({
    before: { seen: 80, lost: 40, rate: { value: 0.5 } },
    difference: { value: 0.5 },
  });
  expect(judgedDirection(cart?.difference ?? null)).toBe(1);
  expect(pages.find(({ page: name }) => name === "/constructor")).toMatchObject({
    before: { seen: 0, lost: 0, rate: { value: null } },
    difference: null,
  });
  expect(besideMissing(missingPages(now), then)).toMatchObject([
    { page: "/constructor", visits: 1, before: 0 },
  ]);
  expect(besideMissing(missingPages(now), now)).toMatchObject([{ before: 1 }]);
  expect(besideAbandoned(abandonedPages(now), null)[0]).toMatchObject({ before: null, difference: null });
  expect(besideMissing(missingPages(now), null)[0]).toMatchObject({ before: null });
});
