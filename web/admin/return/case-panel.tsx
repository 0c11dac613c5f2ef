/** One business case: what was expected, what decides most, and what was measured since. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { type ApiFailure, request } from "../../shared/api.ts";
import { date, number, percent } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { asFailure } from "../resource.ts";
import { roundMoney } from "../results/figures.ts";
import { locale } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import { ExpectationTable } from "./expectation-table.tsx";
import type { CaseWithReport } from "./return.tsx";
import { g } from "./words.ts";

type Props = CaseWithReport & { campaign: string | null; onChanged: () => void };

export function CasePanel({ saved, report, campaign, onChanged }: Props): VNode {
  const site = useSite();
  const { currency } = site.settings;
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [asked, setAsked] = useState(false);
  const remove = async (): Promise<void> => {
    setFailure(null);
    try {
      await request("DELETE", apiPath(site.key, "business-cases", saved.id));
      onChanged();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  const [driver] = report.expectation.drivers;
  const id = `case-${saved.id}`;
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{saved.name}</h2>
        <span class="note">
          {campaign === null || saved.campaign == null ? (
            g("noCampaign")
          ) : (
            <a href={screenPath(site.key, "campaigns", saved.campaign)}>{campaign}</a>
          )}
          {" · "}
          {g("overMonths", { n: saved.months })}
        </span>
      </div>
      {failure === null ? null : <Failed title={g("saveFailed")} failure={failure} />}
      <ExpectationTable of={report.expectation} currency={currency} />
      <p class="note">
        {g("method", { chance: percent(locale.value, report.expectation.chance_to_pay, 0) })}{" "}
        {driver === undefined
          ? null
          : g("driver", { input: g(`in_${driver.input}`), share: percent(locale.value, driver.share, 0) })}
      </p>
      <Comparison report={report} currency={currency} />
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv({ saved, report }, currency)}>
          {g("csvCase")}
        </button>
        {asked ? (
          <button type="button" class="small danger" onClick={() => void remove()}>
            {g("deleteSure", { name: saved.name })}
          </button>
        ) : (
          <button type="button" class="link" onClick={() => setAsked(true)}>
            {g("delete")}
            <span class="sr-only"> {saved.name}</span>
          </button>
        )}
      </p>
    </section>
  );
}

function Comparison({ report, currency }: { report: CaseWithReport["report"]; currency: string }): VNode {
  const language = locale.value;
  if (report.began_at === null) return <p class="quiet">{g("notBegun")}</p>;
  const say = (figure: string, value: number, span: { low: number; high: number }) =>
    figure === "incremental_orders"
      ? number(language, Math.round(value))
      : roundMoney(language, value, currency, span);
  return (
    <>
      <h3>{g("comparison", { n: number(language, report.measured_visitors) })}</h3>
      <p class="note">
        {g(report.written_before ? "writtenBefore" : "writtenAfter", { at: date(language, report.began_at) })}
      </p>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={g("compared")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{g("figure")}</th>
              <th scope="col" class="number">
                {g("expected")}
              </th>
              <th scope="col" class="number">
                {g("measured")}
              </th>
              <th scope="col">{g("says")}</th>
            </tr>
          </thead>
          <tbody>
            {report.rows.map(({ figure, expected, measured, says }) => (
              <tr key={figure}>
                <th scope="row">{g(figure === "net" ? "f_net_of_agents" : `f_${figure}`)}</th>
                <td class="number">
                  {g("span", {
                    low: say(figure, expected.low, expected),
                    high: say(figure, expected.high, expected),
                  })}
                </td>
                <td class="number">
                  {measured === null
                    ? "-"
                    : `${say(figure, measured.value, measured)} ${g("interval", {
                        low: say(figure, measured.low, measured),
                        high: say(figure, measured.high, measured),
                      })}`}
                </td>
                <td>{g(`says_${says}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function saveCsv({ saved, report }: CaseWithReport, currency: string): void {
  const { expectation, rows } = report;
  const named = [
    "chats",
    "incremental_orders",
    "incremental_revenue",
    "incremental_margin",
    "cost",
    "net",
  ] as const;
  download(
    `aparte-business-case-${saved.id}.csv`,
    writeCsv([
      ["figure", "low", "middle", "high", "measured", "measured_low", "measured_high", "currency"],
      ...named.map((name) => {
        const row = rows.find(({ figure }) => figure === name);
        const { low, middle, high } = expectation[name];
        const measured = row?.measured ?? null;
        return [
          name,
          low,
          middle,
          high,
          measured?.value ?? null,
          measured?.low ?? null,
          measured?.high ?? null,
          currency,
        ];
      }),
      ["roi", expectation.roi?.low ?? null, expectation.roi?.middle ?? null, expectation.roi?.high ?? null],
      [
        "payback_months",
        expectation.payback_months.low,
        expectation.payback_months.middle,
        expectation.payback_months.high,
      ],
    ]),
  );
}
