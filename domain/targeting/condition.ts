/**
 * A targeting condition, read once and compiled to closures.
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
import { isFactName, nearestFactName } from "./fact-names.ts";
import { type Compile, isOperatorObject, OPERATORS, type Test } from "./operators.ts";
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
};
export type UnreadableCondition = { ok: false; problems: Problem[] };

/**
 * What stands against saving `condition`, all of it: what cannot be read, names that are no facts, and expressions
 * that could cost too much.
 */
export function conditionProblems(condition: unknown): Problem[] {
  const read = readCondition(condition);
  if (!read.ok) return read.problems;
  return read.leaves.flatMap(({ path, operand, at }) => [
    ...nameProblems(path, at),
    ...operandProblems(operand, at),
  ]);
}

/** The first thing that stands against saving `condition`, or null. */
export function checkCondition(condition: unknown): Problem | null {
  return conditionProblems(condition)[0] ?? null;
}

function nameProblems(path: string, at: string): Problem[] {
  if (isFactName(path)) return [];
  const message = `there is no fact "${path}"; did you mean "${nearestFactName(path)}"?`;
  return [{ path: at, message }];
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
      ...(key === "$regex" || key === "$regexi" ? expressionProblems(inner, join(at, key)) : []),
      ...operandProblems(inner, join(at, key)),
    ]),
  ];
}

function expressionProblems(source: unknown, at: string): Problem[] {
  const message = typeof source === "string" ? patternProblem(source) : "a regular expression must be a text";
  return message === null ? [] : [{ path: at, message }];
}

type Reading = { problems: Problem[]; leaves: Leaf[] };

const never: Test = () => false;

/** Reads and compiles `condition`. `test` answers for any facts, and never throws. */
export function readCondition(condition: unknown): ReadableCondition | UnreadableCondition {
  if (isTooDeep(condition)) {
    return { ok: false, problems: [{ path: "", message: `nested deeper than ${MAX_DEPTH} levels` }] };
  }
  const reading: Reading = { problems: [], leaves: [] };
  const test = readFields(condition, "", reading, reading.leaves);
  if (reading.problems.length > 0) return { ok: false, problems: reading.problems };
  const paths = [...new Set(reading.leaves.map((leaf) => leaf.path))];
  return { ok: true, test, paths, leaves: reading.leaves };
}

/** Conditions on the fields of one object. `leaves` is null below `$elemMatch`, whose names are no facts. */
function readFields(condition: unknown, at: string, reading: Reading, leaves: Leaf[] | null): Test {
  if (!isRecord(condition)) return report(reading, at, "a condition must be an object");
  const tests = Object.entries(condition).map(([key, operand]) =>
    readEntry(key, operand, join(at, key), reading, leaves),
  );
  const [only] = tests;
  return tests.length === 1 && only ? only : (facts) => tests.every((test) => test(facts));
}

function readEntry(key: string, operand: unknown, at: string, reading: Reading, leaves: Leaf[] | null): Test {
  switch (key) {
    case "$and": {
      const tests = readGroup(operand, at, reading, leaves);
      return (facts) => tests.every((test) => test(facts));
    }
    case "$or": {
      const tests = readGroup(operand, at, reading, leaves);
      return (facts) => tests.length === 0 || tests.some((test) => test(facts));
    }
    case "$nor": {
      // As published: an empty list stands for "anything", whose opposite is nobody.
      const tests = readGroup(operand, at, reading, leaves);
      return (facts) => tests.length > 0 && !tests.some((test) => test(facts));
    }
    case "$not": {
      const test = readFields(operand, at, reading, leaves);
      return (facts) => !test(facts);
    }
    default:
      if (key.startsWith("$")) return report(reading, at, misplaced(key));
      leaves?.push({ path: key, operand, at });
      return onFact(readerOf(key), readValue(operand, at, reading));
  }
}

function misplaced(operator: string): string {
  return OPERATORS.has(operator)
    ? `${operator} must stand below the name of a fact`
    : `unknown operator ${operator}`;
}

function onFact(read: Read, test: Test): Test {
  return (facts) => test(read(facts));
}

function readGroup(operand: unknown, at: string, reading: Reading, leaves: Leaf[] | null): Test[] {
  if (!Array.isArray(operand)) return [report(reading, at, "needs a list of conditions")];
  return operand.map((item, index) => readFields(item, join(at, String(index)), reading, leaves));
}

/** A condition on one value: a literal, or an object of operators. */
function readValue(operand: unknown, at: string, reading: Reading, ignoreCase = false): Test {
  if (typeof operand === "string") {
    const wanted = operand.toLowerCase();
    return ignoreCase
      ? (value) => textOf(value).toLowerCase() === wanted
      : (value) => textOf(value) === operand;
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
    return compile?.(operand, compilerAt(here, reading)) ?? report(reading, here, `unknown operator ${name}`);
  });
  const [only] = tests;
  return tests.length === 1 && only ? only : (value) => tests.every((test) => test(value));
}

function compilerAt(at: string, reading: Reading): Compile {
  return {
    value: (operand, options) => readValue(operand, at, reading, options?.ignoreCase),
    fields: (operand) => readFields(operand, at, reading, null),
    problem: (message) => report(reading, at, message),
  };
}

function report(reading: Reading, path: string, message: string): Test {
  reading.problems.push({ path, message });
  return never;
}

function join(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}
