/** The pages at which most visits end without an order, each with its share and interval. */
import type { VNode } from "preact";
import type { Abandoned as Page } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { intervalWords, pageWords, shareWords } from "../funnels/figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { j } from "./words.ts";

const SHOWN = 12;

export function Abandoned({ pages }: { pages: readonly Page[] }): VNode {
  return (
    <section aria-labelledby="journey-abandoned">
      <div class="section-head">
        <h2 id="journey-abandoned">{j("abandoned")}</h2>
        <span class="note">{j("abandonedNote")}</span>
      </div>
      {pages.length === 0 ? (
        <p class="quiet">{j("abandonedEmpty")}</p>
      ) : (
        <>
          <div class="table-scroll" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{j("page")}</th>
                  <th scope="col" class="number">
                    {j("lostOf")}
                  </th>
                  <th scope="col" class="number">
                    {j("rate")}
                  </th>
                  <th scope="col" class="number">
                    {j("interval")}
                  </th>
                  <th scope="col" class="number">
                    {j("shareOfLost")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {pages.slice(0, SHOWN).map(({ page, lost, seen, rate, share }) => (
                  <tr key={page}>
                    <th scope="row">{pageWords(page)}</th>
                    <td class="number">
                      {number(locale.value, lost)} / {number(locale.value, seen)}
                    </td>
                    <td class="number">{shareWords(rate)}</td>
                    <td class="number">{intervalWords(rate)}</td>
                    <td class="number">{shareWords(share)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="chart-links">
            <button
              type="button"
              class="link"
              aria-label={`CSV${j("of", { title: j("abandoned") })}`}
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

function saveCsv(pages: readonly Page[]): void {
  download(
    "aparte-abandoned-pages.csv",
    writeCsv([
      ["page", "seen", "ended", "ended_without_order", "rate", "low", "high", "share"],
      ...pages.map(({ page, seen, ended, lost, rate, share }) => [
        page,
        seen,
        ended,
        lost,
        rate.value,
        rate.interval?.[0] ?? null,
        rate.interval?.[1] ?? null,
        share.value,
      ]),
    ]),
  );
}
