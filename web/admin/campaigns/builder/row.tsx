/** One row: a fact, a comparison and a value, or a piece of JSON that has no words here. */
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import type { VNode } from "preact";
import { useId } from "preact/hooks";
import { useRule, type RuleProps } from "react-querybuilder";
import { Icon } from "../../../shared/icon.tsx";
import { isGuarded, isRaw, type Rule } from "../condition-query.ts";
import { holdsForNothing, isOperator, operatorsOf } from "../operators.ts";
import { w } from "../words.ts";
import { useSurroundings } from "./context.ts";
import { FactChoice } from "./fact-choice.tsx";
import { factAbout } from "./fact-words.ts";
import { RemoveButton } from "./remove-button.tsx";
import { ValueInput } from "./value-input.tsx";

export function Row(props: RuleProps): VNode {
  const { disabled = false, ...row } = useRule(props);
  const rule: Rule = row.rule;
  const { faults, segments } = useSurroundings();
  const fault = faults.get(rule.id ?? "");
  const ids = { about: useId(), fault: useId() };
  const invalid = fault !== undefined;
  return (
    <div class={invalid ? "row fault" : "row"} role="group" aria-label={w("row")}>
      {isRaw(rule) ? (
        <RawPart rule={rule} />
      ) : (
        <>
          <FactChoice
            fact={rule.field}
            disabled={disabled}
            aboutId={ids.about}
            onChange={(field) => row.onChangeField(field)}
          />
          <OperatorChoice
            rule={rule}
            disabled={disabled}
            onChange={(operator) => row.onChangeOperator(operator)}
          />
          <ValueInput
            rule={rule}
            disabled={disabled}
            invalid={invalid}
            describedBy={invalid ? ids.fault : undefined}
            onChange={(value) => row.onChangeValue(value)}
          />
        </>
      )}
      <RemoveButton label={w("removeCondition")} disabled={disabled} onClick={() => row.removeRule()} />
      {isRaw(rule) ? null : (
        <p class="sr-only" id={ids.about}>
          {factAbout(rule.field, segments)}
        </p>
      )}
      <Guard
        rule={rule}
        disabled={disabled}
        onChange={(guard) => row.generateOnChangeHandler("meta")({ ...rule.meta, guard })}
      />
      {fault === undefined ? null : (
        <p class="field-error" role="alert" id={ids.fault}>
          <Icon svg={Alert} size={12} />
          {fault}
        </p>
      )}
    </div>
  );
}

function OperatorChoice({
  rule,
  disabled,
  onChange,
}: {
  rule: Rule;
  disabled: boolean;
  onChange: (operator: string) => void;
}): VNode {
  const offered = operatorsOf(rule.field);
  const shown =
    isOperator(rule.operator) && !offered.includes(rule.operator) ? [rule.operator, ...offered] : offered;
  return (
    <select
      class="row-operator"
      aria-label={w("operator")}
      value={rule.operator}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {shown.map((operator) => (
        <option key={operator} value={operator}>
          {w(`op_${operator}`)}
        </option>
      ))}
    </select>
  );
}

/** A missing number counts as 0: where 0 would pass, the row says so and asks that the fact be known. */
function Guard({
  rule,
  disabled,
  onChange,
}: {
  rule: Rule;
  disabled: boolean;
  onChange: (guard: boolean) => void;
}): VNode | null {
  if (isRaw(rule) || !holdsForNothing(rule.field, rule.operator, rule.value)) return null;
  const guarded = isGuarded(rule);
  return (
    <label class="guard note">
      <input
        type="checkbox"
        checked={guarded}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        <strong>{w("guard")}</strong> {w(guarded ? "guardNote" : "guardMissing")}
      </span>
    </label>
  );
}

function RawPart({ rule }: { rule: Rule }): VNode {
  const { onShowJson } = useSurroundings();
  return (
    <div class="raw">
      <code>{JSON.stringify(rule.value)}</code>
      <span class="note">
        {w("rawNote")}{" "}
        <button type="button" class="link" onClick={() => onShowJson(rule.id ?? "")}>
          {w("rawShow")}
        </button>
      </span>
    </div>
  );
}
