/** What was earned so far, day by day with its band; as a table and as a file, from the same answer. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { OverviewWire } from "../../../domain/overview/wire.ts";
import { money } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { roundMoney } from "../results/figures.ts";
import { locale, t } from "../session.ts";
import { download, writeCsv } from "./csv.ts";
import { dayName } from "./days.ts";
import type { drawEarned } from "./earned-plot.ts";
import { o } from "./words.ts";

export function Earned({ overview }: { overview: OverviewWire }): VNode {
  const [asTable, setAsTable] = useState(false);
  const { course, visitors } = overview.earned;
  return (
    <section aria-labelledby="earned-title" class="earned">
      <div class="section-head">
        <h2 id="earned-title">{o("courseTitle")}</h2>
        <span class="note">{o("courseNote", { n: visitors.invited + visitors.held_out })}</span>
      </div>
      {course.length < 2 ? (
        <p class="quiet">{o("courseNone")}</p>
      ) : (
        <>
          {asTable ? <Table overview={overview} /> : <Picture overview={overview} />}
          <p class="chart-links">
            <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {t(asTable ? "showAsChart" : "showAsTable")}
            </button>
            <button type="button" class="link" onClick={() => saveCsv(overview)}>
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function Picture({ overview }: { overview: OverviewWire }): VNode {
  const { earned, currency } = overview;
  const { course } = earned;
  const language = locale.value;
  const draw = (using: typeof drawEarned, width: number): SVGSVGElement => {
    const last = course.at(-1) ?? { day: "", value: 0, low: 0, high: 0 };
    const write = (value: number): string => roundMoney(language, value, currency, last);
    return using(course, width, {
      label: o("courseLabel", {
        n: course.length,
        value: write(last.value),
        low: write(last.low),
        high: write(last.high),
      }),
      value: write(last.value),
      low: o("courseLow", { value: write(last.low) }),
      high: o("courseHigh", { value: write(last.high) }),
      tick: (day) => dayName(language, day, { day: "numeric", month: "short" }),
      money: (value) => money(language, value, currency),
    });
  };
  return (
    <Drawn
      load={() => import("./earned-plot.ts").then((module) => module.drawEarned)}
      draw={draw}
      of={[course, language, currency]}
    />
  );
}

function Table({ overview }: { overview: OverviewWire }): VNode {
  const { earned, currency } = overview;
  const language = locale.value;
  return (
    <div class="table-scroll tall" tabIndex={0} role="group" aria-labelledby="earned-title">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("day")}</th>
            {(["colEarned", "colLow", "colHigh"] as const).map((name) => (
              <th key={name} scope="col" class="number">
                {o(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {earned.course.map((point) => (
            <tr key={point.day}>
              <th scope="row">
                {dayName(language, point.day, { day: "numeric", month: "short", year: "numeric" })}
              </th>
              {[point.value, point.low, point.high].map((value, index) => (
                <td key={index} class="number">
                  {roundMoney(language, value, currency, point)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function saveCsv({ earned, currency }: OverviewWire): void {
  const head = [t("day"), `${o("colEarned")} (${currency})`, o("colLow"), o("colHigh")];
  const rows = earned.course.map(({ day, value, low, high }) => [day, value, low, high]);
  download("aparte-earned.csv", writeCsv([head, ...rows]));
}
