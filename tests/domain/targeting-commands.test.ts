/** Rules T42 and T43 of `docs/rules/targeting.md`: the two commands that answer files from standard input. */
import { spawnSync } from "node:child_process";
import { expect, test, vi } from "vitest";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

function run(script: "vectors" | "evaluate", input: unknown) {
  const text = typeof input === "string" ? input : JSON.stringify(input);
  return spawnSync(process.execPath, [`scripts/${script}.ts`], { input: text, encoding: "utf8" });
}

test("T42: `vectors` answers each vector by its id, from its input alone", () => {
  const { stdout, status } = run("vectors", {
    meta: { set: "allocation" },
    vectors: [
      { id: "one", kind: "namespace", input: { value: "1", namespace: ["invites", 0, 0.5] } },
      { id: "two", kind: "bucket_ranges", input: { variations: 2, coverage: 0.5, weights: null } },
      { id: "three", kind: "no such kind", input: {} },
    ],
  });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    one: { n: 0.968, included: false },
    two: {
      ranges: [
        [0, 0.25],
        [0.5, 0.75],
      ],
      assign: { "1": -1, "visitor-1": -1 },
    },
    three: { error: expect.stringContaining("no such kind") },
  });
});

test("T42: `vectors` answers the KPIs, null where there is nothing to divide by", () => {
  const { stdout } = run("vectors", {
    meta: { set: "kpis" },
    vectors: [
      { id: "kpi", input: { eligible_visitors: 4, covered_visitors: 1, csat: {}, nps: { "9": 1, "0": 1 } } },
    ],
  });
  expect(JSON.parse(stdout)).toMatchObject({
    kpi: { coverage_rate: 0.25, acceptance_rate: null, csat: null, nps: 0 },
  });
});

test.each([
  ["an unknown set", { meta: { set: "tea" }, vectors: [] }, "tea"],
  ["no JSON", "{", "vectors:"],
  ["no set", { vectors: [] }, "vectors:"],
])("T42: `vectors` refuses %s with a message and 2", (_, input, message) => {
  const { stdout, stderr, status } = run("vectors", input);
  expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
  expect(stderr).toContain(message);
});

test("T43: `evaluate` prints one boolean a case; what cannot be read is false", () => {
  const cases = [
    { condition: { "any.name": { $gte: 3 } }, facts: { any: { name: 3 } } },
    { condition: { a: { $unknown: 1 } }, facts: { a: 1 } },
    { condition: { $not: { a: { $unknown: 1 } } }, facts: { a: 1 } },
    { condition: {}, facts: {} },
    { condition: { "a.toString": { $exists: true } }, facts: { a: {} } },
    { condition: 7, facts: null },
    { facts: { a: 1 } },
    { condition: {} },
    { condition: { a: null } },
    null,
    { condition: { a: { $regex: "^(x+)+$" } }, facts: { a: `${"x".repeat(60)}!` } },
    { condition: { a: { $regex: "^(x+)+!$" } }, facts: { a: "xx!" } },
  ];
  const { stdout, status } = run("evaluate", { cases });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
  expect(run("evaluate", "[]").status).toBe(2);
});
