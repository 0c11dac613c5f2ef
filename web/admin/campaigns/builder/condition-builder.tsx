/**
 * The rows of a condition: react-querybuilder keeps the tree and its changes, the controls are the house's own.
 *
 * Loaded when a campaign is edited, and not before: the library is larger than the rest of the editor.
 */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { QueryBuilder, type FullCombinator, type FullField, type FullOperator } from "react-querybuilder";
import { locale } from "../../session.ts";
import { COMBINATORS, isGroup, settle, type Query, type Rule } from "../condition-query.ts";
import { FACT_GROUPS, FACTS } from "../facts.ts";
import { operatorsOf, startValue } from "../operators.ts";
import { w } from "../words.ts";
import { Surroundings, type BuilderSurroundings, type FactName } from "./context.ts";
import { factLabel } from "./fact-words.ts";
import { Group } from "./group.tsx";
import { Row } from "./row.tsx";

const FIRST_FACT = "page.seconds";
const CONTROLS = { rule: Row, ruleGroup: Group };

export function ConditionBuilder({
  query,
  disabled,
  onQuery,
  ...surroundings
}: Omit<BuilderSurroundings, "facts"> & {
  query: Query;
  disabled: boolean;
  onQuery: (query: Query) => void;
}): VNode {
  const language = locale.value;
  const { segments } = surroundings;
  const fields = useMemo(() => fieldsOf(segments), [segments, language]);
  const combinators = useMemo(
    () => COMBINATORS.map((name) => ({ name, value: name, label: w(`group_${name}`) })),
    [language],
  );
  return (
    <Surroundings.Provider value={{ ...surroundings, facts: fields }}>
      <QueryBuilder<Query, FullField, FullOperator, FullCombinator>
        query={query}
        fields={fields}
        combinators={combinators}
        controlElements={CONTROLS}
        enableMountQueryChange={false}
        resetOnFieldChange={false}
        addRuleToNewGroups
        suppressStandardClassnames
        disabled={disabled}
        accessibleDescriptionGenerator={noDescription}
        getDefaultField={FIRST_FACT}
        getDefaultOperator={(field) => operatorsOf(field)[0] ?? "is"}
        getDefaultValue={(rule) => startValue(rule.field, rule.operator)}
        getOperators={(field) =>
          operatorsOf(field).map((name) => ({ name, value: name, label: w(`op_${name}`) }))
        }
        onAddGroup={(group, path, whole) => ({ ...group, combinator: otherThan(groupAt(whole, path)) })}
        onQueryChange={(next) => onQuery(settle(next, query))}
      />
    </Surroundings.Provider>
  );
}

/** The groups say what they are in words of their own. */
const noDescription = (): string => "";

function fieldsOf(segments: BuilderSurroundings["segments"]): { label: string; options: FactName[] }[] {
  return FACT_GROUPS.map((group) => {
    const paths =
      group === "segment"
        ? segments.map(({ key }) => `segment.${key}`)
        : FACTS.filter((fact) => fact.group === group).map((fact) => fact.path);
    const options = paths.map((path) => ({ name: path, value: path, label: factLabel(path, segments) }));
    return { label: w(`facts_${group}`), options };
  }).filter(({ options }) => options.length > 0);
}

function groupAt(query: Query, path: readonly number[]): Query {
  return path.reduce<Query>((group, index) => {
    const inner: Rule | Query | undefined = group.rules[index];
    return inner !== undefined && isGroup(inner) ? inner : group;
  }, query);
}

/** A group inside of another is there to say something else. */
function otherThan({ combinator }: Query): string {
  return combinator === "any" ? "all" : "any";
}
