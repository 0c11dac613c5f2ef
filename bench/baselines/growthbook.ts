/** The list of campaigns, each asked of GrowthBook's released evaluator, as its SDK asks them. */
import { type ConditionInterface, evalCondition } from "@growthbook/growthbook";

export type Rule = { id: string; condition: Readonly<Record<string, unknown>> };

/** What matches `facts`, in the order of `rules`. */
export function growthbook(rules: readonly Rule[]): (facts: Record<string, unknown>) => string[] {
  const asked = rules.map(({ id, condition }) => ({ id, condition: condition as ConditionInterface }));
  return (facts) => {
    const found: string[] = [];
    for (const { id, condition } of asked) if (evalCondition(facts, condition)) found.push(id);
    return found;
  };
}
