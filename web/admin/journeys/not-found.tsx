/** The pages that visits did not find, and what led there. */
import type { VNode } from "preact";
import type { Missing } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { pageWords } from "../funnels/figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { Before } from "./beside.tsx";
import { j } from "./words.ts";

const SHOWN = 12;
const SOURCES = 3;

export function NotFound({ pages }: { pages: readonly Missing[] }): VNode {
  return (
    <section aria-labelledby="journey-missing">
      <div class="section-head">
        <h2 id="journey-missing">{j("missing")}</h2>
        <span class="note">{j("missingNote")}</span>
      </div>
      {pages.length === 0 ? (
        <p class="quiet">{j("missingEmpty")}</p>
      ) : (
        <>
          <div class="table-scroll" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{j("page")}</th>
                  <th scope="col" class="number">
                    {j("rowVisits")}
                  </th>
                  <th scope="col">{j("ledThere")}</th>
                </tr>
              </thead>
              <tbody>
                {pages.slice(0, SHOWN).map(({ page, visits, from, before }) => (
                  <tr key={page}>
                    <th scope="row">{pageWords(page)}</th>
                    <td class="number">
                      {number(locale.value, visits)}{" "}
                      <Before value={before === null ? null : number(locale.value, before)} />
                    </td>
                    <td>
                      {from
                        .slice(0, SOURCES)
                        .map(
                          (source) => `${sourceWords(source.from)} (${number(locale.value, source.visits)})`,
                        )
                        .join(", ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="chart-links">
            <button
              type="button"
              class="link"
              aria-label={`CSV${j("of", { title: j("missing") })}`}
              onClick={() => saveCsv(pages)}
            >
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function sourceWords(from: string | null): string {
  return from === null ? j("nothingKnown") : pageWords(from);
}

function saveCsv(pages: readonly Missing[]): void {
  download(
    "aparte-pages-not-found.csv",
    writeCsv([
      ["page", "visits", "visits_before", "from", "visits_from"],
      ...pages.flatMap(({ page, visits, before, from }) =>
        from.map((source) => [page, visits, before, source.from, source.visits]),
      ),
    ]),
  );
}
