/** Whether durations are counted inside business hours only; what is chosen stands in the address. */
import "./overview.css";
import type { VNode } from "preact";
import { useSite } from "../site.ts";
import { o } from "./words.ts";

export function HoursTick({
  checked,
  of,
  onChange,
}: {
  checked: boolean;
  /** Which figures of the screen it changes, in words. */
  of: string;
  onChange: (checked: boolean) => void;
}): VNode {
  const { settings } = useSite();
  return (
    <label class="hours-tick">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {o("businessHours")}{" "}
        <span class="note">{settings.business_hours.length === 0 ? o("businessHoursNone") : of}</span>
      </span>
    </label>
  );
}
