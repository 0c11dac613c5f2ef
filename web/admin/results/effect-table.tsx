/** Each arm with its counts, and its difference to the hold-out on one scale with the zero line and the planned band. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ComparisonWire } from "../../../domain/results/wire.ts";
import { amount, percent } from "../../shared/format.ts";
import { barPlace, barScale, type BarScale, EffectBar } from "../charts/effect-bar.tsx";
import { locale } from "../session.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { count, decimalsFor, liftOf, pointsOf, signedPoints } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { mdeOf } from "./sentence.tsx";
import { r } from "./words.ts";

/** About how many steps the scale has. */
const STEPS = 5;

type Row = {
  key: string;
  name: string;
  note: string;
  figures: Result["arms"]["treated"];
  comparison: Pick<ComparisonWire, "state" | "difference" | "relative"> | null;
  strong?: boolean;
};

export function EffectTable({ result }: PartProps): VNode {
  const [asTable, setAsTable] = useState(false);
  const language = locale.value;
  const { currency, goal, plan } = result;
  const rows = rowsOf(result, result.variants.length);
  const scale = scaleOf(rows, plan.effect);
  return (
    <section aria-labelledby="result-arms" class="effect">
      <h2 id="result-arms" class="sr-only">
        {r("arms")}
      </h2>
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{r("arm")}</th>
              <th scope="col" class="number">
                {r("visitors")}
              </th>
              <th scope="col" class="number">
                {r("converted", { goal })}
              </th>
              <th scope="col" class="number">
                {r("rate")}
              </th>
              <th scope="col" class="number">
                {r("perVisitor", { currency })}
              </th>
              {asTable || scale === null ? null : (
                <th scope="col" class="effect-scale">
                  <span class="sr-only">{r("interval")}</span>
                  <Ticks scale={scale} />
                </th>
              )}
              <th scope="col" class={asTable ? "number" : ""}>
                {r("difference")}
              </th>
              {asTable ? (
                <>
                  <th scope="col" class="number">
                    {r("low")}
                  </th>
                  <th scope="col" class="number">
                    {r("high")}
                  </th>
                </>
              ) : null}
              <th scope="col" class="number">
                {r("relative")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  {row.name} <span class="quiet">{row.note}</span>
                </th>
                <td class="number">{count(language, row.figures.visitors)}</td>
                <td class="number">{count(language, row.figures.conversions)}</td>
                <td class="number">{percent(language, row.figures.conversion.value, 2)}</td>
                <td class="number">{amount(language, row.figures.revenue_per_visitor.value)}</td>
                {asTable || scale === null ? null : (
                  <td class="effect-scale">
                    <EffectBar
                      scale={scale}
                      span={row.comparison?.difference ?? null}
                      band={plan.effect}
                      tone={toneOf(row)}
                    />
                  </td>
                )}
                <Difference row={row} asTable={asTable} />
                <td class="number quiet">{relativeOf(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="effect-notes">
        {plan.effect === null || scale === null ? null : (
          <span>
            <span class="band-key" aria-hidden="true" /> {r("mdeBand", { mde: mdeOf(result) })}
          </span>
        )}
        {result.between.map(({ a, b, difference }) => (
          <span key={`${a} ${b}`}>
            {r("between", { a: a.toUpperCase(), b: b.toUpperCase(), ...pointsOf(language, difference) })}
          </span>
        ))}
      </p>
      <p class="chart-links">
        <button type="button" class="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {r(asTable ? "showChart" : "showTable")}
        </button>
        <button type="button" class="link" onClick={() => saveCsv(result, rows)}>
          CSV
        </button>
      </p>
    </section>
  );
}

function rowsOf(result: Result, variants: number): Row[] {
  const language = locale.value;
  const invited: Row = {
    key: "treated",
    name: r("arm_treated"),
    note: variants > 1 ? r("arm_all") : "",
    figures: result.arms.treated,
    comparison: result,
    strong: true,
  };
  return [
    {
      key: "holdout",
      name: r("arm_holdout"),
      note: percent(language, result.plan.holdout, 0),
      figures: result.arms.holdout,
      comparison: null,
    },
    ...(variants > 1
      ? result.variants.map(({ variant, comparison, ...figures }): Row => {
          return { key: variant, name: variant.toUpperCase(), note: "", figures, comparison };
        })
      : []),
    invited,
  ];
}

function Difference({ row, asTable }: { row: Row; asTable: boolean }): VNode {
  const { comparison } = row;
  if (comparison === null && row.key !== "holdout") {
    return (
      <td class="quiet" colSpan={asTable ? 3 : 1}>
        {r("hidden_moved")}
      </td>
    );
  }
  if (comparison === null) {
    return (
      <>
        <td class={asTable ? "number quiet" : "quiet"}>{r("reference")}</td>
        {asTable ? (
          <>
            <td class="number">-</td>
            <td class="number">-</td>
          </>
        ) : null}
      </>
    );
  }
  const { difference, state } = comparison;
  if (difference === null)
    return (
      <td class="quiet" colSpan={asTable ? 3 : 1}>
        {r(hiddenWord(state))}
      </td>
    );
  const digits = decimalsFor(difference);
  const language = locale.value;
  const [value, low, high] = [difference.value, difference.low, difference.high].map((one) =>
    signedPoints(language, one, digits),
  );
  if (asTable) {
    return (
      <>
        <td class="number">{value}</td>
        <td class="number">{low}</td>
        <td class="number">{high}</td>
      </>
    );
  }
  return (
    <td class="nowrap">
      <strong>{value}</strong>{" "}
      <span class="quiet">{r("spanOf", { value: "", low: low ?? "", high: high ?? "" }).trim()}</span>
    </td>
  );
}

function hiddenWord(state: Result["state"]): string {
  const known = ["collecting", "unusable_split", "too_few", "not_measurable"];
  return known.includes(state) ? `hidden_${state}` : "hidden_other";
}

function relativeOf(row: Row): string {
  const { comparison } = row;
  if (comparison === null) return row.key === "holdout" ? "" : "-";
  const { relative, difference } = comparison;
  if (relative === null) return difference === null ? "-" : r("noRelative");
  const { value, interval } = liftOf(locale.value, relative);
  return interval === null ? value : `${value} (${interval})`;
}

/** One scale for all rows; null where nothing is drawn. */
function scaleOf(rows: readonly Row[], mde: number | null): BarScale | null {
  const drawn = rows.flatMap(({ comparison }) => (comparison?.difference ? [comparison.difference] : []));
  return barScale(drawn, mde === null ? [] : [mde], STEPS);
}

function Ticks({ scale }: { scale: BarScale }): VNode {
  const step = (scale.ticks[1] ?? 1) - (scale.ticks[0] ?? 0);
  const digits = Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9));
  return (
    <span class="scale-ticks" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <span key={tick} style={{ left: barPlace(scale, tick) }}>
          {signedPoints(locale.value, tick, digits)}
        </span>
      ))}
    </span>
  );
}

function toneOf({ comparison }: Row): "good" | "bad" | "" {
  if (comparison?.state === "likely_better") return "good";
  return comparison?.state === "likely_worse" ? "bad" : "";
}

function saveCsv(result: Result, rows: readonly Row[]): void {
  const { currency, goal } = result;
  const head = ["arm", "visitors", goal === "lead" ? "leads" : "buyers", "rate", `revenue_${currency}`];
  download(
    `aparte-result-${result.campaign}-${result.phase}.csv`,
    writeCsv([
      [...head, "difference", "low", "high", "method", "level", "lift", "lift_low", "lift_high"],
      ...rows.map(({ key, figures, comparison }) => {
        const { difference = null, relative = null } = comparison ?? {};
        return [
          key,
          figures.visitors,
          figures.conversions,
          figures.conversion.value ?? "",
          figures.revenue,
          difference?.value ?? "",
          difference?.low ?? "",
          difference?.high ?? "",
          difference?.method ?? "",
          difference?.level ?? "",
          relative?.value ?? "",
          relative?.low ?? "",
          relative?.high ?? "",
        ];
      }),
    ]),
  );
}
