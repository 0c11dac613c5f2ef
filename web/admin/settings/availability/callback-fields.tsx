/** Whether visitors can book a call, how long and how many, and when. */
import type { VNode } from "preact";
import type { CallbackSettings } from "../../../../domain/availability/settings.ts";
import { WEEKDAYS } from "../../../../domain/site/days.ts";
import { faultAt, type Fault } from "../../campaigns/fault.ts";
import { Switch, TextField } from "../../field.tsx";
import { HoursEditor } from "../business-hours.tsx";
import { OFFICE } from "../hours-plan.ts";
import { a } from "./words.ts";

type NumberKey = "slot_minutes" | "capacity" | "horizon_days" | "lead_minutes" | "per_visitor";
const NUMBERS: readonly { key: NumberKey; min: number; max: number }[] = [
  { key: "slot_minutes", min: 5, max: 240 },
  { key: "capacity", min: 1, max: 1_000 },
  { key: "horizon_days", min: 1, max: 60 },
  { key: "lead_minutes", min: 0, max: 10_080 },
  { key: "per_visitor", min: 1, max: 100 },
];

export function CallbackFields({
  callbacks,
  zone,
  fault,
  onChange,
}: {
  callbacks: CallbackSettings;
  zone: string;
  fault: Fault | null;
  onChange: (callbacks: CallbackSettings) => void;
}): VNode {
  const errorAt = (key: NumberKey) => {
    const found = faultAt(fault, `callbacks.${key}`);
    return found === undefined ? undefined : { ...found, said: a("at_calls") };
  };
  const own = callbacks.hours.length > 0;
  const inHours = faultAt(fault, "callbacks.hours");
  return (
    <section aria-labelledby="calls-title">
      <h2 id="calls-title">{a("callsTitle")}</h2>
      <p class="quiet">{a("callsText")}</p>
      <Switch
        label={a("callsOn")}
        note={a("callsOnNote")}
        checked={callbacks.enabled}
        onChange={(enabled) => onChange({ ...callbacks, enabled })}
      />
      {!callbacks.enabled ? null : (
        <>
          <div class="form pressure">
            {NUMBERS.map(({ key, min, max }) => (
              <TextField
                key={key}
                label={a(key)}
                type="number"
                min={min}
                max={max}
                step={1}
                value={String(callbacks[key])}
                error={errorAt(key)}
                onInput={(text) => onChange({ ...callbacks, [key]: Number(text) })}
              />
            ))}
          </div>
          <div class="own-hours" role="group" aria-label={a("callHours")}>
            <h3>{a("callHours")}</h3>
            {inHours === undefined ? null : (
              <p class="field-error" role="alert">
                {inHours.said}
              </p>
            )}
            <Switch
              label={a("callHoursOwn")}
              note={a("callHoursOwnNote")}
              checked={own}
              onChange={(on) =>
                onChange({ ...callbacks, hours: on ? [{ dayOfWeek: WEEKDAYS.slice(0, 5), ...OFFICE }] : [] })
              }
            />
            {own ? (
              <HoursEditor
                hours={callbacks.hours}
                zone={zone}
                onChange={(hours) => onChange({ ...callbacks, hours })}
              />
            ) : null}
          </div>
        </>
      )}
    </section>
  );
}
