/** The chosen figures in whole: in a sentence, and one beside the other with what stands behind each. */
import type { VNode } from "preact";
import type { Figure } from "../../../domain/kpi/figure.ts";
import { FEWEST } from "../../../domain/kpi/agent-figures.ts";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { basisOf } from "../../../domain/kpi/small-numbers.ts";
import { number } from "../../shared/format.ts";
import { dayName } from "../overview/days.ts";
import { spanInWords } from "../overview/period-picker.tsx";
import { localDate } from "../overview/periods.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { FIGURES } from "./catalogue.ts";
import type { FiguresData } from "./read.ts";
import { f } from "./words.ts";
import { written, writtenChange } from "./written.ts";

/** A figure's value, or "-" where there is none to be shown. */
export function valueOf(figure: Figure | undefined, name: KpiName, currency: string): string {
  if (figure === undefined || figure.too_few === true) return "-";
  return written(locale.value, figure.value, FIGURES[name].unit, currency);
}

export function Sentence({ data }: { data: FiguresData }): VNode | null {
  const { currency } = useSite().settings;
  const [name] = data.kpis;
  if (name === undefined) return null;
  const said = f("sentence", {
    label: f(`kpi_${name}`),
    value: valueOf(data.whole.figures[name], name, currency),
  });
  return (
    <p class="sentence status-sentence">
      {said}
      {compared(data, name, currency)}.
    </p>
  );
}

function compared({ before, changes, sure, ripening }: FiguresData, name: KpiName, currency: string): string {
  // A change of other days than the value's is told beside the figure, not in its sentence.
  const { windowed } = FIGURES[name];
  if (before === null || (windowed !== undefined && ripening.has(windowed))) return "";
  const then = before.whole.figures[name];
  if (then === undefined || then.value === null || then.too_few === true) return f("sentenceUnknown");
  const told = { before: valueOf(then, name, currency) };
  if (!changes.has(name)) return f("sentenceBefore", told);
  return f(sure.has(name) ? "sentenceMore" : "sentenceChance", told);
}

export function Summary({ data }: { data: FiguresData }): VNode {
  const site = useSite();
  const { timezone: zone, currency } = site.settings;
  const { before, kpis, ripening } = data;
  return (
    <section class="service" aria-labelledby="figures-whole">
      <div class="section-head">
        <h2 id="figures-whole" class="eyebrow">
          {f("whole")}
        </h2>
        {before === null ? null : (
          <span class="note">{f("compareNote", { span: spanInWords(before, zone) })}</span>
        )}
      </div>
      <dl class="kpis service-kpis">
        {kpis.map((name) => {
          const figure = data.whole.figures[name];
          return (
            <div key={name} class="kpi" data-kpi={name}>
              <dt>{f(`kpi_${name}`)}</dt>
              <dd class="kpi-line">
                <span class="kpi-value">{valueOf(figure, name, currency)}</span>{" "}
                <Changed data={data} name={name} currency={currency} />
              </dd>
              <dd class="note">
                <Behind figure={figure} name={name} currency={currency} />
              </dd>
            </div>
          );
        })}
      </dl>
      {[...ripening].map(([window, to]) => (
        <p key={window} class="note">
          {to === null
            ? f(`maturingAll_${window}`)
            : f(`maturing_${window}`, {
                day: dayName(locale.value, localDate(Date.parse(to), zone), {
                  day: "numeric",
                  month: "short",
                }),
              })}
        </p>
      ))}
    </section>
  );
}

/** In ink whichever way it went: a figure that rises is not better for it. */
function Changed({
  data,
  name,
  currency,
}: {
  data: FiguresData;
  name: KpiName;
  currency: string;
}): VNode | null {
  const change = data.changes.get(name);
  if (change === undefined) return null;
  const { unit } = FIGURES[name];
  const write = (value: number) =>
    writtenChange(locale.value, value, unit, { currency, points: f("points") });
  const sure = data.sure.has(name);
  return (
    <span class={sure ? "change" : "change quiet"}>
      {write(change.value)}
      <span class="sr-only"> {f("change", { low: write(change.low), high: write(change.high) })}</span>
      {sure ? ` ${f("changeSure")}` : null}
    </span>
  );
}

/** How little there is, and what it takes. */
function fewWords(name: KpiName, n: number): string {
  const basis = basisOf(name);
  if (basis === "hours") return f("fewHours", { least: FEWEST.hours });
  return basis === "answers"
    ? f("few", { n })
    : f("fewOf", { n: number(locale.value, n), least: FEWEST.chats });
}

/** What a figure is made of: its two sides or its n, and its interval. */
export function Behind({
  figure,
  name,
  currency,
}: {
  figure: Figure | undefined;
  name: KpiName;
  currency: string;
}): VNode | null {
  if (figure === undefined) return null;
  const language = locale.value;
  const { numerator, denominator, n, interval, value, too_few } = figure;
  const { unit } = FIGURES[name];
  if (too_few === true) return <>{fewWords(name, n)}</>;
  if (value === null) return null;
  const write = (end: number) => written(language, end, unit, currency);
  const parts = [
    ...(interval === null ? [] : [f("interval", { low: write(interval[0]), high: write(interval[1]) })]),
    ...(unit === "share" && denominator !== null
      ? [f("note", { part: number(language, numerator), whole: number(language, denominator) })]
      : n > 0 && unit !== "count"
        ? [f("noteN", { n: number(language, n) })]
        : []),
  ];
  return <>{parts.join(" · ")}</>;
}
