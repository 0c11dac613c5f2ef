/** The week's hours, agents over or short, every figure printed; the same as a table and as a file. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { signed } from "./day-table.tsx";
import type { Change } from "./staffing.tsx";
import { weekHours } from "./view.ts";
import { dayName, saveWeek, WeekTable } from "./week-table.tsx";
import { w } from "./words.ts";

type Hour = WireIntraday["week"][number]["hours"][number];

export function WeekMap({ day, change }: { day: WireIntraday; change: Change }): VNode {
  const [asTable, setAsTable] = useState(false);
  const hours = weekHours(day);
  return (
    <section aria-labelledby="staffing-week">
      <div class="section-head">
        <h2 id="staffing-week">{w("weekTitle")}</h2>
        <span class="note">{w(asTable ? "weekTableNote" : "weekNote")}</span>
      </div>
      {hours.length === 0 ? (
        <p class="quiet">{w("weekNone")}</p>
      ) : (
        <>
          {asTable ? (
            <WeekTable day={day} hours={hours} />
          ) : (
            <Picture day={day} hours={hours} change={change} />
          )}
          <p class="chart-links">
            <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {w(asTable ? "asChart" : "asTable")}
            </button>
            <button type="button" class="link" onClick={() => saveWeek(day)}>
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function Picture({
  day,
  hours,
  change,
}: {
  day: WireIntraday;
  hours: readonly number[];
  change: Change;
}): VNode {
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="staffing-week">
      <table class="week-map">
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only">{w("weekDay")}</span>
            </th>
            {hours.map((hour) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {day.week.map(({ date, hours: own }) => (
            <tr key={date}>
              <th scope="row" aria-current={date === day.date ? "date" : undefined}>
                <button type="button" class="link" onClick={() => change({ date })}>
                  {dayName(date)}
                </button>
              </th>
              {hours.map((hour) => (
                <Cell key={hour} cell={own.find((one) => one.hour === hour)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell }: { cell: Hour | undefined }): VNode {
  if (cell === undefined || cell.gap === null) {
    const open = cell?.open ?? false;
    return (
      <td class={open ? "unknown" : "closed"}>
        <span aria-hidden="true">{open ? "?" : ""}</span>
        <span class="sr-only">{w(open ? "unknown" : "closed")}</span>
      </td>
    );
  }
  return <td class={kindOf(cell.gap)}>{signed(cell.gap)}</td>;
}

function kindOf(gap: number): string {
  if (gap <= -2) return "very-short";
  if (gap < 0) return "short";
  return gap > 0 ? "over" : "even";
}
