/** A figure with its interval and what it is made of, or how little is known of it; and a gap to the best in a word. */
import type { VNode } from "preact";
import type { ComparedOutcome } from "../../../domain/kpi/agent-comparison.ts";
import type { AgentFigure, FigureColumn } from "../../../domain/kpi/agent-figures.ts";
import { number } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { behindWords, type Shown, written } from "./figure-text.ts";
import { a } from "./words.ts";

type Few = NonNullable<AgentFigure["few"]>;

/** How little there is, against what it takes. */
export function fewWords({ basis, n }: Few): string {
  return a(`few_${basis}`, { n: number(locale.value, Math.floor(n), 0) });
}

type Column = Pick<FigureColumn, "unit">;

export function Told({ told: { figure, few }, column }: { told: Shown; column: Column }): VNode {
  const { currency } = useSite().settings;
  const language = locale.value;
  if (few !== null) {
    return (
      <>
        - <span class="behind">{fewWords(few)}</span>
      </>
    );
  }
  if (figure.value === null) return <>-</>;
  const { interval } = figure;
  const write = (value: number): string => written(language, value, column.unit, currency);
  return (
    <>
      {write(figure.value)}{" "}
      {interval === null ? null : (
        <span class="behind">{a("span", { low: write(interval[0]), high: write(interval[1]) })}</span>
      )}{" "}
      {behindWords(language, figure, column.unit, currency).map((line) => (
        <span key={line} class="behind">
          {line}{" "}
        </span>
      ))}
    </>
  );
}

/** The figure alone, where what stands behind it is told elsewhere. */
export function Value({ value, column }: { value: number | null; column: Column }): VNode {
  const { currency } = useSite().settings;
  return <>{written(locale.value, value, column.unit, currency)}</>;
}

/** What the API says of the gap. */
export function gapWords({ gap }: Pick<ComparedOutcome, "gap">): string {
  return a(`gap_${gap.verdict}`);
}

export function GapTold({ outcome }: { outcome: ComparedOutcome }): VNode {
  const isTold = outcome.gap.verdict === "best" || outcome.gap.verdict === "beyond_chance";
  return <span class={isTold ? undefined : "quiet"}>{gapWords(outcome)}</span>;
}
