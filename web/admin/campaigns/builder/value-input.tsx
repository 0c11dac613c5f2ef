/** The value of a row, in the kind that its fact has: typed, chosen, or taken from what the site has seen. */
import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { Json } from "../../../../domain/visit/facts.ts";
import { t } from "../../session.ts";
import type { Rule } from "../condition-query.ts";
import { factAt, factType, type FactUnit } from "../facts.ts";
import { isBare, isPattern } from "../operators.ts";
import { printList, printScalar, readList, readScalar, typeFor } from "../scalar-text.ts";
import { w } from "../words.ts";
import { useSurroundings } from "./context.ts";
import { useSeenValues } from "./seen-values.ts";

type Props = {
  rule: Rule;
  disabled: boolean;
  invalid: boolean;
  describedBy: string | undefined;
  onChange: (value: Json) => void;
};

export function ValueInput(props: Props): VNode {
  const { rule } = props;
  if (isBare(rule.operator)) return <span class="row-value" />;
  if (Array.isArray(rule.value) || isPattern(rule.operator))
    return <TypedValue key={rule.operator} {...props} />;
  const choices = choicesOf(rule);
  return choices === null ? (
    <TypedValue key={rule.operator} {...props} />
  ) : (
    <ChosenValue {...props} choices={choices} />
  );
}

type Choice = { value: Json; label: string };

/** The values to choose from, with the present one among them; null where a value is typed. */
function choicesOf({ field, value, operator }: Rule): Choice[] | null {
  const entry = factAt(field);
  const listed: Choice[] | null =
    entry?.choices !== undefined && (operator === "is" || operator === "isNot")
      ? entry.choices.map((choice) => ({ value: choice, label: w(`choice_${field}.${choice}`) }))
      : factType(field) === "flag" || typeof value === "boolean"
        ? [true, false].map((choice) => ({ value: choice, label: t(choice ? "yes" : "no") }))
        : null;
  if (listed === null || listed.some((choice) => choice.value === value)) return listed;
  return [...listed, { value, label: printScalar("free", value) }];
}

function ChosenValue({
  rule,
  disabled,
  invalid,
  describedBy,
  choices,
  onChange,
}: Props & { choices: Choice[] }): VNode {
  return (
    <select
      class="row-value"
      aria-label={w("value")}
      aria-invalid={invalid ? "true" : undefined}
      aria-describedby={describedBy}
      value={choices.findIndex(({ value }) => value === rule.value)}
      disabled={disabled}
      onChange={(event) => onChange(choices[Number(event.currentTarget.value)]?.value ?? null)}
    >
      {choices.map(({ label }, index) => (
        <option key={label} value={index}>
          {label}
        </option>
      ))}
    </select>
  );
}

function TypedValue({ rule, disabled, invalid, describedBy, onChange }: Props): VNode {
  const { site, currency } = useSurroundings();
  const listId = useId();
  const { field, operator, value } = rule;
  const list = Array.isArray(value);
  const type = isPattern(operator) ? "text" : typeFor(factType(field), value);
  const print = (): string => (list ? printList(value) : printScalar(type, value));
  const read = (text: string): Json => (list ? readList(text) : readScalar(type, text));
  const [typed, setTyped] = useState(print);
  // What was typed stays as it was typed for as long as it means the value: "1." on the way to "1.5".
  const text = JSON.stringify(read(typed)) === JSON.stringify(value) ? typed : print();
  const seen = useSeenValues({ site, fact: field, prefix: list ? "" : text });
  const unit = list ? undefined : factAt(field)?.unit;
  return (
    <span class={unit === undefined ? "row-value" : "row-value with-unit"}>
      <input
        aria-label={w("value")}
        aria-invalid={invalid ? "true" : undefined}
        aria-describedby={describedBy}
        list={seen.values.length > 0 && !list ? listId : undefined}
        inputMode={type === "number" ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        value={text}
        disabled={disabled}
        onFocus={seen.ask}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          onChange(read(event.currentTarget.value));
        }}
      />
      {unit === undefined ? null : <span class="unit">{unitWord(unit, currency)}</span>}
      <datalist id={listId}>
        {seen.values.map(({ value: one, visits }) => (
          <option key={one} value={one} label={w("seenIn", { value: one, visits })} />
        ))}
      </datalist>
    </span>
  );
}

function unitWord(unit: FactUnit, currency: string): string {
  return unit === "money" ? currency : w(`unit_${unit}`);
}
