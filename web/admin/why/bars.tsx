/** Counts as a table whose figures are also bars on one linear scale that starts at zero. */
import "./reason-counts.css";
import type { VNode } from "preact";
import { number } from "../../shared/format.ts";
import { locale } from "../session.ts";

export type BarRow = {
  key: string;
  label: string;
  count: number;
  /** `whole` and `shown` in ink, what was `stopped` in the tone of leftovers, the `point` in the accent. */
  tone: "whole" | "stopped" | "shown" | "point";
};

/** `rows` against `most`, the count that fills the width. */
export function Bars({
  caption,
  rows,
  most,
}: {
  caption: string;
  rows: readonly BarRow[];
  most: number;
}): VNode {
  return (
    <table class="bars">
      <caption class="sr-only">{caption}</caption>
      <tbody>
        {rows.map(({ key, label, count, tone }) => (
          <tr key={key} class={`bar-${tone}`}>
            <th scope="row">{label}</th>
            <td aria-hidden="true">
              <span class="bar" style={{ width: `${most === 0 ? 0 : (count / most) * 100}%` }} />
            </td>
            <td class="number">{number(locale.value, count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
