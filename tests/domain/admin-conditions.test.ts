/** The condition builder and the JSON beside it: one condition, never lossy (rules R-M1 to R-M3). */
import { evalCondition } from "@growthbook/growthbook";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../domain/visit/facts.ts";
import { lineOfPath, parseCondition, printCondition } from "../../web/admin/campaigns/condition-text.ts";
import {
  countRows,
  OPERATORS,
  readTree,
  writeTree,
  type Group,
  type Item,
  type Row,
} from "../../web/admin/campaigns/condition-tree.ts";

const fact = fc.constantFrom(
  "page.path",
  "cart.items",
  "signals.hesitation",
  "visitor.traits.plan",
  "__proto__",
);
const scalar: fc.Arbitrary<Json> = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

const row: fc.Arbitrary<Row> = fc
  .record({
    fact,
    operator: fc.constantFrom(...OPERATORS),
    scalar,
    list: fc.array(scalar),
    short: fc.boolean(),
  })
  .map(({ fact: name, operator, scalar: one, list, short }) => {
    const base = { kind: "row" as const, fact: name, operator, short: operator === "is" && short };
    if (operator === "oneOf" || operator === "noneOf") return { ...base, value: list };
    if (operator === "known" || operator === "unknown") return { ...base, value: null };
    if (["starts", "contains", "matches"].includes(operator)) return { ...base, value: `x${String(one)}` };
    return { ...base, value: one };
  });

const { group } = fc.letrec<{ group: Group; item: Item }>((tie) => ({
  group: fc.record({
    kind: fc.constantFrom("all" as const, "any" as const),
    items: fc.array(tie("item"), { maxLength: 4 }),
  }),
  item: fc.oneof({ depthSize: "small" }, row, tie("group")),
}));

const { condition } = fc.letrec<{ condition: Json; operand: Json }>((tie) => ({
  condition: fc.dictionary(
    fc.oneof(fact, fc.constantFrom("$or", "$and", "$nor", "$not")),
    fc.oneof(
      { depthSize: "small" },
      tie("operand"),
      fc.array(tie("condition"), { maxLength: 3 }),
      tie("condition"),
    ),
    { maxKeys: 4 },
  ),
  operand: fc.oneof(
    scalar,
    fc.dictionary(
      fc.constantFrom("$eq", "$gte", "$in", "$regex", "$exists", "$not", "$elemMatch", "$size"),
      fc.oneof(scalar, fc.array(scalar), fc.constantFrom("^/shop/cart", "^a\\.b", "(a|b)+")),
      { maxKeys: 3 },
    ),
  ),
}));

describe("the builder and its JSON", () => {
  test("R-M1: what the builder shows is written back as the very same JSON; the rest is not shown", () => {
    let shown = 0;
    fc.assert(
      fc.property(condition, (json) => {
        const tree = readTree(json);
        if (tree === null) return;
        shown += 1;
        expect(JSON.stringify(writeTree(tree))).toBe(JSON.stringify(json));
      }),
      { numRuns: 2_000 },
    );
    expect(shown).toBeGreaterThan(100);
  });

  test("R-M1: every tree that can be built is readable again, with all its rows", () => {
    fc.assert(
      fc.property(group, (tree) => {
        const written = writeTree(tree);
        const again = readTree(written);
        expect(again, JSON.stringify(written)).not.toBeNull();
        if (again === null) return;
        expect(countRows(again)).toBe(countRows(tree));
        expect(JSON.stringify(writeTree(again))).toBe(JSON.stringify(written));
      }),
      { numRuns: 2_000 },
    );
  });

  test("R-M1: the written condition means what the groups say", () => {
    const seconds = fc.record({
      kind: fc.constant("row" as const),
      fact: fc.constantFrom("page.seconds", "cart.items"),
      operator: fc.constantFrom("atLeast" as const, "below" as const, "is" as const, "isNot" as const),
      value: fc.integer({ min: 0, max: 3 }),
      short: fc.constant(false),
    });
    const { tree } = fc.letrec<{ tree: Group; item: Item }>((tie) => ({
      tree: fc.record({
        kind: fc.constantFrom("all" as const, "any" as const),
        items: fc.array(tie("item"), { minLength: 1, maxLength: 3 }),
      }),
      item: fc.oneof({ depthSize: "small" }, seconds, tie("tree")),
    }));
    const facts = fc.record({ s: fc.integer({ min: 0, max: 4 }), i: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(tree, facts, (root, { s, i }) => {
        const values: Record<string, number> = { "page.seconds": s, "cart.items": i };
        const holds = (item: Item): boolean => {
          if (item.kind !== "row")
            return item.kind === "all" ? item.items.every(holds) : item.items.some(holds);
          const seen = values[item.fact] ?? 0;
          const wanted = Number(item.value);
          if (item.operator === "atLeast") return seen >= wanted;
          if (item.operator === "below") return seen < wanted;
          return item.operator === "is" ? seen === wanted : seen !== wanted;
        };
        const known = { page: { seconds: s }, cart: { items: i } };
        expect(evalCondition(known, writeTree(root))).toBe(holds(root));
      }),
      { numRuns: 1_000 },
    );
  });

  test("R-M2: what cannot be shown in rows is edited as JSON only", () => {
    for (const json of [
      { $nor: [{ "page.path": "/a" }] },
      { "page.path": { $not: { $regex: "^/a" } } },
      { "visitor.traits.tags": { $elemMatch: { $eq: "vip" } } },
      { "page.path": ["a", "b"] },
      { "cart.items": {} },
    ]) {
      expect(readTree(json), JSON.stringify(json)).toBeNull();
    }
  });

  test("R-M1: the demo's cart help reads as three rows", () => {
    const json = {
      "page.path": { $regex: "^/shop/cart" },
      "cart.items": { $gte: 3 },
      "page.seconds": { $gte: 30 },
    };
    const tree = readTree(json);
    expect(tree?.items.map((item) => (item.kind === "row" ? [item.operator, item.value] : null))).toEqual([
      ["starts", "/shop/cart"],
      ["atLeast", 3],
      ["atLeast", 30],
    ]);
  });
});

describe("the JSON's lines", () => {
  test("R-M3: printing and parsing lose nothing, and every path has its line", () => {
    fc.assert(
      fc.property(condition, (json) => {
        const text = printCondition(json);
        const parsed = parseCondition(text);
        expect(parsed.ok).toBe(true);
        if (parsed.ok) expect(JSON.stringify(parsed.value)).toBe(JSON.stringify(json));
      }),
      { numRuns: 1_000 },
    );
  });

  test("R-M3: an error's path is the same line in both", () => {
    const text = printCondition({
      "page.path": { $regex: "^/panier" },
      $or: [{ "page.seconds": { $gte: 45 } }, { "signals.hesitation": { $gtee: 1 } }],
    });
    const parsed = parseCondition(text);
    if (!parsed.ok) throw new Error(parsed.message);
    const line = lineOfPath(parsed.lines, "$or.1.signals.hesitation.$gtee");
    expect(text.split("\n")[line - 1]).toContain("hesitation");
    expect(lineOfPath(parsed.lines, "nowhere")).toBe(1);
  });

  test("R-M3: text that is not JSON names the line where it stops being so", () => {
    const broken = parseCondition('{\n  "a": 1,\n  "b": oops,\n  "c": 2\n}');
    expect(broken).toMatchObject({ ok: false, line: 3 });
    expect(parseCondition("[]")).toMatchObject({ ok: false, line: 1 });
  });
});
