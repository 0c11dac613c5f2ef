/** The pages at which most visits end without an order, each with its share and interval. */
import type { VNode } from "preact";
import type { Abandoned as Page } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { intervalWords, pageWords, shareWords } from "../funnels/figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { Before, beforeCells, beforeHead, Changed } from "./beside.tsx";
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
                {pages.slice(0, SHOWN).map(({ page, lost, seen, rate, share, before, difference }) => (
                  <tr key={page}>
                    <th scope="row">{pageWords(page)}</th>
                    <td class="number">
                      {pairWords({ lost, seen })}{" "}
                      <Before value={before === null ? null : pairWords(before)} />
                    </td>
                    <td class="number">
                      {shareWords(rate)} <Changed difference={difference} unit="share" lessIsBetter />{" "}
                      <Before value={before === null ? null : shareWords(before.rate)} />
                    </td>
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

const pairWords = ({ lost, seen }: { lost: number; seen: number }): string =>
  `${number(locale.value, lost)} / ${number(locale.value, seen)}`;

function saveCsv(pages: readonly Page[]): void {
  download(
    "aparte-abandoned-pages.csv",
    writeCsv([
      [
        "page",
        "seen",
        "ended",
        "ended_without_order",
        "rate",
        "low",
        "high",
        "share",
        "seen_before",
        "ended_without_order_before",
        ...beforeHead("rate"),
      ],
      ...pages.map(({ page, seen, ended, lost, rate, share, before, difference }) => [
        page,
        seen,
        ended,
        lost,
        rate.value,
        rate.interval?.[0] ?? null,
        rate.interval?.[1] ?? null,
        share.value,
        before?.seen ?? null,
        before?.lost ?? null,
        ...beforeCells(before?.rate.value, difference),
      ]),
    ]),
  );
}
