/** How the service went, each figure with its change against the period before, and what was counted. */
import type { ComponentChildren, VNode } from "preact";
import { judgedDirection } from "../../../domain/overview/change.ts";
import { LESS_IS_BETTER, type ShownKpi } from "../../../domain/overview/shown.ts";
import type { ComparedWire, OverviewWire } from "../../../domain/overview/wire.ts";
import { duration, money, number, percent, signedDuration } from "../../shared/format.ts";
import { signedPoints } from "../results/figures.ts";
import { locale } from "../session.ts";
import type { Asked } from "./asked.ts";
import { dayName } from "./days.ts";
import { spanInWords } from "./period-picker.tsx";
import { localDate } from "./periods.ts";
import { ToFigure } from "./to-figure.tsx";
import { o } from "./words.ts";

type Unit = "share" | "money" | "seconds";
const SERVICE: readonly { key: string; kpi: ShownKpi; unit: Unit }[] = [
  { key: "coverage", kpi: "coverage_rate", unit: "share" },
  { key: "acceptance", kpi: "acceptance_rate", unit: "share" },
  { key: "conversion", kpi: "conversion_after_chat", unit: "share" },
  { key: "aov", kpi: "aov_assisted", unit: "money" },
  { key: "csat", kpi: "csat", unit: "share" },
  { key: "reply", kpi: "first_reply_median", unit: "seconds" },
];
const COUNTS: readonly { key: string; kpi: ShownKpi }[] = [
  { key: "visitors", kpi: "visitors" },
  { key: "eligible", kpi: "eligible_visitors" },
  { key: "shown", kpi: "displayed" },
  { key: "accepted", kpi: "accepted" },
  { key: "conversations", kpi: "conversations" },
  { key: "orders", kpi: "orders" },
  { key: "revenue", kpi: "revenue" },
];

/** `children` say how it is counted. */
export function Service({
  overview,
  asked,
  children,
}: {
  overview: OverviewWire;
  asked: Asked;
  children: ComponentChildren;
}): VNode {
  const { before, timezone } = overview;
  return (
    <section class="service" aria-labelledby="service-title">
      <div class="section-head">
        <h2 id="service-title" class="eyebrow">
          {o("serviceTitle")}
        </h2>
        {children}
        <span class="note">{o("serviceNote", { span: spanInWords(before, timezone) })}</span>
      </div>
      <dl class="kpis service-kpis">
        {SERVICE.map(({ key, kpi, unit }) => (
          <div key={key} class="kpi" data-kpi={key}>
            <dt>
              <ToFigure
                kpis={[kpi]}
                label={o(key === "reply" && overview.business_hours ? "kpi_replyInside" : `kpi_${key}`)}
                asked={asked}
              />
            </dt>
            <dd class="kpi-line">
              <span class="kpi-value">{valueOf(overview.figures[kpi], unit, overview.currency)}</span>{" "}
              <Change compared={overview.figures[kpi]} kpi={kpi} unit={unit} currency={overview.currency} />
            </dd>
            <dd class="note">{noteOf(key, overview)}</dd>
            <Maturing compared={overview.figures[kpi]} zone={timezone} />
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Counts({ overview, asked }: { overview: OverviewWire; asked: Asked }): VNode {
  const language = locale.value;
  return (
    <dl class="counts" aria-label={o("countsTitle")}>
      {COUNTS.map(({ key, kpi }) => {
        const { now, before } = overview.figures[kpi];
        const write = (value: number | null): string =>
          key === "revenue" ? money(language, value, overview.currency) : number(language, value);
        return (
          <div key={key} data-kpi={key}>
            <dt>
              <ToFigure kpis={[kpi]} label={o(`count_${key}`)} asked={asked} />
            </dt>
            <dd class="kpi-value">{write(now.value ?? 0)}</dd>
            <dd class="note">{o("countBefore", { value: write(before.value ?? 0) })}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function valueOf({ now }: ComparedWire, unit: Unit, currency: string): string {
  const language = locale.value;
  if (now.value === null || now.too_few === true) return "-";
  if (unit === "money") return money(language, now.value, currency);
  return unit === "seconds" ? duration(now.value) : percent(language, now.value);
}

/** Whose orders are not all in yet, and what the change is of meanwhile. */
function Maturing({ compared, zone }: { compared: ComparedWire; zone: string }): VNode | null {
  const { maturing } = compared;
  if (maturing === null) return null;
  if (maturing.to === null) return <dd class="note">{o("maturingAll")}</dd>;
  const day = localDate(Date.parse(maturing.to), zone);
  return (
    <dd class="note">
      {o("maturingFrom", { day: dayName(locale.value, day, { day: "numeric", month: "short" }) })}
    </dd>
  );
}

/** In colour only where chance is ruled out for all that are judged together; its interval can be read beside it. */
function Change({
  compared,
  kpi,
  unit,
  currency,
}: {
  compared: ComparedWire;
  kpi: ShownKpi;
  unit: Unit;
  currency: string;
}): VNode | null {
  const { change } = compared;
  if (change === null) return null;
  const write = (value: number): string => signed(value, unit, currency);
  const direction = judgedDirection(change) * (LESS_IS_BETTER.includes(kpi) ? -1 : 1);
  const tone = direction === 0 ? "quiet" : direction > 0 ? "good" : "bad";
  const span = { low: write(change.low), high: write(change.high) };
  return (
    <span class={`change ${tone}`} title={o("changeInterval", span)}>
      {write(change.value)}
      <span class="sr-only">
        {" "}
        {o(direction === 0 ? "changeOpen" : direction > 0 ? "changeBetter" : "changeWorse")}{" "}
        {o("changeInterval", span)}
      </span>
      {direction === 0 ? null : <span aria-hidden="true"> {o(direction > 0 ? "better" : "worse")}</span>}
    </span>
  );
}

function signed(value: number, unit: Unit, currency: string): string {
  const language = locale.value;
  if (unit === "share") return signedPoints(language, value, 1);
  const rounded = Math.round(value * 100) / 100;
  const plus = rounded > 0 ? "+" : "";
  if (unit === "money") return `${plus}${money(language, rounded, currency)}`;
  return signedDuration(value);
}

function noteOf(key: string, { figures, currency }: OverviewWire): string {
  const language = locale.value;
  const fraction = ({ now }: ComparedWire): Record<string, string> => ({
    part: number(language, now.numerator),
    whole: number(language, now.denominator),
  });
  switch (key) {
    case "coverage":
      return o("note_coverage", fraction(figures.coverage_rate));
    case "acceptance":
      return o("note_acceptance", fraction(figures.acceptance_rate));
    case "conversion":
      return o("note_conversion", fraction(figures.conversion_after_chat));
    case "aov":
      return o("note_aov", {
        unassisted: money(language, figures.aov_unassisted.now.value, currency),
        n: figures.aov_assisted.now.denominator ?? 0,
      });
    case "csat": {
      const rate = percent(language, figures.csat_response_rate.now.value, 0);
      const { now } = figures.csat;
      if (now.too_few === true) return o("note_few", { n: now.n, rate });
      return o("note_csat", { ...fraction(figures.csat), rate });
    }
    default: {
      const { value, n } = figures.first_reply_p90.now;
      return o("note_reply", { within: duration(value), n });
    }
  }
}
