/** How the difference came about: the sequence's band after each day, drawn with its zero line and the planned end. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { date } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import type { drawCourse } from "./course-plot.ts";
import { decimalsFor, signedPoints } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { r } from "./words.ts";

/** The states after which a first reading is still to come. */
const COMING: readonly Result["state"][] = ["collecting", "too_few"];

export function Course({ result }: PartProps): VNode {
  const [asTable, setAsTable] = useState(false);
  const { course } = result;
  return (
    <section aria-labelledby="result-course" class="course">
      <div class="section-head">
        <h2 id="result-course">{r("course")}</h2>
        <span class="note">{r("courseNote")}</span>
      </div>
      {course.length === 0 ? (
        <p class="quiet">{r(COMING.includes(result.state) ? "courseEmpty" : "courseHidden")}</p>
      ) : asTable ? (
        <CourseTable result={result} />
      ) : (
        <CourseChart result={result} />
      )}
      {course.length === 0 ? null : (
        <p class="chart-links">
          <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {r(asTable ? "showChart" : "showTable")}
          </button>
          <button type="button" class="link" onClick={() => saveCsv(result)}>
            CSV
          </button>
        </p>
      )}
    </section>
  );
}

function CourseTable({ result }: { result: Result }): VNode {
  const site = useSite();
  const language = locale.value;
  return (
    <div class="table-scroll tall" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{r("day")}</th>
            {(["visitors", "difference", "low", "high"] as const).map((name) => (
              <th key={name} scope="col" class="number">
                {r(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.course.map(({ at, visitors, difference }) => (
            <tr key={at}>
              <th scope="row">{date(language, at, site.settings.timezone)}</th>
              <td class="number">{visitors}</td>
              {[difference.value, difference.low, difference.high].map((value, index) => (
                <td key={index} class="number">
                  {signedPoints(language, value, decimalsFor(difference))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CourseChart({ result }: { result: Result }): VNode {
  const site = useSite();
  const language = locale.value;
  const zone = site.settings.timezone;
  const { course, state, plan } = result;
  const draw = (using: typeof drawCourse, width: number): SVGSVGElement => {
    const last = course.at(-1)?.difference ?? { value: 0, low: 0, high: 0 };
    const value = signedPoints(language, last.value, decimalsFor(last));
    const tick = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", {
      day: "numeric",
      month: "short",
      timeZone: zone,
    });
    return using(course, width, {
      label: r("courseLabel", { points: course.length, value }),
      last: value,
      plannedEnd: r("plannedEnd"),
      endsAt: plan.planned_end,
      tone: state === "likely_better" ? "good" : state === "likely_worse" ? "bad" : "ink",
      tick: (at) => tick.format(at),
      points: (share) => signedPoints(language, share, 0),
    });
  };
  return (
    <figure class="multiple">
      <Drawn
        load={() => import("./course-plot.ts").then((module) => module.drawCourse)}
        draw={draw}
        of={[result, language, zone]}
      />
    </figure>
  );
}

function saveCsv({ campaign, phase, course }: Result): void {
  download(
    `aparte-course-${campaign}-${phase}.csv`,
    writeCsv([
      ["at", "visitors", "difference", "low", "high"],
      ...course.map(({ at, visitors, difference: { value, low, high } }) => [at, visitors, value, low, high]),
    ]),
  );
}
