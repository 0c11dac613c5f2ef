/** Every step with its figures: the bars as a table, with intervals, times and the change since the days before. */
import type { VNode } from "preact";
import type { FunnelResults } from "../../../domain/journeys/wire.ts";
import { duration, number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { spanInWords } from "../overview/period-picker.tsx";
import { locale } from "../session.ts";
import { intervalWords, pointsWords, shareWords, stepName } from "./figures.ts";
import { f } from "./words.ts";

type Step = FunnelResults["steps"][number];

export function StepTable({ results, name }: { results: FunnelResults; name: string }): VNode {
  const { compared, timezone } = results;
  const language = locale.value;
  return (
    <section aria-labelledby="funnel-steps">
      <div class="section-head">
        <h2 id="funnel-steps">{f("stepByStep")}</h2>
        {compared === null ? null : (
          <span class="note">{f("comparedTo", { span: spanInWords(compared, timezone) })}</span>
        )}
      </div>
      <div class="table-scroll" tabIndex={0}>
        <table class="funnel-figures">
          <thead>
            <tr>
              <th scope="col">{f("step")}</th>
              {(["visits", "passing", "interval95", "left", "median", "before", "change"] as const).map(
                (column) => (
                  <th key={column} scope="col" class="number">
                    {f(`col_${column}`)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {results.steps.map((step) => (
              <tr key={step.key}>
                <th scope="row">{stepName(step)}</th>
                <td class="number">{number(language, step.visits)}</td>
                <td class="number">{shareWords(step.passing)}</td>
                <td class="number">{step.passing === null ? "-" : intervalWords(step.passing)}</td>
                <td class="number">{step.passing === null ? "-" : number(language, step.left)}</td>
                <td class="number">
                  {step.seconds === null || step.seconds.value === null
                    ? "-"
                    : f("medianOf", { time: duration(step.seconds.value), n: step.seconds.n })}
                </td>
                <td class="number">{shareWords(step.before)}</td>
                <td class="number">
                  <Change step={step} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv(results, name)}>
          {f("csvSteps")}
        </button>
      </p>
    </section>
  );
}

/** Better or worse only where the whole interval is. */
function Change({ step: { change } }: { step: Step }): VNode {
  if (change === null) return <>-</>;
  const [low, high] = change.interval ?? [-1, 1];
  const tone = low > 0 ? "good" : high < 0 ? "bad" : "unproven";
  return (
    <span class={`change ${tone}`}>
      {pointsWords(change.value)}{" "}
      <span class="note">
        {tone === "unproven" ? f("unproven") : f(tone === "good" ? "better" : "worse")}
      </span>
    </span>
  );
}

function saveCsv({ steps, from, to }: FunnelResults, name: string): void {
  const head = [
    "step",
    "visits",
    "passing",
    "low",
    "high",
    "left",
    "median_seconds",
    "median_n",
    "before",
    "change",
  ];
  const rows = steps.map((step) => [
    step.key,
    step.visits,
    step.passing?.value ?? null,
    step.passing?.interval?.[0] ?? null,
    step.passing?.interval?.[1] ?? null,
    step.left,
    step.seconds?.value ?? null,
    step.seconds?.n ?? null,
    step.before?.value ?? null,
    step.change?.value ?? null,
  ]);
  download(`aparte-funnel-${name}-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`, writeCsv([head, ...rows]));
}
