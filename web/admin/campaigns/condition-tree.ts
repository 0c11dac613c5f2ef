/**
 * The condition builder's own view of a targeting condition: rows of fact, operator and value in all/any groups.
 *
 * Shapes  a `Tree` is what the builder draws; `readTree` gives one only where `writeTree` gives back the very same
 *         JSON, key order included. Everything else is edited as JSON alone, so the builder can never lose a part.
 * Units   none: values keep the JSON type they had.
 * Errors  `readTree` answers null for what it cannot show; nothing throws.
 */
import type { Json } from "../../../domain/visit/facts.ts";

export const OPERATORS = [
  "is",
  "isNot",
  "atLeast",
  "atMost",
  "above",
  "below",
  "starts",
  "contains",
  "matches",
  "oneOf",
  "noneOf",
  "known",
  "unknown",
] as const;
export type Operator = (typeof OPERATORS)[number];

/** `short`: written `{"fact": value}` rather than `{"fact": {"$eq": value}}`, which mean the same. */
export type Row = { kind: "row"; fact: string; operator: Operator; value: Json; short: boolean };
export type Group = { kind: "all" | "any"; items: Item[] };
export type Item = Row | Group;
export type Tree = Group;
export type ConditionJson = { [key: string]: Json };

const DIRECT: Partial<Record<Operator, string>> = {
  is: "$eq",
  isNot: "$ne",
  atLeast: "$gte",
  atMost: "$lte",
  above: "$gt",
  below: "$lt",
  oneOf: "$in",
  noneOf: "$nin",
};
const DIRECT_OPERATOR = new Map(Object.entries(DIRECT).map(([name, sign]) => [sign, name as Operator]));

/** The tree of `condition`, or null where rows and groups cannot show all of it. */
export function readTree(condition: Json): Tree | null {
  if (!isRecord(condition)) return null;
  const items = readItems(condition);
  if (items === null) return null;
  const only = items.length === 1 ? items[0] : undefined;
  const tree: Tree = only?.kind === "any" ? only : { kind: "all", items };
  return sameJson(writeTree(tree), condition) ? tree : null;
}

/** The condition that `tree` means. */
export function writeTree(tree: Tree): ConditionJson {
  return tree.kind === "all" ? writeAll(tree.items) : writePiece(tree);
}

/** How many rows `item` holds, however deep. */
export function countRows(item: Item): number {
  return item.kind === "row" ? 1 : item.items.reduce((sum, child) => sum + countRows(child), 0);
}

function readItems(condition: ConditionJson): Item[] | null {
  const items: Item[] = [];
  for (const [key, operand] of Object.entries(condition)) {
    if (key === "$or" || key === "$and") {
      const group = readGroup(key === "$or" ? "any" : "all", operand);
      if (group === null) return null;
      items.push(group);
    } else if (key.startsWith("$")) {
      return null;
    } else {
      const rows = readRows(key, operand);
      if (rows === null) return null;
      items.push(...rows);
    }
  }
  return items;
}

function readGroup(kind: Group["kind"], operand: Json): Group | null {
  if (!Array.isArray(operand)) return null;
  const items: Item[] = [];
  for (const element of operand) {
    if (!isRecord(element)) return null;
    const inner = readItems(element);
    if (inner === null) return null;
    const only = inner.length === 1 ? inner[0] : undefined;
    items.push(only !== undefined && only.kind !== "all" ? only : { kind: "all", items: inner });
  }
  return { kind, items };
}

function readRows(fact: string, operand: Json): Row[] | null {
  if (!isRecord(operand)) {
    // An array as a plain operand means equality with the whole array, which no row shows.
    return Array.isArray(operand)
      ? null
      : [{ kind: "row", fact, operator: "is", value: operand, short: true }];
  }
  const rows: Row[] = [];
  for (const [sign, value] of Object.entries(operand)) {
    const row = readRow(fact, sign, value);
    if (row === null) return null;
    rows.push(row);
  }
  return rows.length === 0 ? null : rows;
}

function readRow(fact: string, sign: string, value: Json): Row | null {
  const row = (operator: Operator, shown: Json): Row => ({
    kind: "row",
    fact,
    operator,
    value: shown,
    short: false,
  });
  if (sign === "$exists") return typeof value === "boolean" ? row(value ? "known" : "unknown", null) : null;
  if (sign === "$regex") {
    if (typeof value !== "string") return null;
    if (value.startsWith("^")) {
      const literal = unescapePattern(value.slice(1));
      if (literal !== null && literal !== "") return row("starts", literal);
    }
    const literal = unescapePattern(value);
    return literal === null || literal === "" ? row("matches", value) : row("contains", literal);
  }
  const operator = DIRECT_OPERATOR.get(sign);
  if (operator === undefined) return null;
  if (operator === "oneOf" || operator === "noneOf") {
    return Array.isArray(value) && value.every(isScalar) ? row(operator, value) : null;
  }
  return isScalar(value) ? row(operator, value) : null;
}

function writeAll(items: readonly Item[]): ConditionJson {
  const condition: ConditionJson = {};
  const overflow: ConditionJson[] = [];
  for (const item of items) {
    const piece = writePiece(item);
    const [key, operand] = Object.entries(piece)[0] ?? ["", null];
    const present = Object.hasOwn(condition, key) ? condition[key] : undefined;
    if (present === undefined) define(condition, key, operand);
    else if (item.kind === "row" && isRecord(present) && isRecord(operand) && !overlap(present, operand)) {
      Object.assign(present, operand);
    } else overflow.push(piece);
  }
  if (overflow.length === 0) return condition;
  if (Object.hasOwn(condition, "$and")) return { $and: [condition, ...overflow] };
  return { ...condition, $and: overflow };
}

function writePiece(item: Item): ConditionJson {
  if (item.kind === "row") return define({}, item.fact, writeOperand(item));
  const elements = item.items.map((child) =>
    child.kind === "all" ? writeAll(child.items) : writePiece(child),
  );
  return item.kind === "any" ? { $or: elements } : { $and: elements };
}

function writeOperand(row: Row): Json {
  const { operator, value } = row;
  switch (operator) {
    case "known":
      return { $exists: true };
    case "unknown":
      return { $exists: false };
    case "starts":
      return { $regex: `^${escapePattern(String(value))}` };
    case "contains":
      return { $regex: escapePattern(String(value)) };
    case "matches":
      return { $regex: String(value) };
    case "is":
      return row.short && isScalar(value) ? value : { $eq: value };
    default:
      return { [DIRECT[operator] ?? "$eq"]: value };
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

function isRecord(value: Json): value is ConditionJson {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: Json): boolean {
  return value === null || typeof value !== "object";
}

function overlap(a: ConditionJson, b: ConditionJson): boolean {
  return Object.keys(b).some((key) => Object.hasOwn(a, key));
}

// A fact named `__proto__` must stay a key like any other.
function define(target: ConditionJson, key: string, value: Json): ConditionJson {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  return target;
}

function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Where each row of `readTree(condition)` stands in it, in the order of the rows. */
export function rowPaths(condition: Json, under = ""): string[] {
  if (!isRecord(condition)) return [];
  return Object.entries(condition).flatMap(([key, operand]) => {
    if ((key === "$or" || key === "$and") && Array.isArray(operand)) {
      return operand.flatMap((element, index) => rowPaths(element, `${under}${key}.${index}.`));
    }
    if (!isRecord(operand)) return [`${under}${key}`];
    return Object.keys(operand).map((sign) => `${under}${key}.${sign}`);
  });
}

/** The rows of `tree` from top to bottom. */
export function rowsOf(item: Item): Row[] {
  return item.kind === "row" ? [item] : item.items.flatMap(rowsOf);
}
