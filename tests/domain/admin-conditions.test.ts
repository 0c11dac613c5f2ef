/** The condition builder and the JSON beside it: one condition, never lossy (rules R-M1 to R-M3, R-M16, R-M17). */
import * as fc from "fast-check";
import { add, prepareRuleGroup, remove, update } from "react-querybuilder";
import { describe, expect, test, vi } from "vitest";
import { readCondition } from "../../domain/targeting/condition.ts";
import type { Json } from "../../domain/visit/facts.ts";
import {
  isGroup,
  isRaw,
  readQuery,
  ruleAt,
  rulesOf,
  settle,
  writeQuery,
  type ConditionJson,
  type Query,
  type Rule,
} from "../../web/admin/campaigns/condition-query.ts";
import { lineOfPath, parseCondition, printCondition } from "../../web/admin/campaigns/condition-text.ts";
import { fitValue, isBare, isListed, isPattern, OPERATORS } from "../../web/admin/campaigns/operators.ts";

vi.setConfig({ testTimeout: 60_000 });

const FACTS = [
  "page.path",
  "page.seconds",
  "cart.value",
  "cart.items",
  "signals.hesitation",
  "visitor.traits.plan",
  "__proto__",
];
const fact = fc.constantFrom(...FACTS);
const text = fc.constantFrom("", "/", "/shop/cart", "a.b", "^x$", "3", "true", "PLAN");
const number = fc.constantFrom(-1, 0, 1, 3, 50, 2.5);
const scalar: fc.Arbitrary<Json> = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const OPERAND: fc.Arbitrary<[string, Json]> = fc.oneof(
  fc.tuple(fc.constantFrom("$eq", "$ne", "$lt", "$lte", "$gt", "$gte"), scalar),
  fc.tuple(
    fc.constantFrom("$in", "$nin", "$ini", "$nini", "$all", "$alli"),
    fc.array(scalar, { maxLength: 3 }),
  ),
  fc.tuple(
    fc.constantFrom("$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"),
    fc.constantFrom("1.2", "1.10.0"),
  ),
  fc.tuple(
    fc.constantFrom("$regex", "$regexi"),
    fc.constantFrom("^/shop", "cart$", "a\\.b", "(a|b)+", "^", "$", "^x$"),
  ),
  fc.tuple(fc.constant("$exists"), fc.oneof(fc.boolean(), fc.constant(1))),
  fc.tuple(fc.constant("$type"), fc.constantFrom("string", "number", "array")),
  fc.tuple(fc.constant("$size"), fc.oneof(number, fc.constant({ $gte: 2 }))),
  fc.tuple(fc.constant("$elemMatch"), fc.constantFrom<Json>({ $eq: 3 }, { sku: "a", qty: { $gt: 1 } })),
  fc.tuple(
    fc.constant("$not"),
    fc.constantFrom<Json>({ $regex: "^/shop" }, { $gte: 3 }, "x", { $not: { $in: [1] } }),
  ),
);
const operand: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 2 }),
  fc.array(OPERAND, { minLength: 1, maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  fc.constantFrom<Json>({}, { plan: "gold" }, { $gte: 1, plan: "gold" }),
);

/** Every condition that the contract allows, and some that it does not. */
const { condition } = fc.letrec<{ condition: ConditionJson; group: Json }>((tie) => ({
  condition: fc
    .array(
      fc.oneof(
        { depthSize: "small" },
        fc.tuple(fact, operand),
        fc.tuple(fc.constantFrom("$or", "$and", "$nor"), tie("group")),
        fc.tuple(fc.constantFrom("$or", "$and", "$nor"), tie("group")),
        fc.tuple(fc.constant("$not"), tie("condition")),
        fc.tuple(fc.constantFrom("$not", "$or", "$what"), scalar),
      ),
      { maxLength: 4 },
    )
    // `Object.fromEntries` defines each key, so that `__proto__` is one like any other.
    .map((entries) => Object.fromEntries(entries)),
  group: fc.array(tie("condition"), { maxLength: 3 }),
}));

/** Facts under the same names, often close to what the conditions ask. */
const facts = fc
  .record({
    path: fc.option(text),
    seconds: fc.option(number),
    value: fc.option(number),
    items: fc.option(number),
    hesitation: fc.option(number),
    plan: fc.option(fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))),
  })
  .map(({ path, seconds, value, items, hesitation, plan }) => ({
    page: { ...(path === null ? {} : { path }), ...(seconds === null ? {} : { seconds }) },
    cart: { ...(value === null ? {} : { value }), ...(items === null ? {} : { items }) },
    signals: hesitation === null ? {} : { hesitation },
    visitor: { traits: plan === null ? {} : { plan } },
  }));

const rule: fc.Arbitrary<Rule> = fc
  .record({
    field: fact,
    operator: fc.constantFrom(...OPERATORS),
    scalar,
    list: fc.array(scalar, { maxLength: 3 }),
  })
  .map(({ field, operator, scalar: one, list }) => {
    if (isBare(operator)) return { field, operator, value: null };
    if (isListed(operator)) return { field, operator, value: list };
    return { field, operator, value: isPattern(operator) ? `x${String(one)}` : one };
  });

const { query } = fc.letrec<{ query: Query; item: Rule | Query }>((tie) => ({
  query: fc.record({
    combinator: fc.constantFrom("all", "any", "none", "notAll"),
    rules: fc.array(tie("item"), { maxLength: 4 }),
  }),
  item: fc.oneof({ depthSize: "small" }, rule, tie("query")),
}));

const comparisonsIn = (tree: Query): Rule[] => rulesOf(tree).filter((one) => !isRaw(one));

describe("JSON to builder to JSON", () => {
  test("R-M1 R-M2: every condition is drawn and written back as the very same JSON, whatever the builder has words for", () => {
    let worded = 0;
    let raw = 0;
    fc.assert(
      fc.property(condition, (json) => {
        const { query: drawn } = readQuery(json);
        worded += comparisonsIn(drawn).length;
        raw += rulesOf(drawn).length - comparisonsIn(drawn).length;
        expect(JSON.stringify(writeQuery(drawn))).toBe(JSON.stringify(json));
      }),
      { numRuns: 4_000 },
    );
    expect(worded).toBeGreaterThan(1_000);
    expect(raw).toBeGreaterThan(1_000);
  });

  test("R-M1: what the library makes of a drawn condition means the same to the evaluator", () => {
    let matched = 0;
    fc.assert(
      fc.property(condition, facts, (json, known) => {
        const before = readCondition(json);
        const after = readCondition(writeQuery(prepareRuleGroup(readQuery(json).query)));
        expect(after.ok).toBe(before.ok);
        if (!before.ok || !after.ok) return;
        expect(after.test(known)).toBe(before.test(known));
        matched += before.test(known) ? 1 : 0;
      }),
      { numRuns: 4_000 },
    );
    expect(matched).toBeGreaterThan(200);
  });

  test("R-M2: a part without words is a rule of its own beside the others, and an edit elsewhere leaves it as it is", () => {
    const json = {
      "page.path": { $regex: "^/shop" },
      "visitor.traits.tags": { $size: { $gte: 2 } },
      $nor: [{ "cart.items": { $gte: 9 } }],
    };
    const { query: drawn } = readQuery(json);
    expect(
      drawn.rules.map((item) => (isGroup(item) ? item.combinator : isRaw(item) ? "json" : item.operator)),
    ).toEqual(["starts", "json", "none"]);
    const edited = update(drawn, "value", "/panier", [0]);
    expect(writeQuery(edited)).toEqual({ ...json, "page.path": { $regex: "^/panier" } });
    expect(writeQuery(remove(edited, [2]))).toEqual({
      "page.path": { $regex: "^/panier" },
      "visitor.traits.tags": { $size: { $gte: 2 } },
    });
  });

  test("R-M1: the demo's cart help reads as three rows", () => {
    const { query: drawn } = readQuery({
      "page.path": { $regex: "^/shop/cart" },
      "cart.items": { $gte: 3 },
      "page.seconds": { $gte: 30 },
    });
    expect(rulesOf(drawn).map(({ operator, value }) => [operator, value])).toEqual([
      ["starts", "/shop/cart"],
      ["atLeast", 3],
      ["atLeast", 30],
    ]);
  });
});

describe("builder to JSON to builder", () => {
  test("R-M1: every query that can be built is readable, and drawn again it is written the same", () => {
    fc.assert(
      fc.property(query, (built) => {
        const written = writeQuery(built);
        expect(readCondition(written).ok).toBe(true);
        expect(JSON.stringify(writeQuery(readQuery(written).query))).toBe(JSON.stringify(written));
      }),
      { numRuns: 3_000 },
    );
  });

  test("R-M1: the written condition means what the groups say", () => {
    const holds = (item: Rule | Query, known: object): boolean => {
      if (!isGroup(item)) {
        const read = readCondition(writeQuery({ combinator: "all", rules: [item] }));
        return read.ok && read.test(known);
      }
      const each = item.rules.map((one) => holds(one, known));
      if (item.combinator === "any") return each.length === 0 || each.includes(true);
      // As published, an empty list of alternatives stands for anybody, so that its opposite is nobody.
      if (item.combinator === "none") return each.length > 0 && !each.includes(true);
      return each.every(Boolean) === (item.combinator === "all");
    };
    fc.assert(
      fc.property(query, facts, (built, known) => {
        const read = readCondition(writeQuery(built));
        expect(read.ok && read.test(known)).toBe(holds(built, known));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("a missing number", () => {
  const rowOf = (field: string, operator: string, value: Json): Query => ({
    combinator: "all",
    rules: [{ id: "one", field, operator, value }],
  });

  test("R-M16: a comparison that nothing would pass is written with $exists, and only then", () => {
    expect(writeQuery(rowOf("cart.value", "below", 50))).toEqual({
      "cart.value": { $lt: 50, $exists: true },
    });
    expect(writeQuery(rowOf("visitor.traits.age", "atMost", 0))).toEqual({
      "visitor.traits.age": { $lte: 0, $exists: true },
    });
    expect(writeQuery(rowOf("cart.value", "atLeast", 50))).toEqual({ "cart.value": { $gte: 50 } });
    // A signal that never came was given zero times: that is known.
    expect(writeQuery(rowOf("signals.rage_click", "below", 1))).toEqual({ "signals.rage_click": { $lt: 1 } });
  });

  test("R-M16: no built comparison holds for a visitor of whom nothing is known", () => {
    const operators = fc.constantFrom("below", "atMost", "above", "atLeast");
    fc.assert(
      fc.property(
        fc.constantFrom("cart.value", "page.scroll", "visitor.traits.age"),
        operators,
        number,
        (...row) => {
          const read = readCondition(writeQuery(rowOf(...row)));
          expect(read.ok && read.test({})).toBe(false);
        },
      ),
    );
  });

  test("R-M16: what was written without it by hand stays so until its fact or comparison changes", () => {
    const { query: drawn } = readQuery({ "cart.value": { $lt: 50 } });
    expect(writeQuery(update(drawn, "value", 40, [0]))).toEqual({ "cart.value": { $lt: 40 } });
    const changed = settle(update(drawn, "operator", "atMost", [0]), drawn);
    expect(writeQuery(changed)).toEqual({ "cart.value": { $lte: 50, $exists: true } });
  });
});

describe("a change of a row", () => {
  test("R-M17: another fact or comparison gets a value of the kind that it takes", () => {
    fc.assert(
      fc.property(rule, fact, fc.constantFrom(...OPERATORS), (row, field, operator) => {
        fc.pre(row.field !== field || row.operator !== operator);
        const before: Query = { combinator: "all", rules: [{ ...row, id: "one" }] };
        const next = settle(
          update(
            update(before, "field", field, [0], { resetOnFieldChange: false }),
            "operator",
            operator,
            [0],
          ),
          before,
        );
        const [after] = rulesOf(next);
        expect(after).toBeDefined();
        if (after === undefined) return;
        expect(fitValue(after.field, after.operator, after.value)).toEqual(after.value);
        expect(readCondition(writeQuery(next)).ok).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test("R-M1: a second condition on a fact stands beside the first, or below $and where it cannot", () => {
    const { query: drawn } = readQuery({ "cart.items": { $gte: 3 } });
    const most = add(drawn, { field: "cart.items", operator: "atMost", value: 9 }, []);
    expect(writeQuery(most)).toEqual({ "cart.items": { $gte: 3, $lte: 9, $exists: true } });
    const again = add(drawn, { field: "cart.items", operator: "atLeast", value: 5 }, []);
    expect(writeQuery(again)).toEqual({ "cart.items": { $gte: 3 }, $and: [{ "cart.items": { $gte: 5 } }] });
  });
});

describe("the JSON's lines", () => {
  test("R-M3: printing and parsing lose nothing, and every path has its line", () => {
    fc.assert(
      fc.property(condition, (json) => {
        const printed = printCondition(json);
        const parsed = parseCondition(printed);
        expect(parsed.ok).toBe(true);
        if (parsed.ok) expect(JSON.stringify(parsed.value)).toBe(JSON.stringify(json));
      }),
      { numRuns: 1_000 },
    );
  });

  test("R-M3: an error's path is the same line and the same row in both", () => {
    const json = {
      "page.path": { $regex: "^/panier" },
      $or: [{ "page.seconds": { $gte: 45 } }, { "signals.hesitation": { $gtee: 1 } }],
    };
    const printed = printCondition(json);
    const parsed = parseCondition(printed);
    if (!parsed.ok) throw new Error(parsed.message);
    const path = "$or.1.signals.hesitation.$gtee";
    const line = lineOfPath(parsed.lines, path);
    expect(printed.split("\n")[line - 1]).toContain("hesitation");
    expect(lineOfPath(parsed.lines, "nowhere")).toBe(1);

    const { query: drawn, paths } = readQuery(json);
    const marked = rulesOf(drawn).find(({ id }) => id === ruleAt(paths, path));
    expect(marked?.value).toEqual({ "signals.hesitation": { $gtee: 1 } });
    const first = rulesOf(drawn).find(({ id }) => id === ruleAt(paths, "page.path.$regex"));
    expect(first?.value).toBe("/panier");
    expect(ruleAt(paths, "page")).toBe(first?.id);
    expect(ruleAt(paths, "")).toBeNull();
  });

  test("R-M3: text that is not JSON names the line where it stops being so", () => {
    const broken = parseCondition('{\n  "a": 1,\n  "b": oops,\n  "c": 2\n}');
    expect(broken).toMatchObject({ ok: false, line: 3 });
    expect(parseCondition("[]")).toMatchObject({ ok: false, line: 1 });
  });
});
