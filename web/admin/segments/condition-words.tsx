/** A condition in words: facts, comparisons and values as the builder calls them, on one line. */
import type { VNode } from "preact";
import type { Json } from "../../../domain/visit/facts.ts";
import { number } from "../../shared/format.ts";
import { factLabel } from "../campaigns/builder/fact-words.ts";
import {
  isGroup,
  isRaw,
  readQuery,
  type Combinator,
  type ConditionJson,
  type Query,
  type Rule,
} from "../campaigns/condition-query.ts";
import { isBare } from "../campaigns/operators.ts";
import { w } from "../campaigns/words.ts";
import { locale, t } from "../session.ts";
import { s } from "./words.ts";

export type Named = { key: string; name: string; description: string };

/** `condition` as a sentence; `segments` give the names of those it asks about. */
export function ConditionWords({
  condition,
  segments,
}: {
  condition: unknown;
  segments: readonly Named[];
}): VNode {
  const { query } = readQuery(condition as ConditionJson);
  return (
    <span class="condition-words">
      {query.rules.length === 0 ? s(EMPTY[query.combinator as Combinator]) : groupWords(query, segments)}
    </span>
  );
}

const EMPTY: Record<Combinator, string> = { all: "always", any: "always", none: "never", notAll: "never" };

function groupWords({ combinator, rules }: Query, segments: readonly Named[]): VNode {
  const all = combinator === "all" || combinator === "notAll";
  return (
    <>
      {combinator === "none" ? <em>{s("neither")} </em> : null}
      {combinator === "notAll" ? <em>{s("not")} </em> : null}
      {rules.map((item, index) => (
        <>
          {index === 0 ? null : <em> {s(all ? "and" : "or")} </em>}
          {isGroup(item) ? (
            <>({groupWords(item, segments)})</>
          ) : (
            <RuleWords rule={item} segments={segments} />
          )}
        </>
      ))}
    </>
  );
}

function RuleWords({ rule, segments }: { rule: Rule; segments: readonly Named[] }): VNode {
  if (isRaw(rule)) return <code>{JSON.stringify(rule.value)}</code>;
  const fact = factLabel(rule.field, segments);
  const holds = rule.operator === "is" && rule.value === true && rule.field.startsWith("segment.");
  if (holds) return <span>{fact}</span>;
  return (
    <span>
      {fact} {w(`op_${rule.operator}`)}
      {isBare(rule.operator) ? null : <strong> {valueWords(rule.value)}</strong>}
    </span>
  );
}

function valueWords(value: Json): string {
  if (Array.isArray(value)) return value.map(valueWords).join(", ");
  if (typeof value === "number") return number(locale.value, value, Number.isInteger(value) ? 0 : 2);
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string") return value === "" ? s("emptyText") : value;
  return JSON.stringify(value);
}
