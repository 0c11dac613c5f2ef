/** By what, within which hours, and beside what the figures are shown. */
import type { VNode } from "preact";
import { type Grouping, GROUPINGS, isTime } from "../../../domain/kpi/grouping.ts";
import { HoursTick } from "../overview/hours-tick.tsx";
import type { AskedFigures } from "./asked.ts";
import { Chooser } from "./chooser.tsx";
import { f } from "./words.ts";

export function Filters({
  asked,
  onChange,
}: {
  asked: AskedFigures;
  onChange: (next: Partial<AskedFigures>) => void;
}): VNode {
  const option = (name: Grouping) => (
    <option key={name} value={name}>
      {f(`by_${name}`)}
    </option>
  );
  return (
    <div class="figures-filters">
      <Chooser chosen={asked.kpis} onChange={(kpis) => onChange({ kpis })} />
      <div class="figures-by">
        <label for="figures-by">{f("by")}</label>
        <select
          id="figures-by"
          value={asked.by}
          onChange={({ currentTarget: { value } }) =>
            onChange({ by: GROUPINGS.find((name) => name === value) ?? asked.by })
          }
        >
          <optgroup label={f("byTime")}>{GROUPINGS.filter(isTime).map(option)}</optgroup>
          <optgroup label={f("byWhat")}>{GROUPINGS.filter((name) => !isTime(name)).map(option)}</optgroup>
        </select>
      </div>
      <label class="figures-tick">
        <input
          type="checkbox"
          checked={asked.compare}
          onChange={(event) => onChange({ compare: event.currentTarget.checked })}
        />
        {f("compare")}
      </label>
      <HoursTick
        checked={asked.businessHours}
        of={f("hoursNote")}
        onChange={(businessHours) => onChange({ businessHours })}
      />
    </div>
  );
}
