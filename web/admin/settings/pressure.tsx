/** How much one visitor may be asked by all campaigns together. */
import type { VNode } from "preact";
import type { Pressure } from "../../../domain/site/settings.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { s } from "./words.ts";

const MINUTE_SECONDS = 60;
const MAX_DAYS = 366;
const MAX_COUNT = 1_000;

type Count = { key: keyof Pressure; max: number };
const FIELDS: readonly Count[] = [
  { key: "per_visitor", max: MAX_COUNT },
  { key: "per_days", max: MAX_DAYS },
  { key: "after_decline_kind_days", max: MAX_DAYS },
  { key: "after_decline_site_days", max: MAX_DAYS },
];

export function PressureFields({
  pressure,
  fault,
  onChange,
}: {
  pressure: Pressure;
  fault: Fault | null;
  onChange: (pressure: Pressure) => void;
}): VNode {
  const write = (key: keyof Pressure, value: number | null): void => {
    const { [key]: _before, ...others } = pressure;
    onChange(value === null ? others : { ...others, [key]: value });
  };
  const errorAt = (key: keyof Pressure) => {
    const found = faultAt(fault, `pressure.${key}`);
    return found === undefined ? undefined : { ...found, said: s("at_pressure") };
  };
  const cooldown = pressure.cooldown_seconds ?? null;
  const countField = ({ key, max }: Count): VNode => (
    <TextField
      key={key}
      label={s(`pressure_${key}`)}
      type="number"
      min={1}
      max={max}
      step={1}
      value={String(pressure[key] ?? "")}
      error={errorAt(key)}
      onInput={(text) => write(key, text === "" ? null : Number(text))}
    />
  );
  return (
    <section aria-labelledby="pressure-title">
      <h2 id="pressure-title">{s("pressureTitle")}</h2>
      <p class="quiet">{s("pressureText")}</p>
      <div class="form pressure">
        {countField({ key: "per_session", max: MAX_COUNT })}
        <TextField
          label={s("pressure_cooldown")}
          type="number"
          min={1}
          step="any"
          value={cooldown === null ? "" : String(cooldown / MINUTE_SECONDS)}
          error={errorAt("cooldown_seconds")}
          onInput={(text) =>
            write("cooldown_seconds", text === "" ? null : Math.round(Number(text) * MINUTE_SECONDS))
          }
        />
        {FIELDS.map(countField)}
      </div>
      <p class="note">{s("pressureNote")}</p>
    </section>
  );
}
