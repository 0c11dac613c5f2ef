/** Rules T44 to T50 of `docs/rules/targeting.md`: segments as facts, what is skipped whole, and the order of candidates. */
import { expect, test } from "vitest";
import { conditionProblems, readCondition } from "../../domain/targeting/condition.ts";
import { isFactName } from "../../domain/targeting/fact-names.ts";
import { compileSite, judge } from "../../domain/targeting/judge.ts";
import { campaign, clock, type Condition, NOON, segment, siteOf, wake } from "./targeting-site.ts";

const seen = { cart: { value: 200, items: 4 }, session: { pages: 6 }, event: wake };
const rich = segment("rich", { "cart.value": { $gte: 150 } }, { value: 40 });
const hot = segment("hot", { "segment.rich": true, "session.pages": { $gte: 5 } }, { value: 80 });

const idsOf = (conditions: Condition[], segments = [rich, hot], facts: object = seen) => {
  const live = conditions.map((condition, index) => campaign(`cmp_${index}`, { condition }));
  const { candidates } = judge(compileSite(siteOf(live, segments)), facts, clock);
  return candidates.map((each) => each.campaign).toSorted();
};

test("T44: a segment is a fact, true or false, and may ask about others, whatever order they stand in", () => {
  const conditions = [
    { "segment.rich": true },
    { "segment.hot": true },
    { "segment.hot": false },
    { $not: { "segment.hot": { $ne: true } } },
    { "segment.hot": { $exists: true }, "cart.items": { $gte: 5 } },
  ];
  expect(idsOf(conditions, [hot, rich])).toEqual(["cmp_0", "cmp_1", "cmp_3"]);
  expect(idsOf(conditions, [hot, rich], { cart: { value: 10 } })).toEqual(["cmp_2"]);
});

test("T44: what a visitor sends of segments is never believed", () => {
  const claims = {
    segment: { rich: true, hot: true },
    "segment.rich": true,
    cart: { value: 1 },
    event: wake,
  };
  expect(idsOf([{ "segment.rich": true }, { "segment.hot": true }], [rich, hot], claims)).toEqual([]);
  const compiled = compileSite(
    siteOf([campaign("cmp_1", { condition: { "segment.hot": true } })], [rich, hot]),
  );
  expect(compiled.byId.get("cmp_1")?.test(claims)).toBe(false);
  expect(compiled.segments.get("hot")?.test(claims)).toBe(false);
  expect(compiled.segments.get("hot")?.test(seen)).toBe(true);
});

test("T44: a judgement says which segments hold, the higher priority first, and the first that is left alone", () => {
  const segments = [
    rich,
    segment("late", { "page.seconds": { $gte: 30 } }, { priority: 9, exclude: true }),
    segment("calm", { "cart.items": { $gte: 1 } }, { priority: 1, exclude: true }),
    segment("alone", {}, { exclude: true }),
  ];
  const compiled = compileSite(siteOf([campaign("cmp_1")], segments));
  expect(judge(compiled, seen, clock)).toMatchObject({
    segments: ["calm", "alone", "rich"],
    excludedBy: "calm",
    candidates: [{ campaign: "cmp_1" }],
  });
  const later = { ...clock, now: NOON + 20_000 };
  expect(judge(compiled, seen, later)).toMatchObject({ excludedBy: "late" });
});

test("T45: a segment that the site does not have is refused when saved, and the nearest key proposed", () => {
  const problems = conditionProblems(
    { $or: [{ "segment.richh": true }, { "segment.rich": true }] },
    { segments: ["hot", "rich"] },
  );
  expect(problems).toEqual([
    { path: "$or.0.segment.richh", message: 'there is no segment "richh"; did you mean "rich"?' },
  ]);
  expect(conditionProblems({ "segment.a": true }, { segments: [] })[0]?.path).toBe("segment.a");
  expect(isFactName("segment.rich")).toBe(true);
  expect(["segment", "segment.", "segment.a.b", "segment.A"].some(isFactName)).toBe(false);
});

test("T45: who asks about himself on any way, or about what cannot be read, is unreadable and so is who asks for him", () => {
  const segments = [
    segment("a", { "segment.b": true }),
    segment("b", { $not: { "segment.c": true } }),
    segment("c", { "segment.a": true }),
    segment("self", { "segment.self": false }),
    segment("odd", { "cart.items": { $near: 1 } }),
    segment("beside", { "segment.odd": false }),
    rich,
  ];
  const conditions = ["a", "b", "c", "self", "odd", "beside", "gone", "rich"].map((key) => ({
    $not: { [`segment.${key}`]: true },
  }));
  const live = conditions.map((condition, index) => campaign(`cmp_${index}`, { condition }));
  const compiled = compileSite(siteOf(live, segments));
  expect([...compiled.byId.keys()]).toEqual(["cmp_7"]);
  expect([...compiled.segments.keys()]).toEqual(["rich"]);
  expect(compiled.unreadableSegments.map((each) => each.segment).toSorted()).toEqual(
    ["a", "b", "beside", "c", "odd", "self"].toSorted(),
  );
  expect(compiled.unreadable).toHaveLength(7);
  expect(compiled.unreadable.at(-1)?.problems[0]?.path).toBe("$not.segment.gone");
});

test("T45: segments that ask about each other many times over are each read once", () => {
  const chain = Array.from({ length: 60 }, (_, index) =>
    segment(
      `s${index}`,
      index === 0
        ? { "page.seconds": { $gte: 30 } }
        : { $and: [{ [`segment.s${index - 1}`]: true }, { $not: { [`segment.s${index - 1}`]: false } }] },
    ),
  );
  const compiled = compileSite(siteOf([campaign("cmp_1", { condition: { "segment.s59": true } })], chain));
  const begun = performance.now();
  expect(judge(compiled, { event: wake }, clock)).toMatchObject({ candidates: [], wakeAfterMs: 20_000 });
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test.each([
  ["an unknown operator", { $not: { "cart.items": { $near: 1 } } }, "$not.cart.items.$near"],
  ["an unknown fact", { $not: { "cart.itemz": 3 } }, "$not.cart.itemz"],
  ["an operator beside names", { $not: { "cart.items": { $gte: 1, items: 2 } } }, "$not.cart.items.$gte"],
  [
    "an expression that could cost too much",
    { $not: { "page.path": { $regex: "(a+)+$" } } },
    "$not.page.path.$regex",
  ],
])("T46: %s that slipped in makes the campaign be skipped whole, and reported", (_, condition, path) => {
  const compiled = compileSite(siteOf([campaign("cmp_bad", { condition }), campaign("cmp_good")]));
  const judgement = judge(compiled, seen, clock);
  expect(judgement.candidates.map((each) => each.campaign)).toEqual(["cmp_good"]);
  expect(judgement.unreadable).toMatchObject([{ campaign: "cmp_bad", problems: [{ path }] }]);
});

test("T46: an expression that could cost too much is never run, whoever asks it: campaign or segment", () => {
  const costly = { "page.path": { $regex: "^(a|aa)+$" } };
  const live = [
    campaign("cmp_1", { condition: costly }),
    campaign("cmp_2", { condition: { "segment.costly": true } }),
  ];
  const compiled = compileSite(siteOf(live, [segment("costly", costly, { exclude: true })]));
  const hostile = { page: { path: `${"a".repeat(60)}!` }, event: wake };
  const begun = performance.now();
  expect(judge(compiled, hostile, clock)).toMatchObject({ candidates: [], segments: [], excludedBy: null });
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(compiled.unreadable.map((each) => each.campaign)).toEqual(["cmp_1", "cmp_2"]);
});

test.each([
  [{ a: { $notRegex: "^x" } }, { a: "y" }, true],
  [{ a: { $notRegex: "^x" } }, { a: "xy" }, false],
  [{ a: { $notRegexi: "^X" } }, { a: "xy" }, false],
  [{ a: { $notRegex: "[" } }, { a: "y" }, false],
  [{ a: { $notRegex: 7 } }, { a: "y" }, false],
  [{ $not: { $groups: { $elemMatch: { $eq: "a" } } } }, { $groups: ["b"] }, true],
  [{ $groups: { $elemMatch: { $eq: "a" } } }, { $groups: ["b"] }, false],
])(
  "T47: what GrowthBook's cases ask beyond the released evaluator is answered: %j over %j is %s",
  (asked, given, expected) => {
    const read = readCondition(asked);
    expect(read.ok && read.test(given)).toBe(expected);
  },
);

test("T47: an expression asked the other way round is held to the same cost, and `$groups` is no fact of ours", () => {
  expect(conditionProblems({ "page.path": { $notRegex: "(a+)+$" } })[0]?.path).toBe("page.path.$notRegex");
  expect(conditionProblems({ $groups: { $in: ["a"] } })[0]?.path).toBe("$groups");
});

test("T49: between equal priorities the higher expected value goes first, then the lower id", () => {
  const live = [
    campaign("cmp_e"),
    campaign("cmp_d", { condition: { $not: { "segment.hot": false } } }),
    campaign("cmp_c", { condition: { $or: [{ "segment.rich": true }, { "segment.hot": true }] } }),
    campaign("cmp_b", { value: 50, condition: { "segment.hot": true } }),
    campaign("cmp_a", { priority: -1, value: 1_000 }),
    campaign("cmp_0", { priority: 1 }),
  ];
  const { candidates } = judge(compileSite(siteOf(live, [rich, hot])), seen, clock);
  expect(candidates).toEqual([
    { campaign: "cmp_0", phase: 1, expectedValue: 0 },
    { campaign: "cmp_c", phase: 1, expectedValue: 80 },
    { campaign: "cmp_d", phase: 1, expectedValue: 80 },
    { campaign: "cmp_b", phase: 1, expectedValue: 50 },
    { campaign: "cmp_e", phase: 1, expectedValue: 0 },
    { campaign: "cmp_a", phase: 1, expectedValue: 1_000 },
  ]);
});

test("T50: a campaign whose condition holds is a candidate whatever its schedule; its opening is a moment to wake", () => {
  const hours = [{ dayOfWeek: ["Monday" as const], opens: "14:00", closes: "18:00" }];
  const compiled = compileSite(siteOf([campaign("cmp_1", { schedule: { hours } })]));
  expect(judge(compiled, seen, clock)).toMatchObject({
    candidates: [{ campaign: "cmp_1" }],
    wakeAfterMs: 3_600_000,
  });
});
