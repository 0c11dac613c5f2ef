/** A labelled control with its note and its error, tied together for assistive technology. */
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import type { ComponentChildren, ComponentProps, VNode } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "../shared/icon.tsx";
import type { Refused } from "./campaigns/fault.ts";
import { Detail } from "./states.tsx";

export type FieldIds = { id: string; "aria-describedby": string; "aria-invalid": boolean };

export function Field({
  label,
  note,
  error,
  children,
}: {
  label: string;
  note?: ComponentChildren;
  error?: Refused | undefined;
  children: (ids: FieldIds) => ComponentChildren;
}): VNode {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        "aria-describedby": `${id}-note`,
        "aria-invalid": error !== undefined,
      })}
      <div id={`${id}-note`}>
        {error === undefined ? null : (
          <div role="alert">
            <p class="field-error">
              <Icon svg={Alert} size={12} />
              {error.said}
            </p>
            <Detail text={error.detail} />
          </div>
        )}
        {note === undefined ? null : <p class="note">{note}</p>}
      </div>
    </div>
  );
}

type TextProps = {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "email" | "password" | "number" | "search" | "date" | "datetime-local" | "time" | "url";
  note?: ComponentChildren;
  error?: Refused | undefined;
  required?: boolean;
  disabled?: boolean;
  maxLength?: number;
  min?: number;
  max?: number;
  step?: number | "any";
  autocomplete?: "off" | "new-password";
  lang?: string;
  rows?: number;
};

/** A text input, or a text area where `rows` is given. */
export function TextField({
  label,
  value,
  onInput,
  note,
  error,
  rows,
  type = "text",
  ...rest
}: TextProps): VNode {
  return (
    <Field label={label} note={note} error={error}>
      {(ids) =>
        rows === undefined ? (
          <input {...inputOf({ ...ids, ...rest, type, value }, onInput)} />
        ) : (
          <textarea
            {...ids}
            rows={rows}
            {...(rest.lang === undefined ? {} : { lang: rest.lang })}
            {...(rest.maxLength === undefined ? {} : { maxLength: rest.maxLength })}
            {...(rest.disabled === undefined ? {} : { disabled: rest.disabled })}
            value={value}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

// Preact's types want one literal input type at a time; here it is one of several, all of them text inputs.
function inputOf(attributes: object, onInput: (value: string) => void): ComponentProps<"input"> {
  return { ...attributes, onInput: (event) => onInput(event.currentTarget.value) };
}

export function SelectField<T extends string>({
  label,
  value,
  options,
  onChange,
  note,
  error,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  note?: ComponentChildren;
  error?: Refused | undefined;
}): VNode {
  return (
    <Field label={label} note={note} error={error}>
      {(ids) => (
        <select
          {...ids}
          value={value}
          onChange={(event) => {
            const chosen = options.find((option) => option.value === event.currentTarget.value);
            if (chosen !== undefined) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Something that is on or off, and what it does. */
export function Switch({
  label,
  note,
  checked,
  onChange,
}: {
  label: string;
  note: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): VNode {
  return (
    <label class="check">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        <strong>{label}</strong>
        <span class="note">{note}</span>
      </span>
    </label>
  );
}
