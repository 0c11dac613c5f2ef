/** The day by quarter hours, as a table: every figure that is drawn, and those that are not. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { duration, number, percent, time } from "../../shared/format.ts";
import type { CsvCell } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { type Column, COLUMNS, isInSeconds, rowOf, shownIntervals } from "./view.ts";
import { w } from "./words.ts";

export function DayTable({ day }: { day: WireIntraday }): VNode {
  const within = duration(day.target.within_seconds);
  const rows = shownIntervals(day.intervals).map((interval) => ({ interval, row: rowOf(interval) }));
  // What was measured has no column before the day, and what is expected none after it.
  const columns = COLUMNS.filter(
    (column) => !isInSeconds(column) || rows.some(({ row }) => row[column] !== null),
  );
  return (
    <section aria-labelledby="staffing-table">
      <div class="section-head">
        <h2 id="staffing-table">{w("tableLabel")}</h2>
        <span class="note">{w("tableNote")}</span>
      </div>
      <div class="table-scroll staffing-tall" tabIndex={0} role="group" aria-labelledby="staffing-table">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" class={column === "from" ? undefined : "number"}>
                  {w(`col_${column}`, { within })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ interval, row }) => (
              <tr key={interval.from} class={(interval.gap ?? 0) < 0 ? "short" : undefined}>
                <th scope="row">{time(locale.value, interval.from, day.timezone)}</th>
                {columns
                  .filter((column) => column !== "from")
                  .map((column) => (
                    <td key={column} class="number">
                      {written(column, row[column])}
                    </td>
                  ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function written(column: Column, cell: CsvCell): string {
  const language = locale.value;
  const value = typeof cell === "number" ? cell : null;
  if (isInSeconds(column)) return duration(value);
  switch (column) {
    case "level":
    case "occupancy":
    case "left":
      return percent(language, value, 0);
    case "gap":
      return signed(value);
    case "forecast":
    case "low":
    case "high":
    case "agents":
      return number(language, value, 1);
    default:
      return number(language, value);
  }
}

/** "+2", "0", "−1". */
export function signed(value: number | null): string {
  const text = number(locale.value, value);
  return value !== null && value > 0 ? `+${text}` : text;
}
