/** The week's hours, agents over or short, every figure printed. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { locale } from "../session.ts";
import { signed } from "./day-table.tsx";
import type { Change } from "./staffing.tsx";
import { weekHours } from "./view.ts";
import { w } from "./words.ts";

type Hour = WireIntraday["week"][number]["hours"][number];

export function WeekMap({ day, change }: { day: WireIntraday; change: Change }): VNode {
  const hours = weekHours(day);
  return (
    <section aria-labelledby="staffing-week">
      <div class="section-head">
        <h2 id="staffing-week">{w("weekTitle")}</h2>
        <span class="note">{w("weekNote")}</span>
      </div>
      {hours.length === 0 ? (
        <p class="quiet">{w("weekNone")}</p>
      ) : (
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
      )}
    </section>
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

/** "Mon 16": the date is one of the calendar, so that no zone may move it. */
function dayName(date: string): string {
  const format = new Intl.DateTimeFormat(locale.value === "fr" ? "fr-FR" : "en-GB", {
    weekday: "short",
    day: "numeric",
    timeZone: "UTC",
  });
  return format.format(new Date(`${date}T00:00:00Z`));
}
