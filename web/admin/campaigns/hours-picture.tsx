/** A week's hours as bars: days with the same hours share one. Dated exceptions are not in it. */
import type { VNode } from "preact";
import { WEEKDAYS } from "../../../domain/site/days.ts";
import type { OpeningHours } from "../../../domain/site/opening-hours.ts";
import { t } from "../session.ts";

const DAY_MINUTES = 1_440;
const HOUR_MINUTES = 60;

type Bar = { from: number; to: number };
type Line = { first: string; last: string; bars: Bar[] };

export function HoursPicture({ hours }: { hours: readonly OpeningHours[] }): VNode {
  return (
    <div class="hours-picture" aria-hidden="true">
      {linesOf(hours).map(({ first, last, bars }) => (
        <div key={first}>
          <span class="note">
            {first === last ? t(`dayShort_${first}`) : `${t(`dayShort_${first}`)}–${t(`dayShort_${last}`)}`}
          </span>
          <svg viewBox={`0 0 ${DAY_MINUTES} 10`} preserveAspectRatio="none">
            <rect class="day" width={DAY_MINUTES} height="10" />
            {bars.map(({ from, to }) => (
              <rect key={from} class="open" x={from} width={to - from} height="10" />
            ))}
          </svg>
        </div>
      ))}
      <div class="hours-axis note">
        <span />
        <span>0</span>
        <span>12</span>
        <span>24 h</span>
      </div>
    </div>
  );
}

/** The week from Monday on, neighbours with equal hours as one line. */
export function linesOf(hours: readonly OpeningHours[]): Line[] {
  const lines: Line[] = [];
  for (const [index, day] of WEEKDAYS.entries()) {
    const bars = barsOf(hours, index);
    const last = lines.at(-1);
    if (last !== undefined && JSON.stringify(last.bars) === JSON.stringify(bars)) last.last = day;
    else lines.push({ first: day, last: day, bars });
  }
  return lines;
}

/** The open minutes of one day, what runs on from the day before included. */
function barsOf(hours: readonly OpeningHours[], index: number): Bar[] {
  const before = WEEKDAYS[(index + WEEKDAYS.length - 1) % WEEKDAYS.length];
  const weekly = hours.filter(({ validFrom, validThrough }) => !validFrom && !validThrough);
  return weekly
    .flatMap(({ dayOfWeek, opens, closes }): Bar[] => {
      const [from, to] = [minuteOf(opens), closes === "23:59" ? DAY_MINUTES : minuteOf(closes)];
      const past = to < from;
      return [
        ...(dayOfWeek.some((day) => day === WEEKDAYS[index]) && to !== from
          ? [{ from, to: past ? DAY_MINUTES : to }]
          : []),
        ...(past && dayOfWeek.some((day) => day === before) && to > 0 ? [{ from: 0, to }] : []),
      ];
    })
    .toSorted((a, b) => a.from - b.from);
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * HOUR_MINUTES + minute;
}
