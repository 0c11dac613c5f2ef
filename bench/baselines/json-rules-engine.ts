/**
 * The same campaigns as rules of json-rules-engine, in the form that is fastest there: every fact is a fact of its own
 * (no JSONPath), and what it has no operator for is one small operator.
 */
import { Engine, type ConditionProperties, type TopLevelCondition } from "json-rules-engine";
import type { Rule } from "./growthbook.ts";

type Node = ConditionProperties | TopLevelCondition;
const OPERATORS: Readonly<Record<string, string>> = {
  $eq: "equal",
  $ne: "notEqual",
  $lt: "lessThan",
  $lte: "lessThanInclusive",
  $gt: "greaterThan",
  $gte: "greaterThanInclusive",
  $in: "in",
  $nin: "notIn",
  $exists: "known",
  $regex: "matches",
};

/** What matches the facts, which are given flat: `{"page.path": …}`. */
export function jsonRulesEngine(
  rules: readonly Rule[],
): (facts: Record<string, unknown>) => Promise<string[]> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator("matches", (value: unknown, pattern: RegExp) => pattern.test(String(value)));
  engine.addOperator("known", (value: unknown, wanted: unknown) => (value !== undefined) === wanted);
  for (const { id, condition } of rules) {
    engine.addRule({ conditions: { all: nodesOf(condition) }, event: { type: id } });
  }
  return async (facts) => (await engine.run(facts)).events.map(({ type }) => type);
}

function nodesOf(condition: object): Node[] {
  return Object.entries(condition).flatMap(([key, operand]: [string, unknown]): Node[] => {
    if (key === "$and") return [{ all: listOf(operand).flatMap(nodesOf) }];
    if (key === "$or") return [{ any: listOf(operand).map((part) => ({ all: nodesOf(part) })) }];
    if (typeof operand !== "object" || operand === null) {
      return [{ fact: key, operator: "equal", value: operand }];
    }
    if (key === "$not") return [{ not: { all: nodesOf(operand) } }];
    return Object.entries(operand).map(([name, value]) => leafOf(key, name, value));
  });
}

const listOf = (operand: unknown): object[] => (Array.isArray(operand) ? operand : []);

function leafOf(fact: string, name: string, operand: unknown): ConditionProperties {
  const operator = OPERATORS[name];
  if (operator === undefined) throw new Error(`no operator for ${name}`);
  return { fact, operator, value: name === "$regex" ? new RegExp(String(operand)) : operand };
}
