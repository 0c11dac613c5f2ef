/** The day's six figures, each with what it was counted from, and beside the same weekday a week before. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { duration, number, percent } from "../../shared/format.ts";
import { o } from "../overview/words.ts";
import { locale } from "../session.ts";
import { stateOf } from "./view.ts";
import { type BesideKey, Changed, WeekBefore } from "./week-before.tsx";
import { w } from "./words.ts";

type Figure = {
  key: string;
  label: string;
  value: string;
  note: string;
  /** What it was a week before, where that is told. */
  beside?: { name: BesideKey; before: string };
};

export function DayFigures({ day }: { day: WireIntraday }): VNode {
  const told = day.week_before?.told ?? null;
  return (
    <>
      <dl class="staffing-figures" aria-label={w("figures")}>
        {figuresOf(day).map(({ key, label, value, note, beside }) => (
          <div key={key} data-figure={key}>
            <dt>{label}</dt>
            <dd>
              <span class="kpi-value">{value}</span>{" "}
              {beside === undefined || told === null ? null : (
                <Changed name={beside.name} difference={told.differences[beside.name]} />
              )}
            </dd>
            <dd class="note">{note}</dd>
            {beside === undefined || told === null ? null : (
              <dd class="note">{o("countBefore", { value: beside.before })}</dd>
            )}
          </div>
        ))}
      </dl>
      <WeekBefore day={day} />
    </>
  );
}

function figuresOf(day: WireIntraday): Figure[] {
  const language = locale.value;
  const { so_far: told, outlook, target } = day;
  const share = (value: number | null | undefined) => percent(language, value ?? null, 0);
  const count = (value: number) => number(language, value);
  const aim = share(target.service_level);
  const level = told?.service_level;
  const left = told?.abandonment;
  const occupancy = told?.occupancy;
  const waiting = told?.waiting;
  const handled = told?.handle_time.median_seconds ?? null;
  const then = day.week_before?.told?.reached;
  const answeredNote = stateOf(day) === "today" ? "answeredNote" : "answeredNoteThen";
  return [
    {
      key: "answered",
      label: w("answeredIn", { within: duration(target.within_seconds) }),
      value: share(level?.value),
      note:
        level === undefined || level.denominator === 0
          ? w("answeredNone", { aim })
          : w(answeredNote, { n: count(level.numerator), of: count(level.denominator), aim }),
      beside: { name: "service_level", before: sided(share(then?.service_level.value), then?.service_level) },
    },
    {
      key: "outlook",
      label: w(stateOf(day) === "past" ? "wholeDay" : "byClosing"),
      value: share(outlook?.service_level),
      note: outlookNote(day, share),
    },
    {
      key: "occupancy",
      label: w("occupancy"),
      value: share(occupancy?.value),
      note:
        occupancy === undefined || occupancy.denominator === 0
          ? w("occupancyNone")
          : w("occupancyNote", {
              busy: duration(occupancy.numerator),
              open: duration(occupancy.denominator),
            }),
      beside: { name: "occupancy", before: share(then?.occupancy.value) },
    },
    {
      key: "left",
      label: w("left"),
      value: percent(language, left?.value ?? null, 1),
      note:
        told === null || left === undefined || left.denominator === 0
          ? w("leftNone")
          : w("leftNote", {
              n: count(left.numerator),
              of: count(left.denominator),
              short: told.short_leavers,
            }),
      beside: {
        name: "abandonment",
        before: sided(percent(language, then?.abandonment.value ?? null, 1), then?.abandonment),
      },
    },
    {
      key: "waiting",
      label: w("waiting"),
      value: duration(waiting?.median_seconds ?? null),
      note:
        waiting === undefined || waiting.n === 0
          ? w("waitingNone")
          : w("waitingNote", { n: count(waiting.n), p90: duration(waiting.p90_seconds) }),
      beside: { name: "waiting", before: duration(then?.waiting.median_seconds ?? null) },
    },
    {
      key: "at_once",
      label: w("atOnce"),
      value: number(language, told?.concurrency.value ?? null, 1),
      note: [
        w("atOnceNote"),
        ...(handled === null ? [] : [w("handledNote", { median: duration(handled) })]),
      ].join(" · "),
    },
  ];
}

/** "86% (64 / 74)"; alone where there is nothing that it was counted from. */
function sided(value: string, of: { numerator: number; denominator: number } | undefined): string {
  if (of === undefined || of.denominator === 0) return value;
  return `${value} (${number(locale.value, of.numerator)} / ${number(locale.value, of.denominator)})`;
}

function outlookNote(day: WireIntraday, share: (value: number) => string): string {
  if (stateOf(day) === "past") return w("wholeDayNote");
  const { outlook, forecast } = day;
  if (outlook !== null) return w("byClosingNote", { low: share(outlook.low), high: share(outlook.high) });
  return w(forecast !== null && Math.round(forecast.total) === 0 ? "nobodyForetold" : "byClosingNone");
}
