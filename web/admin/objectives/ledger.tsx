/** The ledger of rules: what each set off, what that changed, what it cost, what is left. */
import type { VNode } from "preact";
import type { WireGuide, WireLedgerRow } from "../../../domain/objectives/wire.ts";
import { money, number, percent } from "../../shared/format.ts";
import { StatusTag } from "../campaigns/status-tag.tsx";
import { download, writeCsv } from "../overview/csv.ts";
import { roundMoney } from "../results/figures.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { sayPoints } from "./findings.tsx";
import { IntervalBar } from "./interval-bar.tsx";
import { o } from "./words.ts";

export function Ledger({ guide }: { guide: WireGuide }): VNode {
  const site = useSite();
  const { ledger, currency } = guide;
  const scale = scaleOf(ledger);
  return (
    <section aria-labelledby="ledger">
      <div class="section-head">
        <h2 id="ledger">{o("ledger")}</h2>
        <span class="note">{o("ledgerNote")}</span>
      </div>
      {ledger.length === 0 ? (
        <p class="quiet">{o("ledgerNone")}</p>
      ) : (
        <>
          <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="ledger">
            <table>
              <thead>
                <tr>
                  <th scope="col">{o("rule")}</th>
                  <th scope="col">{o("state")}</th>
                  {(["triggered", "shown", "accepted"] as const).map((name) => (
                    <th key={name} scope="col" class="number">
                      {o(name)}
                    </th>
                  ))}
                  <th scope="col">{o("effect")}</th>
                  <th scope="col" class="bar-cell">
                    <span class="sr-only">{o("picture")}</span>
                  </th>
                  {(["margin", "cost", "net"] as const).map((name) => (
                    <th key={name} scope="col" class="number">
                      {o(name)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {ledger.map((row) => (
                  <tr key={row.campaign}>
                    <th scope="row">
                      <a href={screenPath(site.key, "campaigns", row.campaign)}>{row.name}</a>
                    </th>
                    <td>
                      <StatusTag status={row.status} />
                    </td>
                    <td class="number">{number(locale.value, row.triggered)}</td>
                    <td class="number">{number(locale.value, row.displayed)}</td>
                    <td class="number">
                      {percent(locale.value, row.acceptance_rate.value)}
                      <span class="note">
                        {o("outOf", {
                          numerator: number(locale.value, row.acceptance_rate.numerator),
                          denominator: number(locale.value, row.acceptance_rate.denominator),
                        })}
                      </span>
                    </td>
                    <Effect row={row} scale={scale} />
                    <td class="number">
                      {row.incremental_margin === null
                        ? "-"
                        : roundMoney(
                            locale.value,
                            row.incremental_margin.value,
                            currency,
                            row.incremental_margin,
                          )}
                    </td>
                    <td class="number">{money(locale.value, row.cost, currency)}</td>
                    <td class="number nowrap">
                      <Net row={row} currency={currency} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="chart-links">
            <button type="button" class="link" onClick={() => saveCsv(site.key, guide)}>
              {o("csvLedger")}
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function Net({ row: { net }, currency }: { row: WireLedgerRow; currency: string }): VNode {
  if (net === null) return <>-</>;
  const write = (value: number) => roundMoney(locale.value, value, currency, net);
  return (
    <>
      <strong>{write(net.value)}</strong>
      <span class="note">{o("span", { low: write(net.low), high: write(net.high) })}</span>
    </>
  );
}

type Scale = { low: number; high: number };

function scaleOf(rows: readonly WireLedgerRow[]): Scale {
  const ends = rows.flatMap(({ effect }) => effect.interval ?? []);
  return { low: Math.min(0, ...ends), high: Math.max(0, ...ends) };
}

function Effect({ row, scale }: { row: WireLedgerRow; scale: Scale }): VNode {
  const { difference, interval, state } = row.effect;
  if (difference === null || interval === null) {
    return (
      <>
        <td class="quiet" colSpan={2}>
          {o(`effect_${state}`)}
        </td>
      </>
    );
  }
  const tone = state === "likely_better" ? "good" : state === "likely_worse" ? "bad" : "";
  return (
    <>
      <td class="nowrap">
        {sayPoints(difference)}
        <span class="note">{o("span", { low: sayPoints(interval[0]), high: sayPoints(interval[1]) })}</span>
      </td>
      <td class="bar-cell">
        <IntervalBar
          low={interval[0]}
          high={interval[1]}
          point={difference}
          marks={[{ at: 0, kind: "zero" }]}
          scale={scale}
          tone={tone}
        />
      </td>
    </>
  );
}

function saveCsv(site: string, { ledger, currency, span }: WireGuide): void {
  download(
    `aparte-ledger-${site}.csv`,
    writeCsv([
      [
        "campaign",
        "name",
        "status",
        "from",
        "to",
        "triggered",
        "held_out",
        "displayed",
        "accepted",
        "acceptance_rate",
        "chats_handled",
        "effect_state",
        "effect",
        "effect_low",
        "effect_high",
        `margin_${currency}`,
        `cost_${currency}`,
        `net_${currency}`,
        "net_low",
        "net_high",
      ],
      ...ledger.map((row) => [
        row.campaign,
        row.name,
        row.status,
        span.from,
        span.to,
        row.triggered,
        row.held_out,
        row.displayed,
        row.acceptance_rate.numerator,
        row.acceptance_rate.value,
        row.chats_handled,
        row.effect.state,
        row.effect.difference,
        row.effect.interval?.[0] ?? null,
        row.effect.interval?.[1] ?? null,
        row.incremental_margin?.value ?? null,
        row.cost,
        row.net?.value ?? null,
        row.net?.low ?? null,
        row.net?.high ?? null,
      ]),
    ]),
  );
}
