/** Each chosen figure as a drawing: over time with its band, by group with its intervals. */
import type { VNode } from "preact";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { isTime } from "../../../domain/kpi/grouping.ts";
import { durationTicks } from "../../../domain/words/duration-ticks.ts";
import { date, number, time } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { dayName } from "../overview/days.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { FIGURES, type Unit } from "./catalogue.ts";
import { groupName } from "./names.ts";
import type { drawByGroup, drawOverTime } from "./plot.ts";
import type { FiguresData, Row } from "./read.ts";
import { valueOf } from "./summary.tsx";
import { besideOf, isDrawn, marksOf, MOST_DRAWN } from "./view.ts";
import { f } from "./words.ts";
import { tickOf, written } from "./written.ts";

/** Amounts: bars, as are sums of money. Rates and means are dots. */
const BARS: readonly Unit[] = ["count", "hours"];
/** Where 0 is no part of the scale, or no end of it. */
const FREE: readonly Unit[] = ["mean"];

type Part = { data: FiguresData; rows: readonly Row[] };

export function Charts({ data, rows }: Part): VNode {
  const { by, before, kpis } = data;
  const drawn = isTime(by) ? data.rows : rows.slice(0, MOST_DRAWN);
  return (
    <section class="figures-charts" aria-label={f("title")}>
      <div class="multiples">
        {kpis.map((name) => (
          <Multiple key={name} data={data} rows={drawn} name={name} />
        ))}
      </div>
      <p class="note figures-legend">
        <span>
          <span class="now-swatch" aria-hidden="true" /> {f("legendNow")}
        </span>
        {before === null ? null : (
          <span>
            <span class={isTime(by) ? "before-swatch" : "before-dot"} aria-hidden="true" />{" "}
            {f("legendBefore")}
          </span>
        )}
        <span>
          <span class="band-swatch" aria-hidden="true" /> {f("legendBand")}
        </span>
        {(["cut", "running"] as const).map((state) =>
          [...data.parts.values()].every((part) => part.state !== state) ? null : (
            <span key={state}>
              <span class="part-dot" aria-hidden="true" />{" "}
              {f(state === "cut" ? "legendCut" : `legendRunning_${by}`)}
            </span>
          ),
        )}
        {drawn.length < data.rows.length ? <span>{f("first", { n: drawn.length })}</span> : null}
      </p>
    </section>
  );
}

function Multiple({ data, rows, name }: Part & { name: KpiName }): VNode {
  const { by } = data;
  const label = f(`kpi_${name}`);
  const title = isTime(by)
    ? f("chartTime", { label })
    : f("chartGroups", { label, by: f(`by_${by}`).toLowerCase() });
  return (
    <figure class="multiple" data-kpi={name}>
      <figcaption>
        {title} <span class="note">{f(`what_${name}`)}</span>
      </figcaption>
      {rows.every(({ figures }) => !isDrawn(figures[name])) ? (
        <p class="note figures-undrawn">{f("undrawn")}</p>
      ) : isTime(by) ? (
        <OverTime data={data} rows={rows} name={name} />
      ) : (
        <ByGroup data={data} rows={rows} name={name} />
      )}
    </figure>
  );
}

function OverTime({ data, rows, name }: Part & { name: KpiName }): VNode {
  const { timezone: zone, currency } = useSite().settings;
  const { by } = data;
  const language = locale.value;
  const { unit } = FIGURES[name];
  const marks = marksOf(rows, besideOf(data), name).map(({ group, ...mark }) => ({
    ...mark,
    part: data.parts.has(group),
    at: new Date(by === "hour" ? group : `${group}T00:00:00Z`),
  }));
  const when = (at: Date): string => {
    if (by !== "hour")
      return dayName(language, at.toISOString().slice(0, 10), { day: "numeric", month: "short" });
    const first = rows[0]?.group ?? "";
    return date(language, first, zone) === date(language, rows.at(-1)?.group ?? first, zone)
      ? time(language, at, zone)
      : `${dayName(language, localDay(at, zone), { day: "numeric", month: "short" })} ${time(language, at, zone)}`;
  };
  const words = {
    label: f("chartLabelTime", {
      label: f(`kpi_${name}`),
      n: marks.length,
      value: valueOf(data.whole.figures[name], name, currency),
    }),
    value: (value: number) => written(language, value, unit, currency),
    tick: tickOf(language, unit, currency),
    ...(unit === "seconds" ? { ticks: durationTicks } : {}),
  };
  return (
    <Drawn
      load={() => import("./plot.ts").then((module) => module.drawOverTime)}
      draw={(using: typeof drawOverTime, width) =>
        using(marks, width, { words, fromZero: !FREE.includes(unit), when })
      }
      of={[data, rows, language]}
    />
  );
}

function localDay(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(at);
}

function ByGroup({ data, rows, name }: Part & { name: KpiName }): VNode {
  const { timezone: zone, currency } = useSite().settings;
  const language = locale.value;
  const { unit } = FIGURES[name];
  const seen = new Map<string, number>();
  const marks = marksOf(rows, besideOf(data), name).map(({ group, ...mark }, place) => {
    const called = groupName(language, group, data.by, data.nameOf, zone);
    // Two of one name are two rows.
    const times = (seen.get(called) ?? 0) + 1;
    seen.set(called, times);
    const few = rows[place]?.figures[name]?.too_few === true;
    return { ...mark, few, name: times === 1 ? called : `${called} (${number(language, times)})` };
  });
  const bars = BARS.includes(unit) || (unit === "money" && marks.every(({ low }) => low === null));
  const words = {
    label: f("chartLabelGroups", { label: f(`kpi_${name}`), n: marks.length }),
    few: f("tooFew"),
    value: (value: number) => written(language, value, unit, currency),
    tick: tickOf(language, unit, currency),
    ...(unit === "seconds" ? { ticks: durationTicks } : {}),
  };
  return (
    <Drawn
      load={() => import("./plot.ts").then((module) => module.drawByGroup)}
      draw={(using: typeof drawByGroup, width) =>
        using(marks, width, { words, fromZero: !FREE.includes(unit), bars })
      }
      of={[data, rows, language]}
    />
  );
}
