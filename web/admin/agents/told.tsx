/** A figure with its interval, or how little is known of it; and a gap to the best in a word. */
import type { VNode } from "preact";
import type { ComparedOutcome } from "../../../domain/kpi/agent-comparison.ts";
import type { AgentFigure, FigureColumn } from "../../../domain/kpi/agent-figures.ts";
import { number } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { written } from "./figure-text.ts";
import { a } from "./words.ts";

type Few = NonNullable<AgentFigure["few"]>;
export type Shown = { figure: Pick<AgentFigure["figure"], "value" | "interval">; few: AgentFigure["few"] };

/** How little there is, against what it takes. */
export function fewWords({ basis, n }: Few): string {
  return a(`few_${basis}`, { n: number(locale.value, Math.floor(n), 0) });
}

export function Told({ told, column }: { told: Shown; column: Pick<FigureColumn, "unit"> }): VNode {
  const site = useSite();
  const write = (value: number): string => written(locale.value, value, column.unit, site.settings.currency);
  const { figure, few } = told;
  if (few !== null) return <span class="quiet">{fewWords(few)}</span>;
  if (figure.value === null) return <>-</>;
  return (
    <>
      {write(figure.value)}{" "}
      {figure.interval === null ? null : (
        <span class="quiet interval">
          {a("span", { low: write(figure.interval[0]), high: write(figure.interval[1]) })}
        </span>
      )}
    </>
  );
}

/** What the API says of the gap. */
export function gapWords({ gap }: Pick<ComparedOutcome, "gap">): string {
  return a(`gap_${gap.verdict}`);
}

export function GapTold({ outcome }: { outcome: ComparedOutcome }): VNode {
  const isTold = outcome.gap.verdict === "best" || outcome.gap.verdict === "beyond_chance";
  return <span class={isTold ? undefined : "quiet"}>{gapWords(outcome)}</span>;
}
