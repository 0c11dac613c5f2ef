/** The builder's rows: fact, operator, value; groups of all and any. */
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import Brackets from "lucide-static/icons/brackets.svg?raw";
import Plus from "lucide-static/icons/plus.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Json } from "../../../domain/visit/facts.ts";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../session.ts";
import { FACTS, factType, type FactGroup, type FactType } from "./facts.ts";
import { OPERATORS, type Group, type Item, type Operator, type Row } from "./condition-tree.ts";
import { printList, printScalar, readList, readScalar, typeFor } from "./scalar-text.ts";

type Faults = ReadonlyMap<Row, string>;

const COMMON: Operator[] = ["is", "isNot"];
const OPERATORS_OF: Record<FactType, readonly Operator[]> = {
  number: [...COMMON, "atLeast", "atMost", "above", "below", "oneOf", "known", "unknown"],
  text: [...COMMON, "starts", "contains", "matches", "oneOf", "noneOf", "known", "unknown"],
  flag: ["is", "known", "unknown"],
  free: OPERATORS,
};
const GROUPS: FactGroup[] = ["page", "cart", "session", "visitor", "place", "desk", "engagement"];

const newRow = (): Row => ({
  kind: "row",
  fact: "page.seconds",
  operator: "atLeast",
  value: 30,
  short: false,
});

export function GroupRows({
  group,
  faults,
  onChange,
  onRemove,
}: {
  group: Group;
  faults: Faults;
  onChange: (group: Group) => void;
  onRemove?: () => void;
}): VNode {
  const { kind, items } = group;
  const put = (index: number, item: Item | null): void => {
    const next = item === null ? items.toSpliced(index, 1) : items.toSpliced(index, 1, item);
    if (next.length === 0 && onRemove !== undefined) onRemove();
    else onChange({ kind, items: next });
  };
  const other = kind === "all" ? "any" : "all";
  return (
    <div class={`group ${kind}`} role="group" aria-label={t(`group_${kind}`)}>
      <div class="group-head">
        <select
          aria-label={t("groupKind")}
          value={kind}
          onChange={(event) => onChange({ kind: event.currentTarget.value === "any" ? "any" : "all", items })}
        >
          <option value={kind}>{t(`group_${kind}`)}</option>
          <option value={other}>{t(`group_${other}`)}</option>
        </select>
        <span class="quiet">{t(kind === "all" ? "and" : "or")}</span>
        {onRemove === undefined ? null : <RemoveButton label={t("removeGroup")} onClick={onRemove} />}
      </div>
      <div class="group-items">
        {items.length === 0 && onRemove === undefined ? <p class="quiet">{t("conditionAlways")}</p> : null}
        {items.map((item, index) =>
          item.kind === "row" ? (
            <RowEditor
              key={index}
              row={item}
              fault={faults.get(item)}
              onChange={(row) => put(index, row)}
              onRemove={() => put(index, null)}
            />
          ) : (
            <GroupRows
              key={index}
              group={item}
              faults={faults}
              onChange={(next) => put(index, next)}
              onRemove={() => put(index, null)}
            />
          ),
        )}
        <div class="group-add">
          <button
            type="button"
            class="plain small"
            onClick={() => onChange({ kind, items: [...items, newRow()] })}
          >
            <Icon svg={Plus} size={12} /> {t("addCondition")}
          </button>
          <button
            type="button"
            class="plain small"
            onClick={() => onChange({ kind, items: [...items, { kind: other, items: [newRow()] }] })}
          >
            <Icon svg={Brackets} size={12} /> {t("addGroup")}
          </button>
        </div>
      </div>
    </div>
  );
}

function RowEditor({
  row,
  fault,
  onChange,
  onRemove,
}: {
  row: Row;
  fault: string | undefined;
  onChange: (row: Row) => void;
  onRemove: () => void;
}): VNode {
  const type = factType(row.fact);
  const operators = OPERATORS_OF[type];
  const shown = operators.includes(row.operator) ? operators : [row.operator, ...operators];
  return (
    <div class={fault === undefined ? "row" : "row fault"}>
      <FactChoice fact={row.fact} onChange={(fact) => onChange(withFact(row, fact))} />
      <select
        aria-label={t("operator")}
        value={row.operator}
        onChange={(event) => {
          const next = shown.find((one) => one === event.currentTarget.value);
          if (next !== undefined) onChange(withOperator(row, next));
        }}
      >
        {shown.map((operator) => (
          <option key={operator} value={operator}>
            {t(`op_${operator}`)}
          </option>
        ))}
      </select>
      <ValueInput row={row} invalid={fault !== undefined} onChange={(value) => onChange({ ...row, value })} />
      <RemoveButton label={t("removeCondition")} onClick={onRemove} />
      {fault === undefined ? null : (
        <p class="field-error" role="alert">
          <Icon svg={Alert} size={12} />
          {fault}
        </p>
      )}
    </div>
  );
}

function FactChoice({ fact, onChange }: { fact: string; onChange: (fact: string) => void }): VNode {
  const known = FACTS.some((entry) => entry.path === fact);
  return (
    <div class="fact">
      <select
        aria-label={t("fact")}
        value={known ? fact : "other"}
        onChange={(event) =>
          onChange(event.currentTarget.value === "other" ? "signals." : event.currentTarget.value)
        }
      >
        {GROUPS.map((group) => (
          <optgroup key={group} label={t(`facts_${group}`)}>
            {FACTS.filter((entry) => entry.group === group).map((entry) => (
              <option key={entry.path} value={entry.path}>
                {t(`fact_${entry.path}`)}
              </option>
            ))}
          </optgroup>
        ))}
        <option value="other">{t("factOther")}</option>
      </select>
      {known ? null : (
        <input
          aria-label={t("factPath")}
          class="mono"
          spellcheck={false}
          value={fact}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function ValueInput({
  row,
  invalid,
  onChange,
}: {
  row: Row;
  invalid: boolean;
  onChange: (value: Json) => void;
}): VNode | null {
  const { operator, value } = row;
  const list = Array.isArray(value);
  const type = PATTERNS.has(operator) ? "text" : typeFor(factType(row.fact), value);
  const print = (): string => (list ? printList(value) : printScalar(type, value));
  const read = (text: string): Json => (list ? readList(text) : readScalar(type, text));
  const [typed, setTyped] = useState(print);
  if (operator === "known" || operator === "unknown") return <span class="row-value" />;
  if (type === "flag" && !list) {
    return (
      <select
        class="row-value"
        aria-label={t("value")}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value === "true")}
      >
        <option value="true">{t("yes")}</option>
        <option value="false">{t("no")}</option>
      </select>
    );
  }
  // What was typed stays as it was typed for as long as it means the value: "1." on the way to "1.5".
  const text = JSON.stringify(read(typed)) === JSON.stringify(value) ? typed : print();
  return (
    <input
      class="row-value"
      aria-label={t("value")}
      aria-invalid={invalid ? "true" : undefined}
      inputMode={type === "number" ? "decimal" : "text"}
      value={text}
      onInput={(event) => {
        setTyped(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}

function RemoveButton({ label, onClick }: { label: string; onClick: () => void }): VNode {
  return (
    <button type="button" class="plain small icon-only" aria-label={label} title={label} onClick={onClick}>
      <Icon svg={Cross} />
    </button>
  );
}

const PATTERNS: ReadonlySet<Operator> = new Set(["starts", "contains", "matches"]);
const START_VALUE: Record<FactType, Json> = { number: 1, text: "", flag: true, free: 1 };

function withFact(row: Row, fact: string): Row {
  const type = factType(fact);
  if (type === "free" || factType(row.fact) === type) return { ...row, fact };
  const operator = OPERATORS_OF[type].includes(row.operator) ? row.operator : "is";
  return withOperator({ ...row, fact, operator, value: START_VALUE[type] }, operator);
}

function withOperator(row: Row, operator: Operator): Row {
  const next = { ...row, operator, short: false };
  if (operator === "known" || operator === "unknown") return { ...next, value: null };
  if (operator === "oneOf" || operator === "noneOf") {
    return { ...next, value: Array.isArray(row.value) ? row.value : row.value === null ? [] : [row.value] };
  }
  const single = Array.isArray(row.value) ? (row.value[0] ?? null) : row.value;
  if (PATTERNS.has(operator)) return { ...next, value: single === null ? "" : String(single) };
  return { ...next, value: single ?? START_VALUE[factType(row.fact)] };
}
