/** The day's two drawings, the same as a table, and as a file. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { duration, number, percent, time } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { DayTable } from "./day-table.tsx";
import type { Drawing, DrawingWords } from "./plot.ts";
import { COLUMNS, isInSeconds, needOf, rowOf, shownIntervals, stateOf } from "./view.ts";
import { w } from "./words.ts";

export function DayChart({ day }: { day: WireIntraday }): VNode {
  const [asTable, setAsTable] = useState(false);
  const within = duration(day.target.within_seconds);
  const saveCsv = (): void => {
    const head = COLUMNS.map((column) => {
      const name = w(`col_${column}`, { within });
      return isInSeconds(column) ? `${name} (s)` : name;
    });
    const rows = day.intervals.map((interval) => {
      const row = rowOf(interval);
      return COLUMNS.map((column) => row[column]);
    });
    download(`aparte-staffing-${day.date}.csv`, writeCsv([head, ...rows]));
  };
  return (
    <div class="staffing-day">
      {asTable ? <DayTable day={day} /> : <Pictures day={day} within={within} />}
      <p class="chart-links">
        <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {w(asTable ? "asChart" : "asTable")}
        </button>
        <button type="button" class="link" onClick={saveCsv}>
          CSV
        </button>
      </p>
    </div>
  );
}

function Pictures({ day, within }: { day: WireIntraday; within: string }): VNode {
  const aim = percent(locale.value, day.target.service_level, 0);
  const drawing = drawingOf(day);
  const missing = Math.max(0, ...day.intervals.map(({ gap }) => -(gap ?? 0)));
  const { from, to } = spanOf(day);
  const chatsLabel = w("chatsLabel", {
    from,
    to,
    actual: day.so_far?.arrivals ?? 0,
    hasForecast: day.forecast === null ? "no" : "yes",
    forecast: number(locale.value, day.forecast?.total ?? 0),
  });
  return (
    <>
      <section aria-labelledby="staffing-chats" class="staffing-chats">
        <div class="section-head">
          <h2 id="staffing-chats">{w("chatsTitle")}</h2>
          <p class="legend">
            <span class="key bar">{w("legendActual")}</span>
            {day.forecast === null ? null : <span class="key dashed">{w("legendForecast")}</span>}
          </p>
        </div>
        <p class="note">{w("chatsUnit", { zone: day.timezone })}</p>
        <Picture day={day} drawing={drawing} which="drawChats" label={chatsLabel} />
      </section>
      <section aria-labelledby="staffing-agents" class="staffing-agents">
        <div class="section-head">
          <h2 id="staffing-agents">{w("agentsTitle")}</h2>
          <p class="legend">
            <span class="key solid">{w("legendThere")}</span>
            {day.model.name === null ? null : (
              <>
                <span class="key needed">{w("legendNeeded", { aim, within })}</span>
                <span class="key hatch">{w("legendMissing")}</span>
              </>
            )}
          </p>
        </div>
        <Picture
          day={day}
          drawing={drawing}
          which="drawAgents"
          label={w("agentsLabel", { from, to, missing })}
        />
      </section>
    </>
  );
}

function spanOf(day: WireIntraday): { from: string; to: string } {
  const shown = shownIntervals(day.intervals);
  const at = (moment: string | undefined) =>
    moment === undefined ? "" : time(locale.value, moment, day.timezone);
  return { from: at(shown[0]?.from), to: at(shown.at(-1)?.to) };
}

function drawingOf(day: WireIntraday): Drawing {
  const at = (moment: string) => time(locale.value, moment, day.timezone);
  return {
    intervals: shownIntervals(day.intervals).map((interval) => ({
      from: interval.from,
      to: interval.to,
      actual: interval.arrivals,
      forecast: interval.forecast,
      low: interval.forecast_low,
      high: interval.forecast_high,
      agents: interval.agents,
      needed: needOf(interval),
    })),
    shortages: day.shortages.map(({ from, to }) => ({
      from,
      to,
      label: w("shortSpan", { from: at(from), to: at(to) }),
    })),
    now: nowOf(day, at),
  };
}

/** The present moment, where it lies in what is drawn. */
function nowOf(day: WireIntraday, at: (moment: string) => string): Drawing["now"] {
  const shown = shownIntervals(day.intervals);
  const [first, last] = [shown[0]?.from ?? "", shown.at(-1)?.to ?? ""];
  if (stateOf(day) !== "today" || day.now < first || day.now > last) return null;
  return { at: day.now, label: w("nowAt", { at: at(day.now) }) };
}

type Drawings = Pick<typeof import("./plot.ts"), "drawChats" | "drawAgents">;

function Picture({
  day,
  drawing,
  which,
  label,
}: {
  day: WireIntraday;
  drawing: Drawing;
  which: keyof Drawings;
  label: string;
}): VNode {
  const language = locale.value;
  const draw = (drawings: Drawings, width: number): SVGSVGElement => {
    const words: DrawingWords = {
      label,
      tick: (at) => time(language, at, day.timezone),
      count: (value) => (Number.isInteger(value) ? number(language, value) : ""),
    };
    return drawings[which](drawing, width, words);
  };
  return <Drawn<Drawings> load={() => import("./plot.ts")} draw={draw} of={[day, language]} />;
}
