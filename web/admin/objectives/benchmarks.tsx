/** What others have published, beside the site's own figure: with source and years, and never as a forecast. */
import type { VNode } from "preact";
import type { WireGuide } from "../../../domain/objectives/wire.ts";
import { sayValue } from "./kpi-values.ts";
import { o } from "./words.ts";

export function Benchmarks({ guide: { benchmarks, currency } }: { guide: WireGuide }): VNode {
  return (
    <section aria-labelledby="benchmarks">
      <div class="section-head">
        <h2 id="benchmarks">{o("benchmarks")}</h2>
        <span class="note">{o("benchmarksNote")}</span>
      </div>
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="benchmarks">
        <table>
          <thead>
            <tr>
              <th scope="col">{o("kpi")}</th>
              <th scope="col" class="number">
                {o("own")}
              </th>
              <th scope="col">{o("published")}</th>
              <th scope="col">{o("source")}</th>
            </tr>
          </thead>
          <tbody>
            {benchmarks.map(({ kpi, low, high, years, source, url, differs, own }) => (
              <tr key={kpi}>
                <th scope="row">{o(`kpi_${kpi}`)}</th>
                <td class="number">
                  {sayValue(kpi, own.value, currency)}
                  {own.interval === null ? null : (
                    <span class="note">
                      {o("span", {
                        low: sayValue(kpi, own.interval[0], currency),
                        high: sayValue(kpi, own.interval[1], currency),
                      })}
                    </span>
                  )}
                </td>
                <td>
                  {o("between", { low: sayValue(kpi, low, currency), high: sayValue(kpi, high, currency) })}
                  {differs === null ? null : <span class="note">{o(`differs_${differs}`)}</span>}
                </td>
                <td>
                  <a href={url} rel="noreferrer" lang="en">
                    {source}
                  </a>
                  <span class="note">{o("years", { from: String(years[0]), to: String(years[1]) })}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
