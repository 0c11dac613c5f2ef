/**
 * A targeting condition as the condition builder draws it, and back.
 *
 * Shapes  a `Query` is the builder library's own: groups of rules, each a fact, a comparison and a value. `readQuery`
 *         always gives one, and `writeQuery` of it is the very same JSON, key order included: a part that has no
 *         words in the builder is a rule that carries its own JSON, so nothing is ever lost.
 * Units   none: values keep the JSON type they had.
 * Errors  none; nothing here throws.
 */
import type { RuleGroupType, RuleType } from "react-querybuilder";
import { isTooDeep } from "../../../domain/targeting/fact-values.ts";
import type { Json } from "../../../domain/visit/facts.ts";
import { factType } from "./facts.ts";
import {
  comparisonOf,
  fitValue,
  holdsForNothing,
  isOperator,
  isRecord,
  isScalar,
  operandOf,
  operatorsOf,
  startValue,
} from "./operators.ts";

export const COMBINATORS = ["all", "any", "none", "notAll"] as const;
export type Combinator = (typeof COMBINATORS)[number];

/**
 * `short`: written `{"fact": value}`, which compares texts and numbers more freely than `{"fact": {"$eq": value}}`.
 * `guard`: whether `$exists` stands beside, so that a missing number does not count as 0; absent, it is as it should be.
 */
export type RuleMeta = { short?: boolean; guard?: boolean };
export type Rule = RuleType<string, string, Json, string, RuleMeta>;
export type Query = RuleGroupType<Rule>;
export type ConditionJson = { [key: string]: Json };

/** The field of a rule that is a piece of JSON. */
export const RAW_FIELD = "$json";
const RAW_OPERATOR = "json";

export const isRaw = (rule: Pick<Rule, "field">): boolean => rule.field === RAW_FIELD;
export const isGroup = (item: Rule | Query): item is Query => "rules" in item;

/** A condition drawn, and where in the condition each of its rules stands, by the rule's id. */
export type Drawn = { query: Query; paths: ReadonlyMap<string, string> };

/** `condition` as the builder draws it. */
export function readQuery(condition: ConditionJson): Drawn {
  const reading = new Reading();
  if (isTooDeep(condition)) return reading.done([reading.raw(condition, "")]);
  const drawn = reading.done(reading.entries(condition, ""));
  if (sameJson(writeQuery(drawn.query), condition)) return drawn;
  const whole = new Reading();
  return whole.done([whole.raw(condition, "")]);
}

/** Draws a condition once; ids count its rules, so that one read again keeps the places it had. */
class Reading {
  readonly #paths = new Map<string, string>();
  #count = 0;

  done(items: (Rule | Query)[]): Drawn {
    const [only, ...others] = items;
    const bare = only !== undefined && others.length === 0 && isGroup(only) && only.combinator !== "all";
    return { query: bare ? only : this.#group("all", items), paths: this.#paths };
  }

  entries(condition: ConditionJson, under: string): (Rule | Query)[] {
    return Object.entries(condition).flatMap(([key, operand]) => {
      const at = join(under, key);
      if (!key.startsWith("$")) return this.#rules(key, operand, at);
      return [this.#groupOf(key, operand, at) ?? this.raw({ [key]: operand }, at)];
    });
  }

  raw(value: ConditionJson, at: string): Rule {
    return this.#rule({ field: RAW_FIELD, operator: RAW_OPERATOR, value }, at);
  }

  #rule(rule: Rule, at: string): Rule {
    const id = this.#nextId();
    this.#paths.set(id, at);
    return { id, ...rule };
  }

  #group(combinator: Combinator, rules: (Rule | Query)[]): Query {
    return { id: this.#nextId(), combinator, rules };
  }

  #nextId(): string {
    this.#count += 1;
    return `at-${this.#count}`;
  }

  #groupOf(key: string, operand: Json, at: string): Query | null {
    if (key === "$not") return isRecord(operand) ? this.#group("notAll", this.entries(operand, at)) : null;
    const combinator = KEYED[key];
    if (combinator === undefined || !Array.isArray(operand) || !operand.every(isRecord)) return null;
    return this.#group(
      combinator,
      operand.map((element, index) => this.#element(element, join(at, String(index)))),
    );
  }

  #element(element: ConditionJson, at: string): Rule | Query {
    const items = this.entries(element, at);
    const [only] = items;
    const plain = items.length === 1 && only !== undefined && !(isGroup(only) && only.combinator === "all");
    return plain ? only : this.#group("all", items);
  }

  #rules(field: string, operand: Json, at: string): Rule[] {
    if (isScalar(operand)) {
      return [this.#rule({ field, operator: "is", value: operand, meta: { short: true } }, at)];
    }
    if (!isOperators(operand)) return [this.raw(define({}, field, operand), at)];
    const entries = Object.entries(operand);
    const rules: Rule[] = [];
    for (let index = 0; index < entries.length; index += 1) {
      const [sign, value] = entries[index] ?? ["", null];
      const found = comparisonOf(sign, value);
      if (found === null) {
        rules.push(this.raw(define({}, field, { [sign]: value }), join(at, sign)));
        continue;
      }
      const rule: Rule = { field, ...found };
      if (holdsForNothing(field, found.operator, found.value)) {
        const [next, exists] = entries[index + 1] ?? [];
        const guard = next === "$exists" && exists === true;
        rule.meta = { guard };
        if (guard) index += 1;
      }
      rules.push(this.#rule(rule, join(at, sign)));
    }
    return rules;
  }
}

const KEYED: Readonly<Record<string, Combinator>> = { $and: "all", $or: "any", $nor: "none" };

/** The condition that `query` means. */
export function writeQuery(query: Query): ConditionJson {
  return query.combinator === "all" ? writeAll(query.rules) : writeGroup(query);
}

/** Whether `$exists` is written beside this rule's comparison. */
export function isGuarded(rule: Rule): boolean {
  return holdsForNothing(rule.field, rule.operator, rule.value) && (rule.meta?.guard ?? true);
}

function writeGroup({ combinator, rules }: Query): ConditionJson {
  if (combinator === "notAll") return { $not: writeAll(rules) };
  const elements = rules.map((item) =>
    isGroup(item) && item.combinator === "all" ? writeAll(item.rules) : writeItem(item),
  );
  if (combinator === "any") return { $or: elements };
  return combinator === "none" ? { $nor: elements } : { $and: elements };
}

function writeItem(item: Rule | Query): ConditionJson {
  if (isGroup(item)) return writeGroup(item);
  if (isRaw(item)) return isRecord(item.value) ? item.value : {};
  return define({}, item.field, writeOperand(item));
}

function writeOperand(rule: Rule): Json {
  const { operator, value, meta } = rule;
  if (!isOperator(operator)) return value;
  if (operator === "is" && meta?.short === true && isScalar(value)) return value;
  const operand = operandOf(operator, value);
  return isGuarded(rule) ? { ...operand, $exists: true } : operand;
}

/** Every item beside the others in one object; what would stand twice under one key goes below `$and`. */
function writeAll(items: readonly (Rule | Query)[]): ConditionJson {
  const condition: ConditionJson = {};
  const overflow: ConditionJson[] = [];
  for (const item of items) {
    const piece = writeItem(item);
    if (!Object.entries(piece).every(([key, operand]) => canAdd(condition, key, operand))) {
      overflow.push(piece);
      continue;
    }
    for (const [key, operand] of Object.entries(piece)) {
      const present = own(condition, key);
      const merged = isRecord(present) && isRecord(operand) ? { ...present, ...operand } : operand;
      define(condition, key, merged);
    }
  }
  if (overflow.length === 0) return condition;
  if (Object.hasOwn(condition, "$and")) return { $and: [condition, ...overflow] };
  return { ...condition, $and: overflow };
}

function canAdd(condition: ConditionJson, key: string, operand: Json): boolean {
  const present = own(condition, key);
  if (present === undefined) return true;
  if (key.startsWith("$") || !isOperators(present) || !isOperators(operand)) return false;
  return Object.keys(operand).every((sign) => !Object.hasOwn(present, sign));
}

/**
 * `next` as it should be after a change of `before` in the builder: a rule whose fact or comparison is another one gets
 * a value that fits it, and `$exists` where it should.
 */
export function settle(next: Query, before: Query): Query {
  const earlier = new Map(rulesOf(before).map((rule) => [rule.id, rule]));
  const visit = (item: Rule | Query): Rule | Query => {
    if (isGroup(item)) return { ...item, rules: item.rules.map(visit) };
    const was = earlier.get(item.id);
    if (was === undefined || isRaw(item)) return item;
    return was.field === item.field && was.operator === item.operator ? item : settleRule(item, was);
  };
  return { ...next, rules: next.rules.map(visit) };
}

function settleRule({ meta: _meta, ...rule }: Rule, was: Rule): Rule {
  const offered = operatorsOf(rule.field);
  const operator = offered.some((one) => one === rule.operator) ? rule.operator : (offered[0] ?? "is");
  const type = factType(rule.field);
  // A number of one thing is seldom a number of another; a text or what the site alone knows may well be.
  const keeps =
    was.field === rule.field || type === "free" || (type === "text" && factType(was.field) === type);
  return {
    ...rule,
    operator,
    value: keeps ? fitValue(rule.field, operator, rule.value) : startValue(rule.field, operator),
  };
}

/** The rules of `query` from top to bottom. */
export function rulesOf(query: Query): Rule[] {
  return query.rules.flatMap((item) => (isGroup(item) ? rulesOf(item) : [item]));
}

/** The id of the rule that a complaint about `path` concerns: the one that stands there, around it, or first below. */
export function ruleAt(paths: Drawn["paths"], path: string): string | null {
  const around = [...paths].filter(([, at]) => path === at || path.startsWith(`${at}.`));
  const nearest = around.toSorted(([, a], [, b]) => b.length - a.length)[0];
  const below = path === "" ? undefined : [...paths].find(([, at]) => at.startsWith(`${path}.`));
  return nearest?.[0] ?? below?.[0] ?? null;
}

function isOperators(value: Json): value is ConditionJson {
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => key.startsWith("$"));
}

function own(condition: ConditionJson, key: string): Json | undefined {
  return Object.hasOwn(condition, key) ? condition[key] : undefined;
}

// A fact named `__proto__` must stay a key like any other.
function define(target: ConditionJson, key: string, value: Json): ConditionJson {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  return target;
}

function join(under: string, key: string): string {
  return under === "" ? key : `${under}.${key}`;
}

function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
