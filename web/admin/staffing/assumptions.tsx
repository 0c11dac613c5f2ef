/** The target, and what to assume where this site's own history is too short; both live in the address. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { ASSUMED, type Asked, type Assumed } from "./asked.ts";
import type { Change } from "./staffing.tsx";
import { w } from "./words.ts";

const HUNDRED = 100;
const LIMITS: Record<Assumed, { min: number; max: number; step: number }> = {
  handle_seconds: { min: 1, max: 14_400, step: 1 },
  patience_seconds: { min: 1, max: 86_400, step: 1 },
  slowdown: { min: 0, max: 200, step: 1 },
  concurrency: { min: 1, max: 20, step: 1 },
};

export function Assumptions({
  day,
  asked,
  change,
}: {
  day: WireIntraday;
  asked: Asked;
  change: Change;
}): VNode {
  const open = ASSUMED.filter((key) => day.model[key].source !== "measured");
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const written = new FormData(form);
    const of = (key: string) => String(written.get(key) ?? "").trim();
    change({
      service_level: asShare(of("service_level")),
      within_seconds: of("within_seconds"),
      ...Object.fromEntries(open.map((key) => [key, key === "slowdown" ? asShare(of(key)) : of(key)])),
    });
  };
  return (
    <details class="assumptions" open={day.model.name === null}>
      <summary>{w("assumeTitle")}</summary>
      <form class="form" onSubmit={submit}>
        {open.length === 0 ? null : <p class="note">{w("assumeText")}</p>}
        <Field
          name="service_level"
          label={w("aimShare")}
          value={asPercent(day.target.service_level)}
          limits={{ min: 1, max: 99, step: 1 }}
        />
        <Field
          name="within_seconds"
          label={w("aimWithin")}
          value={String(day.target.within_seconds)}
          limits={{ min: 1, max: 3_600, step: 1 }}
        />
        {open.map((key) => (
          <Field
            key={key}
            name={key}
            label={w(`assume_${key}`)}
            value={key === "slowdown" ? asPercent(Number(asked[key] ?? Number.NaN)) : (asked[key] ?? "")}
            limits={LIMITS[key]}
          />
        ))}
        <button type="submit">{w("reckon")}</button>
      </form>
    </details>
  );
}

function Field({
  name,
  label,
  value,
  limits,
}: {
  name: string;
  label: string;
  value: string;
  limits: { min: number; max: number; step: number };
}): VNode {
  return (
    <label>
      {label}
      <input type="number" name={name} defaultValue={value} {...limits} />
    </label>
  );
}

function asShare(percentText: string): string {
  return percentText === "" ? "" : String(Number(percentText) / HUNDRED);
}

function asPercent(share: number): string {
  return Number.isFinite(share) ? String(Math.round(share * HUNDRED)) : "";
}
