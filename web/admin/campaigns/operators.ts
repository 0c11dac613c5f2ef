/**
 * The comparisons that the condition builder words, and the operators of the condition that they are.
 *
 * Shapes  `is` is `$eq`; `starts`, `contains` and `ends` are expressions made of a literal text; `known` is `$exists`.
 *         An operator that is not here is no comparison of the builder: that part is shown as JSON.
 */
import type { Json } from "../../../domain/visit/facts.ts";
import { factAt, factType, isZeroWhenAbsent, type FactType } from "./facts.ts";

/** Comparisons whose operand is written as it is. */
const SIGNS = {
  is: "$eq",
  isNot: "$ne",
  atLeast: "$gte",
  atMost: "$lte",
  above: "$gt",
  below: "$lt",
  oneOf: "$in",
  noneOf: "$nin",
  oneOfAnyCase: "$ini",
  noneOfAnyCase: "$nini",
  hasAll: "$all",
  versionIs: "$veq",
  versionIsNot: "$vne",
  versionAtLeast: "$vgte",
  versionAtMost: "$vlte",
  versionAbove: "$vgt",
  versionBelow: "$vlt",
} as const;

/** Comparisons of a text with an expression, by what stands before and behind the literal part of it. */
const SHAPES = {
  starts: { sign: "$regex", not: false, open: "^", close: "", literal: true },
  contains: { sign: "$regex", not: false, open: "", close: "", literal: true },
  ends: { sign: "$regex", not: false, open: "", close: "$", literal: true },
  matches: { sign: "$regex", not: false, open: "", close: "", literal: false },
  notStarts: { sign: "$regex", not: true, open: "^", close: "", literal: true },
  notContains: { sign: "$regex", not: true, open: "", close: "", literal: true },
  notEnds: { sign: "$regex", not: true, open: "", close: "$", literal: true },
  notMatches: { sign: "$regex", not: true, open: "", close: "", literal: false },
  startsAnyCase: { sign: "$regexi", not: false, open: "^", close: "", literal: true },
  containsAnyCase: { sign: "$regexi", not: false, open: "", close: "", literal: true },
  endsAnyCase: { sign: "$regexi", not: false, open: "", close: "$", literal: true },
  matchesAnyCase: { sign: "$regexi", not: false, open: "", close: "", literal: false },
} as const;

type Direct = keyof typeof SIGNS;
type Shaped = keyof typeof SHAPES;
export type Operator = Direct | Shaped | "known" | "unknown";

const keysOf = <T extends object>(record: T): (keyof T)[] => Object.keys(record) as (keyof T)[];
const DIRECT = keysOf(SIGNS);
const SHAPED = keysOf(SHAPES);
export const OPERATORS: readonly Operator[] = [...DIRECT, ...SHAPED, "known", "unknown"];

const LISTED: ReadonlySet<string> = new Set(["oneOf", "noneOf", "oneOfAnyCase", "noneOfAnyCase", "hasAll"]);

const OFFERED: Record<FactType, readonly Operator[]> = {
  number: ["atLeast", "atMost", "above", "below", "is", "isNot", "oneOf", "noneOf", "known", "unknown"],
  text: [
    "is",
    "isNot",
    "starts",
    "contains",
    "ends",
    "containsAnyCase",
    "notStarts",
    "notContains",
    "matches",
    "oneOf",
    "noneOf",
    "known",
    "unknown",
  ],
  flag: ["is", "known", "unknown"],
  free: OPERATORS,
};

/** The comparisons that make sense for `path`, the usual one first. */
export function operatorsOf(path: string): readonly Operator[] {
  const offered = OFFERED[factType(path)];
  if (/\.(?:path|entry_path|url)$/.test(path)) {
    return ["starts", ...offered.filter((operator) => operator !== "starts")];
  }
  return factAt(path)?.choices === undefined
    ? offered
    : ["is", ...offered.filter((operator) => operator !== "is")];
}

export const isOperator = (name: string): name is Operator => OPERATORS.some((one) => one === name);
export const isListed = (operator: string): boolean => LISTED.has(operator);
export const isPattern = (operator: string): boolean => operator in SHAPES;
export const isBare = (operator: string): boolean => operator === "known" || operator === "unknown";

/** The value that a new row about `path` begins with, of the kind that `operator` takes. */
export function startValue(path: string, operator: string): Json {
  if (isBare(operator)) return null;
  const entry = factAt(path);
  const plain: Json = entry?.start ?? entry?.choices?.[0] ?? START[factType(path)];
  return isListed(operator) ? [plain] : isPattern(operator) ? String(plain) : plain;
}

const START: Record<FactType, Json> = { number: 1, text: "", flag: true, free: 1 };

/** `value` as `operator` takes it: a list, a text, nothing, or one value. */
export function fitValue(path: string, operator: string, value: Json): Json {
  if (isBare(operator)) return null;
  if (isListed(operator)) return Array.isArray(value) ? value : value === null ? [] : [value];
  const single = Array.isArray(value) ? (value[0] ?? null) : value;
  if (isPattern(operator)) return single === null ? "" : String(single);
  return single ?? startValue(path, operator);
}

/** How a comparison is written below its fact. */
export function operandOf(operator: Operator, value: Json): { [sign: string]: Json } {
  if (operator === "known" || operator === "unknown") return { $exists: operator === "known" };
  if (operator in SIGNS) return { [SIGNS[operator as Direct]]: value };
  const { sign, not, open, close, literal } = SHAPES[operator as Shaped];
  const source = `${open}${literal ? escapePattern(String(value)) : String(value)}${close}`;
  return not ? { $not: { [sign]: source } } : { [sign]: source };
}

/** The comparison that `sign` with `operand` is, or null where the builder has no words for it. */
export function comparisonOf(sign: string, operand: Json): { operator: Operator; value: Json } | null {
  if (sign === "$exists") {
    return typeof operand === "boolean" ? { operator: operand ? "known" : "unknown", value: null } : null;
  }
  if (sign === "$regex" || sign === "$regexi") return patternOf(sign, false, operand);
  if (sign === "$not") {
    if (!isRecord(operand)) return null;
    const [[inner, source] = ["", null], ...others] = Object.entries(operand);
    return others.length === 0 && inner === "$regex" ? patternOf(inner, true, source) : null;
  }
  const operator = DIRECT.find((name) => SIGNS[name] === sign);
  if (operator === undefined) return null;
  const fits = isListed(operator) ? Array.isArray(operand) && operand.every(isScalar) : isScalar(operand);
  return fits ? { operator, value: operand } : null;
}

function patternOf(sign: string, not: boolean, source: Json): { operator: Operator; value: Json } | null {
  if (typeof source !== "string") return null;
  for (const operator of SHAPED) {
    const shape = SHAPES[operator];
    if (shape.sign !== sign || shape.not !== not) continue;
    if (!shape.literal) return { operator, value: source };
    if (!source.startsWith(shape.open) || !source.endsWith(shape.close)) continue;
    if (source.length <= shape.open.length + shape.close.length) continue;
    const value = unescapePattern(source.slice(shape.open.length, source.length - shape.close.length));
    if (value !== null) return { operator, value };
  }
  return null;
}

/** Whether a comparison of a missing number, which counts as 0, would hold though nothing is known. */
export function holdsForNothing(path: string, operator: string, value: Json): boolean {
  if (typeof value !== "number" || isZeroWhenAbsent(path)) return false;
  switch (operator) {
    case "below":
      return value > 0;
    case "atMost":
      return value >= 0;
    case "above":
      return value < 0;
    case "atLeast":
      return value <= 0;
    default:
      return false;
  }
}

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

function escapePattern(literal: string): string {
  return literal.replace(SPECIAL, "\\$&");
}

function unescapePattern(pattern: string): string | null {
  const literal = pattern.replace(/\\([\\^$.*+?()[\]{}|])/g, "$1");
  return escapePattern(literal) === pattern ? literal : null;
}

export function isRecord(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isScalar(value: Json): boolean {
  return value === null || typeof value !== "object";
}
