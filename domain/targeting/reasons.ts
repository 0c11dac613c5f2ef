/**
 * Why a condition holds, in words an owner of a site can read beside the figures of the moment.
 */
import { isRecord, readerOf } from "./fact-values.ts";
import { isOperatorObject } from "./operators.ts";

const MAX_SHOWN = 80;

const WORDS: Readonly<Record<string, string>> = {
  $eq: "is",
  $ne: "is not",
  $lt: "is below",
  $lte: "is at most",
  $gt: "is above",
  $gte: "is at least",
  $in: "is one of",
  $ini: "is one of",
  $nin: "is none of",
  $nini: "is none of",
  $all: "holds all of",
  $alli: "holds all of",
  $exists: "is known:",
  $type: "is of type",
  $regex: "matches",
  $regexi: "matches",
  $size: "has a length that is",
  $elemMatch: "has an element with",
  $not: "is not such that it",
  $veq: "is version",
  $vne: "is not version",
  $vgt: "is above version",
  $vgte: "is at least version",
  $vlt: "is below version",
  $vlte: "is at most version",
};

/** One sentence for each part of `condition`, with what the facts said. */
export function reasonsFor(condition: Readonly<Record<string, unknown>>, facts: object): string[] {
  const entries = Object.entries(condition);
  if (entries.length === 0) return ["always"];
  return entries.flatMap(([key, operand]) => {
    if (key === "$and") return groupOf(operand).flatMap((part) => reasonsFor(part, facts));
    if (key === "$or") return [`one of: ${listed(operand, facts)}`];
    if (key === "$nor") return [`none of: ${listed(operand, facts)}`];
    if (key === "$not") return [`not: ${listed([operand], facts)}`];
    return [`${key} ${asked(operand)} (it is ${shown(readerOf(key)(facts))})`];
  });
}

function groupOf(operand: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(operand) ? operand.filter(isRecord) : [];
}

function listed(operand: unknown, facts: object): string {
  return groupOf(operand)
    .map((part) => reasonsFor(part, facts).join(" and "))
    .join("; or ");
}

function asked(operand: unknown): string {
  if (!isRecord(operand) || !isOperatorObject(operand)) return `is ${shown(operand)}`;
  return Object.entries(operand)
    .map(([name, inner]) => `${WORDS[name] ?? name} ${isRecord(inner) ? asked(inner) : shown(inner)}`)
    .join(" and ");
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "unknown";
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
