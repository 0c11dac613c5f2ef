/** What something was in the period before, and by how much it differs; in colour only where chance is ruled out. */
import type { VNode } from "preact";
import type { WireStage } from "../../../domain/journeys/wire.ts";
import { judgedDirection } from "../../../domain/overview/change.ts";
import type { Difference } from "../../../domain/overview/difference.ts";
import { number } from "../../shared/format.ts";
import { meanNumber, shareWords } from "../funnels/figures.ts";
import type { CsvCell } from "../overview/csv.ts";
import { o } from "../overview/words.ts";
import { signedPoints } from "../results/figures.ts";
import { locale } from "../session.ts";
import { j } from "./words.ts";

/** A share differs in points, a mean of answers in tenths. */
type Unit = "share" | "mean";

export function Changed({
  difference,
  unit,
  lessIsBetter = false,
}: {
  difference: Difference | null | undefined;
  unit: Unit;
  lessIsBetter?: boolean;
}): VNode | null {
  if (difference === null || difference === undefined) return null;
  const { value, low, high } = difference;
  const direction = judgedDirection(difference) * (lessIsBetter ? -1 : 1);
  const span =
    low === null || high === null
      ? null
      : o("changeInterval", { low: signed(low, unit), high: signed(high, unit) });
  return (
    <span
      class={`change ${direction === 0 ? "quiet" : direction > 0 ? "good" : "bad"}`}
      title={span ?? undefined}
    >
      {signed(value, unit)}
      <span class="sr-only">
        {" "}
        {o(direction === 0 ? "changeOpen" : direction > 0 ? "changeBetter" : "changeWorse")} {span}
      </span>
      {direction === 0 ? null : <span aria-hidden="true"> {o(direction > 0 ? "better" : "worse")}</span>}
    </span>
  );
}

/** In tenths of a point, and in hundredths of a mean: so that it agrees with two means that are rounded to tenths. */
function signed(value: number, unit: Unit): string {
  const text = unit === "share" ? signedPoints(locale.value, value, 1) : signedMean(value);
  return /^[-−+]?0(?:[.,]0+)?$/.test(text) ? `±${text.replace(/^[-−+]/, "")}` : text;
}

function signedMean(value: number): string {
  const text = number(locale.value, Math.abs(value), 2);
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** "before: 42 %". */
export function Before({ value }: { value: string | null }): VNode | null {
  return value === null ? null : <span class="note journey-before">{o("countBefore", { value })}</span>;
}

type StageBefore = WireStage["before"];

export function countBefore(before: StageBefore, of: "visits" | "chats"): string | null {
  return before === null ? null : number(locale.value, before[of]);
}

/** A mean of fewer than 30 answers is no more told of then than of now. */
export function figureBefore(before: StageBefore, of: "passing" | "satisfaction" | "effort"): string | null {
  if (before === null) return null;
  const figure = before[of];
  if (of === "passing") return figure === null ? null : shareWords(figure);
  if (figure === null || figure.n === 0) return "-";
  return figure.value === null ? j("tooFew", { n: figure.n }) : meanNumber(figure.value);
}

/** Of a figure in a file: what it was, the difference with its interval, and its p among all that are judged with it. */
export const beforeHead = (name: string): string[] =>
  ["before", "change", "change_low", "change_high", "change_p"].map((part) => `${name}_${part}`);

export function beforeCells(before: number | null | undefined, difference: Difference | null): CsvCell[] {
  const { value, low, high, p } = difference ?? { value: null, low: null, high: null, p: null };
  return [before ?? null, value, low, high, p];
}
