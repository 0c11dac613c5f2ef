/** A text with variables: a field, the list of what it may ask for, and what is wrong with it. */
import Braces from "lucide-static/icons/braces.svg?raw";
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { Field } from "../field.tsx";
import type { Refused } from "./fault.ts";
import { VARIABLES } from "./variables.ts";
import { w } from "./words.ts";

export function TemplateField({
  label,
  value,
  lang,
  maxLength,
  rows,
  error,
  problem,
  onInput,
}: {
  label: string;
  value: string;
  lang: string;
  maxLength: number;
  rows?: number;
  error?: Refused | undefined;
  /** Why the text cannot be filled, in the engine's words. */
  problem?: string | undefined;
  onInput: (text: string) => void;
}): VNode {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.focus();
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const insert = (variable: string): void => {
    const start = field.current?.selectionStart ?? value.length;
    const end = field.current?.selectionEnd ?? start;
    caret.current = start + variable.length;
    onInput(`${value.slice(0, start)}${variable}${value.slice(end)}`);
  };
  const refused =
    error ?? (problem === undefined ? undefined : { said: w("templateProblem"), detail: problem });
  return (
    <Field label={label} error={refused}>
      {(ids) => {
        const common = { ...ids, ref: field, lang, value, maxLength };
        return (
          <div class="template">
            {rows === undefined ? (
              <input {...common} onInput={(event) => onInput(event.currentTarget.value)} />
            ) : (
              <textarea {...common} rows={rows} onInput={(event) => onInput(event.currentTarget.value)} />
            )}
            <Variables onInsert={insert} />
          </div>
        );
      }}
    </Field>
  );
}

function Variables({ onInsert }: { onInsert: (text: string) => void }): VNode {
  const details = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (details.current !== null) details.current.open = false;
  };
  return (
    <details
      ref={details}
      class="variables"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || details.current?.open !== true) return;
        event.stopPropagation();
        close();
        details.current.querySelector("summary")?.focus();
      }}
      onFocusOut={(event) => {
        const { relatedTarget } = event;
        if (relatedTarget instanceof Node && details.current?.contains(relatedTarget) === false) close();
      }}
    >
      <summary aria-label={w("variables")} title={w("variables")}>
        <Icon svg={Braces} size={12} />
      </summary>
      <ul class="floating">
        {VARIABLES.map(({ key, text, known }) => (
          <li key={key}>
            <button
              type="button"
              class="plain"
              onClick={() => {
                close();
                onInsert(text);
              }}
            >
              <span>
                {w(`variable_${key}`)}
                {known === "proven" ? <span class="note"> {w("variableProven")}</span> : null}
              </span>
              <code>{text}</code>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
