/** What a case comes to: each figure as a range around its middle. */
import type { VNode } from "preact";
import type { WireExpectation } from "../../../domain/roi/wire.ts";
import { number, percent } from "../../shared/format.ts";
import { IntervalBar } from "../objectives/interval-bar.tsx";
import { roundMoney } from "../results/figures.ts";
import { locale } from "../session.ts";
import { g } from "./words.ts";

type Span = { low: number; middle: number; high: number };
const MONEY = ["incremental_revenue", "incremental_margin", "cost", "net"] as const;
const COUNTS = ["chats", "incremental_orders"] as const;

export function ExpectationTable({ of, currency }: { of: WireExpectation; currency: string }): VNode {
  const language = locale.value;
  const amounts = MONEY.map((name) => of[name]);
  const scale = {
    low: Math.min(0, ...amounts.map(({ low }) => low)),
    high: Math.max(0, ...amounts.map(({ high }) => high)),
  };
  const count = (value: number) => number(language, Math.round(value));
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={g("expected")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{g("figure")}</th>
            <th scope="col" class="number">
              {g("low")}
            </th>
            <th scope="col" class="number">
              {g("middle")}
            </th>
            <th scope="col" class="number">
              {g("high")}
            </th>
            <th scope="col" class="bar-cell">
              <span class="sr-only">{g("picture")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {COUNTS.map((name) => (
            <Row key={name} name={g(`f_${name}`)} span={of[name]} say={count} />
          ))}
          {MONEY.map((name) => (
            <Row
              key={name}
              name={g(`f_${name}`)}
              span={of[name]}
              say={(value) => roundMoney(language, value, currency, of[name])}
              bar={
                <IntervalBar
                  low={of[name].low}
                  high={of[name].high}
                  point={of[name].middle}
                  marks={[{ at: 0, kind: "zero" }]}
                  scale={scale}
                  tone="forecast"
                />
              }
            />
          ))}
          {of.roi === null ? null : (
            <Row name={g("f_roi")} span={of.roi} say={(value) => percent(language, value, 0)} />
          )}
          <tr>
            <th scope="row">{g("f_payback")}</th>
            {([of.payback_months.low, of.payback_months.middle, of.payback_months.high] as const).map(
              (months, index) => (
                <td key={index} class="number">
                  {months === null ? g("never") : g("months", { n: Math.ceil(months) })}
                </td>
              ),
            )}
            <td class="bar-cell" />
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Row({
  name,
  span,
  say,
  bar,
}: {
  name: string;
  span: Span;
  say: (value: number) => string;
  bar?: VNode;
}): VNode {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{say(span.low)}</td>
      <td class="number">
        <strong>{say(span.middle)}</strong>
      </td>
      <td class="number">{say(span.high)}</td>
      <td class="bar-cell">{bar}</td>
    </tr>
  );
}
