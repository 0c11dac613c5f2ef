/** By which codes agents conclude a conversation, and how long what was said, and what visitors did, is kept. */
import "./talk.css";
import Plus from "lucide-static/icons/plus.svg?raw";
import Trash from "lucide-static/icons/trash-2.svg?raw";
import type { VNode } from "preact";
import {
  MAX_MEASUREMENT_MONTHS,
  MIN_MEASUREMENT_MONTHS,
} from "../../../domain/history/measurement-retention.ts";
import {
  MAX_TRANSCRIPT_MONTHS,
  MIN_TRANSCRIPT_MONTHS,
} from "../../../domain/history/transcript-retention.ts";
import type { WrapUpCode } from "../../../domain/site/wrap-up.ts";
import { Icon } from "../../shared/icon.tsx";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { w } from "./words.ts";

type Changed = { wrap_up_codes?: WrapUpCode[]; transcript_months?: number; measurement_months?: number };

export function ConclusionFields({
  codes,
  months,
  measurementMonths,
  fault,
  onChange,
}: {
  codes: readonly WrapUpCode[];
  months: number;
  measurementMonths: number;
  fault: Fault | null;
  onChange: (part: Changed) => void;
}): VNode {
  const change = (at: number, part: Partial<WrapUpCode>): void =>
    onChange({ wrap_up_codes: codes.map((code, index) => (index === at ? { ...code, ...part } : code)) });
  const required = codes.some((code) => code.required === true);
  const requireAll = (on: boolean): void =>
    onChange({
      wrap_up_codes: codes.map(({ key, label }, index) => ({
        key,
        label,
        ...(on && index === 0 ? { required: true } : {}),
      })),
    });
  const tooLong = faultAt(fault, "transcript_months");
  const notMeasured = faultAt(fault, "measurement_months");
  return (
    <section aria-labelledby="conclusion-title">
      <h2 id="conclusion-title">{w("conclusionTitle")}</h2>
      <p class="note">{w("conclusionText")}</p>
      {codes.length === 0 ? <p class="note">{w("codesNone")}</p> : null}
      {fault?.path.startsWith("wrap_up_codes") === true ? (
        <p class="field-error" role="alert">
          {w("codesWrong")}
        </p>
      ) : null}
      <ol class="codes">
        {codes.map((code, index) => (
          <li key={index}>
            <CodeRow
              code={code}
              wrong={fault?.path.startsWith(`wrap_up_codes.${index}`) === true}
              onChange={(part) => change(index, part)}
              onRemove={() => onChange({ wrap_up_codes: codes.filter((_, other) => other !== index) })}
            />
          </li>
        ))}
      </ol>
      <p class="codes-actions">
        <button
          type="button"
          onClick={() => onChange({ wrap_up_codes: [...codes, { key: "", label: { fr: "", en: "" } }] })}
        >
          <Icon svg={Plus} />
          {w("codeAdd")}
        </button>
        {codes.length === 0 ? null : (
          <label class="check">
            <input
              type="checkbox"
              checked={required}
              onChange={(event) => requireAll(event.currentTarget.checked)}
            />
            <span>{w("codeRequired")}</span>
          </label>
        )}
      </p>
      <div class="form">
        <TextField
          label={w("months")}
          type="number"
          min={MIN_TRANSCRIPT_MONTHS}
          max={MAX_TRANSCRIPT_MONTHS}
          step={1}
          value={String(months)}
          note={w("monthsNote")}
          error={tooLong === undefined ? undefined : { ...tooLong, said: w("monthsWrong") }}
          onInput={(text) => onChange({ transcript_months: Number(text) })}
        />
        <TextField
          label={w("measurementMonths")}
          type="number"
          min={MIN_MEASUREMENT_MONTHS}
          max={MAX_MEASUREMENT_MONTHS}
          step={1}
          value={String(measurementMonths)}
          note={w("measurementMonthsNote")}
          error={
            notMeasured === undefined ? undefined : { ...notMeasured, said: w("measurementMonthsWrong") }
          }
          onInput={(text) => onChange({ measurement_months: Number(text) })}
        />
      </div>
    </section>
  );
}

function CodeRow({
  code,
  wrong,
  onChange,
  onRemove,
}: {
  code: WrapUpCode;
  wrong: boolean;
  onChange: (part: Partial<WrapUpCode>) => void;
  onRemove: () => void;
}): VNode {
  const { key, label } = code;
  const field = (name: string, value: string, maxLength: number, onInput: (text: string) => void): VNode => (
    <label>
      <span>{w(name)}</span>
      <input
        value={value}
        maxLength={maxLength}
        aria-invalid={wrong}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
  return (
    <>
      {field("codeKey", key, 40, (text) => onChange({ key: text }))}
      {field("codeFr", label.fr, 80, (fr) => onChange({ label: { ...label, fr } }))}
      {field("codeEn", label.en, 80, (en) => onChange({ label: { ...label, en } }))}
      <button type="button" class="plain" aria-label={w("codeRemove", { key })} onClick={onRemove}>
        <Icon svg={Trash} />
      </button>
    </>
  );
}
