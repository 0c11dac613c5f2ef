/**
 * A condition as it stood against the facts of one moment: every group and every leaf, with what the fact was.
 *
 * Shapes  a `Part` is a leaf (one fact and what is asked of it) or a group of parts: `all` of them, `any` or `none`.
 *         Each says whether it held, by the very tests that judge.
 * Bounds  values are clipped for showing, never for judging.
 */
import { clip } from "../events/clip.ts";
import type { Json } from "../visit/facts.ts";
import { readCondition } from "./condition.ts";
import { isRecord, readerOf } from "./fact-values.ts";

export type LeafPart = {
  kind: "leaf";
  /** The fact's name, and where in the condition it stands. */
  path: string;
  at: string;
  operand: Json;
  /** What the fact was; null where it was unknown. */
  value: Json;
  held: boolean;
};
export type GroupPart = { kind: "all" | "any" | "none"; held: boolean; parts: Part[] };
export type Part = LeafPart | GroupPart;

export type Score = { held: number; of: number };

type Condition = Readonly<Record<string, unknown>>;

/** `condition` against `facts`, part by part. What cannot be read does not hold. */
export function explainCondition(condition: Condition, facts: object): GroupPart {
  return allOf(Object.entries(condition).map(([key, operand]) => partOf(key, operand, key, facts)));
}

function partOf(key: string, operand: unknown, at: string, facts: object): Part {
  const listed = Array.isArray(operand) ? operand.filter(isRecord) : [];
  const parts = listed.map((one, index) => wholeOf(one, `${at}.${index}`, facts));
  switch (key) {
    case "$and":
      return allOf(parts);
    case "$or":
      return { kind: "any", parts, held: parts.length === 0 || parts.some(({ held }) => held) };
    case "$nor":
      return noneOf(parts, parts.length > 0);
    case "$not":
      return noneOf(isRecord(operand) ? [wholeOf(operand, at, facts)] : [], isRecord(operand));
    default:
      return leafOf(key, operand, at, facts);
  }
}

/** One condition inside of a group: its only part, or all of its parts as one. */
function wholeOf(condition: Condition, at: string, facts: object): Part {
  const parts = Object.entries(condition).map(([key, operand]) =>
    partOf(key, operand, `${at}.${key}`, facts),
  );
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : allOf(parts);
}

/** Groups of all inside of a group of all are one: that is how they read, and they mean the same. */
function allOf(parts: Part[]): GroupPart {
  const flat = parts.flatMap((part) => (part.kind === "all" ? part.parts : [part]));
  return { kind: "all", parts: flat, held: flat.every(({ held }) => held) };
}

function noneOf(parts: Part[], asks: boolean): GroupPart {
  return { kind: "none", parts, held: asks && !parts.some(({ held }) => held) };
}

function leafOf(path: string, operand: unknown, at: string, facts: object): LeafPart {
  const read = readCondition({ [path]: operand });
  return {
    kind: "leaf",
    path,
    at,
    operand: shown(operand),
    value: shown(readerOf(path)(facts)),
    held: read.ok && read.test(facts),
  };
}

/** `value` as JSON that is safe to carry and short enough to show. */
function shown(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return clip(value);
  return clip(JSON.parse(JSON.stringify(value)) as Json);
}

/** How many of the parts that must all hold did; a group inside counts as one. */
export function scoreOf({ parts }: GroupPart): Score {
  return { held: parts.filter(({ held }) => held).length, of: parts.length };
}

/** Every leaf of `part`, in the order of the condition. */
export function leavesOf(part: Part): LeafPart[] {
  return part.kind === "leaf" ? [part] : part.parts.flatMap(leavesOf);
}

/** The leaf that first stood in the way; null where `part` held, or where it asks nothing and holds for nobody. */
export function firstRefusing(part: Part): LeafPart | null {
  if (part.held) return null;
  if (part.kind === "leaf") return part;
  // Where none may hold, what held is in the way: its first leaf stands for it.
  const inTheWay = part.parts.find(({ held }) => held === (part.kind === "none"));
  if (inTheWay === undefined) return null;
  return inTheWay.held ? (leavesOf(inTheWay)[0] ?? null) : firstRefusing(inTheWay);
}
