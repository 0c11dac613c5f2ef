/**
 * A figure with its interval and what it is made of, or how little is known of it; what it was before and by how much it
 * differs; and a gap to the best in a word.
 */
import type { VNode } from "preact";
import type { ComparedOutcome } from "../../../domain/kpi/agent-comparison.ts";
import type { AgentFigure, FigureColumn } from "../../../domain/kpi/agent-figures.ts";
import { judgedDirection } from "../../../domain/overview/change.ts";
import { number } from "../../shared/format.ts";
import { o } from "../overview/words.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { behindWords, type Shown, written, writtenChange } from "./figure-text.ts";
import type { Compared } from "./view.ts";
import { a } from "./words.ts";

type Few = NonNullable<AgentFigure["few"]>;

/** How little there is, against what it takes. */
export function fewWords({ basis, n }: Few): string {
  return a(`few_${basis}`, { n: number(locale.value, Math.floor(n), 0) });
}

type Column = Pick<FigureColumn, "unit">;

/** `compared` is what it was in the period before, where that is told. */
type ToldPart = { told: Shown; column: Column; compared?: ComparedPart | undefined };
type ComparedPart = Compared & { better: FigureColumn["better"] };

export function Told({ told: { figure, few }, column, compared }: ToldPart): VNode {
  const { currency } = useSite().settings;
  const language = locale.value;
  const before = compared === undefined ? null : <Before before={compared.before} column={column} />;
  if (few !== null) {
    return (
      <>
        - <span class="behind">{fewWords(few)}</span> {before}
      </>
    );
  }
  if (figure.value === null) return <>- {before}</>;
  const { interval } = figure;
  const write = (value: number): string => written(language, value, column.unit, currency);
  return (
    <>
      <span class="told">
        {write(figure.value)}{" "}
        {compared === undefined ? null : <Changed compared={compared} column={column} />}
      </span>{" "}
      {interval === null ? null : (
        <span class="behind">{a("span", { low: write(interval[0]), high: write(interval[1]) })}</span>
      )}{" "}
      {behindWords(language, figure, column.unit, currency).map((line) => (
        <span key={line} class="behind">
          {line}{" "}
        </span>
      ))}
      {before}
    </>
  );
}

function Before({ before, column }: { before: Compared["before"]; column: Column }): VNode {
  const { currency } = useSite().settings;
  const { figure, few } = before;
  const value = few === null ? written(locale.value, figure.value, column.unit, currency) : fewWords(few);
  return <span class="behind">{o("countBefore", { value })}</span>;
}

/** In colour only where one way is better and chance is ruled out for all that are judged together. */
function Changed({
  compared: { change, better },
  column,
}: {
  compared: ComparedPart;
  column: Column;
}): VNode | null {
  const { currency } = useSite().settings;
  if (change === null) return null;
  const write = (value: number): string => writtenChange(locale.value, value, column.unit, currency);
  const direction = better === null ? 0 : judgedDirection(change) * (better === "lower" ? -1 : 1);
  const tone = direction === 0 ? "quiet" : direction > 0 ? "good" : "bad";
  const span =
    change.low === null || change.high === null
      ? null
      : o("changeInterval", { low: write(change.low), high: write(change.high) });
  return (
    <span class={`change ${tone}`} title={span ?? undefined}>
      {write(change.value)}
      {span === null ? null : (
        <span class="sr-only">
          {" "}
          {change.p === null
            ? null
            : o(direction === 0 ? "changeOpen" : direction > 0 ? "changeBetter" : "changeWorse")}{" "}
          {span}
        </span>
      )}
      {direction === 0 ? null : <span aria-hidden="true"> {o(direction > 0 ? "better" : "worse")}</span>}
    </span>
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
