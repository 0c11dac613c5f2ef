/** The day's six figures, each with what it was counted from. */
import type { VNode } from "preact";
import type { WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import { duration, number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { stateOf } from "./view.ts";
import { w } from "./words.ts";

type Figure = { key: string; label: string; value: string; note: string };

export function DayFigures({ day }: { day: WireIntraday }): VNode {
  return (
    <dl class="staffing-figures" aria-label={w("figures")}>
      {figuresOf(day).map(({ key, label, value, note }) => (
        <div key={key} data-figure={key}>
          <dt>{label}</dt>
          <dd class="kpi-value">{value}</dd>
          <dd class="note">{note}</dd>
        </div>
      ))}
    </dl>
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
    },
    {
      key: "waiting",
      label: w("waiting"),
      value: duration(waiting?.median_seconds ?? null),
      note:
        waiting === undefined || waiting.n === 0
          ? w("waitingNone")
          : w("waitingNote", { n: count(waiting.n), p90: duration(waiting.p90_seconds) }),
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

function outlookNote(day: WireIntraday, share: (value: number) => string): string {
  if (stateOf(day) === "past") return w("wholeDayNote");
  const { outlook, forecast } = day;
  if (outlook !== null) return w("byClosingNote", { low: share(outlook.low), high: share(outlook.high) });
  return w(forecast !== null && Math.round(forecast.total) === 0 ? "nobodyForetold" : "byClosingNone");
}
