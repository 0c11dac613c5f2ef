/**
 * The operators of a condition, each compiled from its operand to a test of one value.
 *
 * Shapes  GrowthBook's published semantics, case by case: an operand of the wrong shape matches nothing, a missing
 *         number compares as 0, an array is `$in` a list when they share a member.
 *         Operators that hold conditions (`$not`, `$elemMatch`, `$all`, `$size`) get a `Compile` for them.
 */
import { isRecord, order, textOf, typeName } from "./fact-values.ts";
import { sortableVersion } from "./version-text.ts";

export type Test = (value: unknown) => boolean;

/** What an operator needs to compile the conditions inside its operand; `null` was reported as a problem. */
export type Compile = {
  /** A condition on one value. */
  value: (operand: unknown, options?: { ignoreCase: boolean }) => Test;
  /** A condition on the fields of an element. */
  fields: (operand: Readonly<Record<string, unknown>>) => Test;
  problem: (message: string) => Test;
};

type Operator = (operand: unknown, compile: Compile) => Test;

const never: Test = () => false;

/** True where every key is an operator, and there is one. */
export function isOperatorObject(value: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => key.startsWith("$"));
}

/** Two numbers are nearly always what is compared; `direct` says of them what `holds` says of their order. */
const ordered =
  (holds: (sign: number) => boolean, direct: (operand: number, otherwise: Test) => Test): Operator =>
  (operand) => {
    const test: Test = (value) => holds(order(value, operand));
    return typeof operand === "number" ? direct(operand, test) : test;
  };

const below = (operand: number, otherwise: Test): Test => {
  return (value) => (typeof value === "number" ? value < operand : otherwise(value));
};
const atMost = (operand: number, otherwise: Test): Test => {
  return (value) => (typeof value === "number" ? value <= operand : otherwise(value));
};
const above = (operand: number, otherwise: Test): Test => {
  return (value) => (typeof value === "number" ? value > operand : otherwise(value));
};
const atLeast = (operand: number, otherwise: Test): Test => {
  return (value) => (typeof value === "number" ? value >= operand : otherwise(value));
};

const versioned =
  (holds: (left: string, right: string) => boolean): Operator =>
  (operand) => {
    const right = sortableVersion(operand);
    return (value) => holds(sortableVersion(value), right);
  };

const lower = (value: unknown) => (typeof value === "string" ? value.toLowerCase() : value);

const listed =
  ({ ignoreCase, wanted }: { ignoreCase: boolean; wanted: boolean }): Operator =>
  (operand) => {
    if (!Array.isArray(operand)) return never;
    const fold = ignoreCase ? lower : (value: unknown) => value;
    const members = new Set<unknown>(operand.map(fold));
    return (value) => {
      const found = Array.isArray(value)
        ? value.some((item) => members.has(fold(item)))
        : members.has(fold(value));
      return found === wanted;
    };
  };

const all =
  ({ ignoreCase }: { ignoreCase: boolean }): Operator =>
  (operand, compile) => {
    if (!Array.isArray(operand)) return never;
    const tests = operand.map((item) => compile.value(item, { ignoreCase }));
    return (value) => Array.isArray(value) && tests.every((test) => value.some((item) => test(item)));
  };

/** What is no expression matches nothing, asked either way. */
const matches =
  (flags: string, wanted = true): Operator =>
  (operand) => {
    const pattern = typeof operand === "string" ? patternOf(operand, flags) : null;
    return pattern === null ? never : (value) => pattern.test(textOf(value)) === wanted;
  };

/** The expression, or null where `source` is none: such a condition matches nothing. */
export function patternOf(source: string, flags = ""): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

const elementMatches: Operator = (operand, compile) => {
  if (!isRecord(operand)) return compile.problem("$elemMatch needs an object");
  const test = isOperatorObject(operand) ? compile.value(operand) : compile.fields(operand);
  return (value) => Array.isArray(value) && value.some((item) => (item ?? null) !== null && test(item));
};

const negated: Operator = (operand, compile) => {
  const test = compile.value(operand);
  return (value) => !test(value);
};

const sized: Operator = (operand, compile) => {
  const test = compile.value(operand);
  return (value) => Array.isArray(value) && test(value.length);
};

/** Operators whose operand is a regular expression. */
export const EXPRESSIONS: ReadonlySet<string> = new Set(["$regex", "$regexi", "$notRegex", "$notRegexi"]);

export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["$eq", (operand) => (value) => value === operand],
  ["$ne", (operand) => (value) => value !== operand],
  ["$lt", ordered((sign) => sign < 0, below)],
  ["$lte", ordered((sign) => sign <= 0, atMost)],
  ["$gt", ordered((sign) => sign > 0, above)],
  ["$gte", ordered((sign) => sign >= 0, atLeast)],
  ["$in", listed({ ignoreCase: false, wanted: true })],
  ["$nin", listed({ ignoreCase: false, wanted: false })],
  ["$ini", listed({ ignoreCase: true, wanted: true })],
  ["$nini", listed({ ignoreCase: true, wanted: false })],
  ["$all", all({ ignoreCase: false })],
  ["$alli", all({ ignoreCase: true })],
  ["$exists", (operand) => (value) => Boolean(operand) === ((value ?? null) !== null)],
  ["$type", (operand) => (value) => typeName(value) === operand],
  ["$regex", matches("")],
  ["$regexi", matches("i")],
  ["$notRegex", matches("", false)],
  ["$notRegexi", matches("i", false)],
  ["$elemMatch", elementMatches],
  ["$size", sized],
  ["$not", negated],
  ["$veq", versioned((left, right) => left === right)],
  ["$vne", versioned((left, right) => left !== right)],
  ["$vgt", versioned((left, right) => left > right)],
  ["$vgte", versioned((left, right) => left >= right)],
  ["$vlt", versioned((left, right) => left < right)],
  ["$vlte", versioned((left, right) => left <= right)],
]);
