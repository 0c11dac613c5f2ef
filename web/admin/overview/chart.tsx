/** Visitors, conversations and orders over the period: three lines on their own scales, a table, a file. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { date, number, time } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { locale, t } from "../session.ts";
import { download, writeCsv } from "./csv.ts";
import type { Series } from "./kpi-view.ts";
import type { Grain } from "./periods.ts";
import type { drawSeries } from "./plot.ts";
import { o } from "./words.ts";

export function Chart({
  series,
  running,
  grain,
  zone,
}: {
  series: Series[];
  /** The last hour or day is not over. */
  running: boolean;
  grain: Grain;
  zone: string;
}): VNode {
  const [asTable, setAsTable] = useState(false);
  const moments = series[0]?.points.map((point) => point.at) ?? [];
  const name = (at: string): string =>
    grain === "hour" ? time(locale.value, at, zone) : date(locale.value, at, zone);
  const saveCsv = (): void => {
    const head = [t(grain === "hour" ? "hour" : "day"), ...series.map((one) => t(`kpi_${one.name}`))];
    const rows = moments.map((at, index) => [at, ...series.map((one) => one.points[index]?.value ?? 0)]);
    download("aparte-overview.csv", writeCsv([head, ...rows]));
  };
  return (
    <section aria-labelledby="chart-title">
      <div class="section-head">
        <h2 id="chart-title">{t("chartTitle")}</h2>
        <span class="note">{t(grain === "hour" ? "chartByHour" : "chartByDay", { zone })}</span>
      </div>
      {asTable ? (
        <div class={moments.length > 12 ? "table-scroll tall" : "table-scroll"} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t(grain === "hour" ? "hour" : "day")}</th>
                {series.map((one) => (
                  <th key={one.name} scope="col" class="number">
                    {t(`kpi_${one.name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {moments.map((at, index) => (
                <tr key={at}>
                  <th scope="row">
                    {name(at)}
                    {running && index === moments.length - 1 ? (
                      <span class="note"> {o("chartSoFar")}</span>
                    ) : null}
                  </th>
                  {series.map((one) => (
                    <td key={one.name} class="number">
                      {number(locale.value, one.points[index]?.value ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div class="multiples">
          {series.map((one) => (
            <Multiple key={one.name} series={one} running={running} grain={grain} zone={zone} />
          ))}
        </div>
      )}
      {running && !asTable ? (
        <p class="note">
          <span class="part-dot" aria-hidden="true" /> {o(`chartRunning_${grain}`)}
        </p>
      ) : null}
      <p class="chart-links">
        <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t(asTable ? "showAsChart" : "showAsTable")}
        </button>
        <button type="button" class="link" onClick={saveCsv}>
          CSV
        </button>
      </p>
    </section>
  );
}

function Multiple({
  series,
  running,
  grain,
  zone,
}: {
  series: Series;
  running: boolean;
  grain: Grain;
  zone: string;
}): VNode {
  const total = series.points.reduce((sum, point) => sum + point.value, 0);
  const language = locale.value;
  const title = t(`kpi_${series.name}`);
  const draw = (using: typeof drawSeries, width: number): SVGSVGElement =>
    using(series.points, width, {
      running,
      label: t("chartLabel", { series: title, total: number(language, total), points: series.points.length }),
      last: number(language, series.points.at(-1)?.value ?? 0),
      count: (value) => (Number.isInteger(value) ? number(language, value) : ""),
      tick: (at) =>
        grain === "hour"
          ? time(language, at, zone)
          : new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", {
              day: "numeric",
              month: "short",
              timeZone: zone,
            }).format(at),
    });
  return (
    <figure class="multiple">
      <figcaption>
        {title} <span class="note">{t(`chartTotal_${series.name}`, { n: total })}</span>
      </figcaption>
      <Drawn
        load={() => import("./plot.ts").then((module) => module.drawSeries)}
        draw={draw}
        of={[series, running, language, grain, zone]}
      />
    </figure>
  );
}
