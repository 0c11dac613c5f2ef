/** Where those went who left a step: out of the site, or to which page. */
import type { VNode } from "preact";
import type { FunnelResults } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { intervalWords, pageWords, shareWords, stepName } from "./figures.ts";
import { f } from "./words.ts";

type Step = FunnelResults["steps"][number];

export function NextTable({
  results,
  step,
  onStep,
  name,
}: {
  results: FunnelResults;
  step: Step;
  onStep: (key: string) => void;
  name: string;
}): VNode {
  const steps = results.steps.slice(0, -1);
  return (
    <section aria-labelledby="funnel-next">
      <div class="section-head">
        <h2 id="funnel-next">{f("afterLeaving")}</h2>
        <select
          class="in-row"
          aria-label={f("afterLeavingStep")}
          value={step.key}
          onChange={(event) => onStep(event.currentTarget.value)}
        >
          {steps.map((one) => (
            <option key={one.key} value={one.key}>
              {stepName(one)}
            </option>
          ))}
        </select>
      </div>
      <div class="table-scroll" tabIndex={0}>
        <table class="funnel-figures">
          <thead>
            <tr>
              <th scope="col">{f("wentTo")}</th>
              <th scope="col" class="number">
                {f("col_visits")}
              </th>
              <th scope="col" class="number">
                {f("shareOf", { n: step.left })}
              </th>
            </tr>
          </thead>
          <tbody>
            {step.next.map(({ page, visits, share }) => (
              <tr key={page ?? ""}>
                <th scope="row">{page === null ? f("leftSite") : pageWords(page)}</th>
                <td class="number">{number(locale.value, visits)}</td>
                <td class="number">
                  {shareWords(share)} <span class="note">{intervalWords(share)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv(results, name)}>
          {f("csvNext")}
        </button>
      </p>
    </section>
  );
}

function saveCsv({ steps }: FunnelResults, name: string): void {
  const rows = steps.flatMap(({ key, next }) =>
    next.map(({ page, visits, share }) => [
      key,
      page,
      visits,
      share.value,
      share.interval?.[0] ?? null,
      share.interval?.[1] ?? null,
    ]),
  );
  download(
    `aparte-funnel-${name}-next.csv`,
    writeCsv([["step", "next_page", "visits", "share", "low", "high"], ...rows]),
  );
}
