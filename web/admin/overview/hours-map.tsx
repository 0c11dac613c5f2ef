/** The week by its hours: one figure at a time, printed in every cell; what is missing is hatched and says so. */
import type { VNode } from "preact";
import type { HoursWire } from "../../../domain/overview/wire.ts";
import { request } from "../../shared/api.ts";
import { duration, number, percent } from "../../shared/format.ts";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Shown } from "../states.tsx";
import { HOUR_FIGURES, type HourFigure } from "./asked.ts";
import { download, writeCsv } from "./csv.ts";
import { weekdayName } from "./days.ts";
import { spanInWords } from "./period-picker.tsx";
import type { PeriodRange } from "./periods.ts";
import { o } from "./words.ts";

type Cell = HoursWire["cells"][number];
const REFRESH_MS = 60_000;
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
/** A share of fewer is no share. */
const FEWEST = 5;
const SHADES = 4;

export function HoursMap({
  range,
  figure,
  onFigure,
}: {
  range: PeriodRange;
  figure: HourFigure;
  onFigure: (figure: HourFigure) => void;
}): VNode {
  const site = useSite();
  const resource = useResource(
    `hours ${site.key} ${range.from} ${range.to}`,
    (signal) => {
      const span = new URLSearchParams({ from: range.from, to: range.to });
      return request<HoursWire>("GET", `${apiPath(site.key, "overview", "hours")}?${span}`, undefined, {
        signal,
      });
    },
    REFRESH_MS,
  );
  return (
    <section aria-labelledby="hours-title" class="hours">
      <div class="section-head">
        <h2 id="hours-title">{o("hoursTitle")}</h2>
        <select
          aria-label={o("hoursFigure")}
          value={figure}
          onChange={(event) => {
            const next = HOUR_FIGURES.find((name) => name === event.currentTarget.value);
            if (next !== undefined) onFigure(next);
          }}
        >
          {HOUR_FIGURES.map((name) => (
            <option key={name} value={name}>
              {o(`hours_${name}`)}
            </option>
          ))}
        </select>
      </div>
      <Shown resource={resource} title={o("hoursFailed")} lines={7}>
        {(hours) => <Map hours={hours} figure={figure} />}
      </Shown>
    </section>
  );
}

function Map({ hours, figure }: { hours: HoursWire; figure: HourFigure }): VNode {
  const language = locale.value;
  const shown = hoursShown(hours.cells);
  if (shown.length === 0) return <p class="quiet">{o("hoursNone")}</p>;
  const most = Math.max(...hours.cells.map((cell) => valueOf(cell, figure) ?? 0));
  return (
    <>
      <p class="note">
        {o(`hoursNote_${figure}`, { target: duration(hours.target_seconds) })}{" "}
        {o("hoursSpan", { span: spanInWords(hours, hours.timezone), zone: hours.timezone })}
      </p>
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="hours-title">
        <table class="hours-map">
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">{o("hoursWeekday")}</span>
              </th>
              {shown.map((hour) => (
                <th key={hour} scope="col">
                  {hour}
                  <span class="sr-only"> h</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {WEEKDAYS.map((weekday) => (
              <tr key={weekday}>
                <th scope="row">{weekdayName(language, weekday, "short")}</th>
                {shown.map((hour) => (
                  <HourCell
                    key={hour}
                    cell={hours.cells[(weekday - 1) * 24 + hour]}
                    figure={figure}
                    most={most}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="effect-legend note">
        <span>
          <span class="hatch-swatch" aria-hidden="true" /> {o(`hoursMissing_${figure}`, { n: FEWEST })}
        </span>
      </p>
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv(hours)}>
          CSV
        </button>
      </p>
    </>
  );
}

function HourCell({
  cell,
  figure,
  most,
}: {
  cell: Cell | undefined;
  figure: HourFigure;
  most: number;
}): VNode {
  const value = cell === undefined ? null : valueOf(cell, figure);
  if (value === null) {
    return (
      <td class="missing">
        <span aria-hidden="true">–</span>
        <span class="sr-only">{o("hoursUnknown")}</span>
      </td>
    );
  }
  const shade = most === 0 ? 0 : Math.ceil((value / most) * SHADES);
  const text = figure === "conversations" ? number(locale.value, value) : percent(locale.value, value, 0);
  return (
    <td class={`shade-${shade}`} title={titleOf(cell, figure)}>
      {text}
    </td>
  );
}

function titleOf(cell: Cell | undefined, figure: HourFigure): string | undefined {
  if (cell === undefined || figure === "conversations") return undefined;
  const { numerator, denominator } = cell[figure];
  return `${number(locale.value, numerator)} / ${number(locale.value, denominator)}`;
}

/** Null where the hour was not in the span, or too few stand behind a share. */
function valueOf(cell: Cell, figure: HourFigure): number | null {
  if (cell.times === 0) return null;
  if (figure === "conversations") return cell.conversations;
  const { value, denominator } = cell[figure];
  return (denominator ?? 0) < FEWEST ? null : value;
}

/** From the first to the last hour in which anybody ever wrote. */
function hoursShown(cells: readonly Cell[]): number[] {
  const busy = cells.filter(({ conversations, late }) => conversations > 0 || (late.denominator ?? 0) > 0);
  if (busy.length === 0) return [];
  const first = Math.min(...busy.map(({ hour }) => hour));
  const last = Math.max(...busy.map(({ hour }) => hour));
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function saveCsv({ cells }: HoursWire): void {
  const language = locale.value;
  const head = [
    o("hoursWeekday"),
    t("hour"),
    "times",
    "conversations",
    "late",
    "waited",
    "buyers",
    "chatters",
  ];
  const rows = cells.map(({ weekday, hour, times, conversations, late, conversion }) => [
    weekdayName(language, weekday, "long"),
    hour,
    times,
    conversations,
    late.numerator,
    late.denominator,
    conversion.numerator,
    conversion.denominator,
  ]);
  download("aparte-hours.csv", writeCsv([head, ...rows]));
}
