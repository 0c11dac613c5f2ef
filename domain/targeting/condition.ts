/**
 * A targeting condition, read once into a plan, and what stands against saving it.
 *
 * Shapes  MongoDB-style JSON as `contract.md` §3 names it, with GrowthBook's semantics over own properties only.
 *         A condition with an operator that is not known, or a group of the wrong shape, cannot be read at all:
 *         skipping a part of it could match everybody.
 * Errors  none are thrown, here or by the compiled test; what is wrong is returned with its path.
 */
import {
  type Read,
  isRecord,
  isTooDeep,
  MAX_DEPTH,
  numberOf,
  readerOf,
  sameJson,
  textOf,
} from "./fact-values.ts";
import { isFactName, nearestFactName, nearestOf, SEGMENT, segmentKeyOf } from "./fact-names.ts";
import { type Compile, EXPRESSIONS, isOperatorObject, OPERATORS, type Test } from "./operators.ts";
import { compileTest, type LeafPlan, type Plan } from "./plan.ts";
import { patternProblem } from "./regex-cost.ts";

export type Problem = { path: string; message: string };

/** One fact and what is asked of it; `at` is where in the condition it stands. */
export type Leaf = { path: string; operand: unknown; at: string };

export type ReadableCondition = {
  ok: true;
  test: (facts: object) => boolean;
  /** The facts that the condition asks about, each once. */
  paths: string[];
  leaves: Leaf[];
  plan: Plan;
};
export type UnreadableCondition = { ok: false; problems: Problem[] };

/** The segments that `segment.<key>` may name, each with the test that reads it. */
export type KnownSegments = ReadonlyMap<string, { test: (facts: object) => boolean }>;

/**
 * What stands against saving `condition`, all of it: what cannot be read, names that are no facts, and expressions
 * that could cost too much. Where `segments` are given, no other segment may be asked for.
 */
export function conditionProblems(condition: unknown, options?: { segments: readonly string[] }): Problem[] {
  const read = readCondition(condition);
  if (!read.ok) return read.problems;
  const unknown = options ? read.leaves.flatMap((leaf) => segmentProblem(leaf, options.segments)) : [];
  return [...unknown, ...leafProblems(read.leaves)];
}

/** The first thing that stands against saving `condition`, or null. */
export function checkCondition(condition: unknown): Problem | null {
  return conditionProblems(condition)[0] ?? null;
}

/** Names that are no facts, operators that would not act, and expressions that could cost too much. */
export function leafProblems(leaves: readonly Leaf[]): Problem[] {
  const problems: Problem[] = [];
  for (const { path, operand, at } of leaves) {
    problems.push(...nameProblems(path, at));
    if (typeof operand === "object" && operand !== null) problems.push(...operandProblems(operand, at));
  }
  return problems;
}

function nameProblems(path: string, at: string): Problem[] {
  if (isFactName(path)) return [];
  const message = `there is no fact "${path}"; did you mean "${nearestFactName(path)}"?`;
  return [{ path: at, message }];
}

function segmentProblem({ path, at }: Leaf, known: readonly string[]): Problem[] {
  const key = segmentKeyOf(path);
  if (key === null || known.includes(key)) return [];
  const nearest = nearestOf(key, known);
  const proposal = nearest === null ? "the site has none" : `did you mean "${nearest}"?`;
  return [{ path: at, message: `there is no segment "${key}"; ${proposal}` }];
}

/** Walks an operand for expressions, and for operators that were mixed with names and so would not act. */
function operandProblems(operand: unknown, at: string): Problem[] {
  if (Array.isArray(operand))
    return operand.flatMap((item, index) => operandProblems(item, join(at, String(index))));
  if (!isRecord(operand)) return [];
  const entries = Object.entries(operand);
  const mixed = entries.find(([key]) => OPERATORS.has(key) && !isOperatorObject(operand));
  return [
    ...(mixed
      ? [{ path: join(at, mixed[0]), message: `${mixed[0]} stands beside names, so it would not act` }]
      : []),
    ...entries.flatMap(([key, inner]) => [
      ...(EXPRESSIONS.has(key) ? expressionProblems(inner, join(at, key)) : []),
      ...operandProblems(inner, join(at, key)),
    ]),
  ];
}

function expressionProblems(source: unknown, at: string): Problem[] {
  const message = typeof source === "string" ? patternProblem(source) : "a regular expression must be a text";
  return message === null ? [] : [{ path: at, message }];
}

type Reading = { problems: Problem[]; leaves: Leaf[]; segments: KnownSegments | null };

const never: Test = () => false;
const nobody: Plan = { kind: "not", part: { kind: "all", parts: [] } };

/**
 * Reads and compiles `condition`. `test` answers for any facts, and never throws.
 *
 * @param segments where given, `segment.<key>` is what these tests say, whatever the facts claim; one that is not
 *        among them makes the condition unreadable
 */
export function readCondition(
  condition: unknown,
  { segments = null }: { segments?: KnownSegments | null } = {},
): ReadableCondition | UnreadableCondition {
  if (isTooDeep(condition)) {
    return { ok: false, problems: [{ path: "", message: `nested deeper than ${MAX_DEPTH} levels` }] };
  }
  const reading: Reading = { problems: [], leaves: [], segments };
  const plan = readFields(condition, "", reading, reading.leaves);
  if (reading.problems.length > 0) return { ok: false, problems: reading.problems };
  const paths = [...new Set(reading.leaves.map((leaf) => leaf.path))];
  return { ok: true, test: testLater(plan, segments), paths, leaves: reading.leaves, plan };
}

/** The test of facts, compiled when it is first asked: a judgement asks rows, and never this. */
function testLater(plan: Plan, segments: KnownSegments | null): (facts: object) => boolean {
  let test: Test | null = null;
  return (facts) => (test ??= compileTest(plan, onFacts(segments)))(facts);
}

const onFacts =
  (segments: KnownSegments | null) =>
  ({ path, test }: LeafPlan): Test => {
    const segment = segments?.get(segmentKeyOf(path) ?? "");
    if (segment === undefined) return onFact(readerOf(path), test);
    return (facts) => test(typeof facts === "object" && facts !== null && segment.test(facts));
  };

/** Conditions on the fields of one object. `leaves` is null below `$elemMatch`, whose names are no facts. */
function readFields(condition: unknown, at: string, reading: Reading, leaves: Leaf[] | null): Plan {
  if (!isRecord(condition)) return report(reading, at, "a condition must be an object");
  const parts = Object.entries(condition).map(([key, operand]) =>
    readEntry(key, operand, join(at, key), reading, leaves),
  );
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: "all", parts };
}

function readEntry(key: string, operand: unknown, at: string, reading: Reading, leaves: Leaf[] | null): Plan {
  switch (key) {
    case "$and":
      return { kind: "all", parts: readGroup(operand, at, reading, leaves) };
    case "$or":
      return { kind: "any", parts: readGroup(operand, at, reading, leaves) };
    case "$nor":
      return { kind: "not", part: { kind: "any", parts: readGroup(operand, at, reading, leaves) } };
    case "$not":
      return { kind: "not", part: readFields(operand, at, reading, leaves) };
    default: {
      if (key.startsWith("$") && !NAMES.has(key)) return report(reading, at, misplaced(key));
      leaves?.push({ path: key, operand, at });
      if (leaves !== null) assertSegment(key, at, reading);
      return { kind: "leaf", path: key, operand, test: readValue(operand, at, reading) };
    }
  }
}

/** GrowthBook's published cases ask about a value of this name; it is no fact of ours, and not saved. */
const NAMES: ReadonlySet<string> = new Set(["$groups"]);

/** What stands where the name of a fact could. */
const GROUPS: readonly string[] = ["$and", "$or", "$nor"];

function assertSegment(path: string, at: string, reading: Reading): void {
  const { segments } = reading;
  if (segments === null || (path !== SEGMENT && !path.startsWith(`${SEGMENT}.`))) return;
  const key = segmentKeyOf(path);
  if (key !== null && segments.has(key)) return;
  report(reading, at, `there is no readable segment "${path.slice(SEGMENT.length + 1)}"`);
}

function misplaced(operator: string): string {
  return OPERATORS.has(operator)
    ? `${operator} must stand below the name of a fact`
    : unknownOperator(operator);
}

function unknownOperator(name: string): string {
  return `unknown operator ${name}; did you mean "${nearestOf(name, [...OPERATORS.keys(), ...GROUPS])}"?`;
}

function onFact(read: Read, test: Test): Test {
  return (facts) => test(read(facts));
}

function readGroup(operand: unknown, at: string, reading: Reading, leaves: Leaf[] | null): Plan[] {
  if (!Array.isArray(operand)) return [report(reading, at, "needs a list of conditions")];
  return operand.map((item, index) => readFields(item, join(at, String(index)), reading, leaves));
}

/** A condition on one value: a literal, or an object of operators. */
function readValue(operand: unknown, at: string, reading: Reading, ignoreCase = false): Test {
  if (typeof operand === "string") {
    const wanted = operand.toLowerCase();
    return ignoreCase
      ? (value) => textOf(value).toLowerCase() === wanted
      : (value) => (typeof value === "string" ? value : textOf(value)) === operand;
  }
  if (typeof operand === "number") return (value) => numberOf(value) === operand;
  if (typeof operand === "boolean") return (value) => value !== null && Boolean(value) === operand;
  if (operand === null) return (value) => value === null;
  if (!isRecord(operand) || !isOperatorObject(operand)) return (value) => sameJson(value, operand);
  return readOperators(operand, at, reading);
}

function readOperators(operators: Readonly<Record<string, unknown>>, at: string, reading: Reading): Test {
  const tests = Object.entries(operators).map(([name, operand]) => {
    const here = join(at, name);
    const compile = OPERATORS.get(name);
    if (compile !== undefined) return compile(operand, compilerAt(here, reading));
    report(reading, here, unknownOperator(name));
    return never;
  });
  const [one, two] = tests;
  if (one !== undefined && two === undefined) return one;
  if (one !== undefined && two !== undefined && tests.length === 2)
    return (value) => one(value) && two(value);
  return (value) => tests.every((test) => test(value));
}

function compilerAt(at: string, reading: Reading): Compile {
  return {
    value: (operand, options) => readValue(operand, at, reading, options?.ignoreCase),
    fields: (operand) => compileTest(readFields(operand, at, reading, null), onFacts(null)),
    problem: (message) => {
      report(reading, at, message);
      return never;
    },
  };
}

function report(reading: Reading, path: string, message: string): Plan {
  reading.problems.push({ path, message });
  return nobody;
}

function join(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}
