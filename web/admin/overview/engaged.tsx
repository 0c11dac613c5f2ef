/** How many visitors talked, and how much of what was sold came after it: both in one line, with what is meant. */
import type { VNode } from "preact";
import type { OverviewWire } from "../../../domain/overview/wire.ts";
import { number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import type { Asked } from "./asked.ts";
import { ToFigure } from "./to-figure.tsx";
import { o } from "./words.ts";

const KPIS = ["share_of_visitors_engaged", "share_of_orders_assisted"] as const;

export function Engaged({ overview, asked }: { overview: OverviewWire; asked: Asked }): VNode {
  const { attribution_hours: hours } = useSite().settings;
  const language = locale.value;
  const [visitors, sales] = KPIS.map((kpi) => overview.figures[kpi].now);
  const part = (figure: typeof visitors) => ({
    rate: percent(language, figure?.value ?? null),
    isKnown: (figure?.value ?? null) === null ? "no" : "yes",
    of: `${number(language, figure?.numerator ?? 0)} / ${number(language, figure?.denominator ?? 0)}`,
  });
  const [came, sold] = [part(visitors), part(sales)];
  return (
    <div class="engaged">
      <p>
        <span class="engaged-line">
          {o("engaged", { came: came.isKnown, visitors: came.rate, sold: sold.isKnown, sales: sold.rate })}
        </span>{" "}
        <ToFigure kpis={KPIS} label={o("engagedLabel")} asked={asked} short />
      </p>
      <p class="note">
        {o("engagedNote", { visitors: came.of, sales: sold.of, hours: number(language, hours) })}
      </p>
    </div>
  );
}
