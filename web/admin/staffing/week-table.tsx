/** The week by hours, as a table and as a file: the figures behind each cell of the picture. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { signed } from "./day-table.tsx";
import { hoursOfWeek } from "./view.ts";
import { w } from "./words.ts";

const IN_FILE = ["date", "hour", "open", "agents", "needed", "gap"] as const;
/** An hour in which it is closed says so in place of its gap. */
const IN_TABLE = IN_FILE.filter((column) => column !== "open");

export function WeekTable({ day, hours }: { day: WireIntraday; hours: readonly number[] }): VNode {
  return (
    <div class="table-scroll staffing-tall" tabIndex={0} role="group" aria-labelledby="staffing-week">
      <table class="week-table">
        <thead>
          <tr>
            {IN_TABLE.map((column) => (
              <th key={column} scope="col" class={column === "date" ? undefined : "number"}>
                {w(`week_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hoursOfWeek(day, hours).map(({ date, hour, open, agents, needed, gap }) => (
            <tr key={`${date} ${hour}`} class={(gap ?? 0) < 0 ? "short" : undefined}>
              <th scope="row">{dayName(date)}</th>
              <td class="number">{clock(hour)}</td>
              <td class="number">{number(locale.value, agents)}</td>
              <td class="number">{number(locale.value, needed)}</td>
              <td class="number">{gap === null ? w(open ? "unknown" : "closed") : signed(gap)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** All hours of the week, also those that the picture leaves out. */
export function saveWeek(day: WireIntraday): void {
  const head = IN_FILE.map((column) => w(`week_${column}`));
  const rows = hoursOfWeek(day).map(({ date, hour, open, agents, needed, gap }) => [
    date,
    clock(hour),
    w(open ? "open" : "closed"),
    agents,
    needed,
    gap,
  ]);
  download(`aparte-staffing-week-${day.week[0]?.date ?? day.date}.csv`, writeCsv([head, ...rows]));
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** "Mon 16": the date is one of the calendar, so that no zone may move it. */
export function dayName(date: string): string {
  const format = new Intl.DateTimeFormat(locale.value === "fr" ? "fr-FR" : "en-GB", {
    weekday: "short",
    day: "numeric",
    timeZone: "UTC",
  });
  return format.format(new Date(`${date}T00:00:00Z`));
}
