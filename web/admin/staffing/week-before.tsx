/** The day beside the same weekday a week before: which day, up to when, how many came, and all of it as a file. */
import type { VNode } from "preact";
import { judgedDirection } from "../../../domain/overview/change.ts";
import type { Difference } from "../../../domain/overview/difference.ts";
import type { WireIntraday, WireWeekBefore } from "../../../domain/staffing/intraday-wire.ts";
import { number, signedDuration } from "../../shared/format.ts";
import { type CsvCell, download, writeCsv } from "../overview/csv.ts";
import { dayName } from "../overview/days.ts";
import { o } from "../overview/words.ts";
import { signedPoints } from "../results/figures.ts";
import { locale } from "../session.ts";
import { clockInSentence } from "./day-sentence.tsx";
import { w } from "./words.ts";

export type BesideKey = keyof NonNullable<WireWeekBefore["told"]>["differences"];

export function WeekBefore({ day }: { day: WireIntraday }): VNode | null {
  const { week_before: before } = day;
  if (before === null) return null;
  const { date, told } = before;
  const weekday = dayName(locale.value, date, { weekday: "long", day: "numeric", month: "long" });
  if (told === null) return <p class="note staffing-beside">{w("besideForgotten", { day: weekday })}</p>;
  const { reached, differences } = told;
  const { arrivals } = differences;
  return (
    <div class="staffing-beside">
      <p class="note">
        {before.until === null
          ? w("beside", { day: weekday })
          : w("besideUntil", { day: weekday, at: clockInSentence(before.until, day.timezone) })}{" "}
        <span data-figure="arrivals">
          {w("besideCame", { n: reached.arrivals })}
          {arrivals === null ? null : ` (${signedCount(arrivals.value)})`}.
        </span>{" "}
        {w("besideColour")}
      </p>
      <p class="chart-links">
        <button
          type="button"
          class="link"
          aria-label={w("besideCsv", { day: weekday })}
          onClick={() => saveCsv(day, before)}
        >
          CSV
        </button>
      </p>
    </div>
  );
}

/** By how much a figure differs: in colour only where one way is better and chance is ruled out for all of them. */
export function Changed({
  name,
  difference,
}: {
  name: BesideKey;
  difference: Difference | null;
}): VNode | null {
  if (difference === null) return null;
  const write = (value: number): string =>
    name === "waiting" ? signedDuration(value) : signedPoints(locale.value, value, 1);
  const direction = judgedDirection(difference) * (LESS_IS_BETTER.includes(name) ? -1 : 1);
  const { value, low, high, p } = difference;
  const span =
    low === null || high === null ? null : o("changeInterval", { low: write(low), high: write(high) });
  return (
    <span
      class={`change ${direction === 0 ? "quiet" : direction > 0 ? "good" : "bad"}`}
      title={span ?? undefined}
    >
      {write(value) === write(0) ? `±${write(0)}` : write(value)}
      {span === null ? null : (
        <span class="sr-only">
          {" "}
          {p === null
            ? null
            : o(direction === 0 ? "changeOpen" : direction > 0 ? "changeBetter" : "changeWorse")}{" "}
          {span}
        </span>
      )}
      {direction === 0 ? null : <span aria-hidden="true"> {o(direction > 0 ? "better" : "worse")}</span>}
    </span>
  );
}

const LESS_IS_BETTER: readonly BesideKey[] = ["waiting", "abandonment"];

function signedCount(value: number): string {
  const text = number(locale.value, value);
  return value > 0 ? `+${text}` : value === 0 ? `±${text}` : text;
}

type Reached = NonNullable<WireIntraday["so_far"]>;
const valueOf: Record<BesideKey, (reached: Reached) => CsvCell> = {
  arrivals: ({ arrivals }) => arrivals,
  service_level: ({ service_level: { value } }) => value,
  waiting: ({ waiting }) => waiting.median_seconds,
  abandonment: ({ abandonment }) => abandonment.value,
  occupancy: ({ occupancy }) => occupancy.value,
};
const countOf: Record<BesideKey, (reached: Reached) => CsvCell> = {
  arrivals: () => null,
  service_level: ({ service_level: { denominator } }) => denominator,
  waiting: ({ waiting }) => waiting.n,
  abandonment: ({ abandonment }) => abandonment.denominator,
  occupancy: () => null,
};
const KEYS = ["arrivals", "service_level", "waiting", "abandonment", "occupancy"] as const;

function saveCsv({ date, so_far: now }: WireIntraday, { date: other, until, told }: WireWeekBefore): void {
  if (now === null || told === null) return;
  const head = ["figure", "date", "value", "n", "before_date", "before_until", "before", "before_n"];
  const rows = KEYS.map((key) => {
    const difference = told.differences[key];
    return [
      key,
      date,
      valueOf[key](now),
      countOf[key](now),
      other,
      until,
      valueOf[key](told.reached),
      countOf[key](told.reached),
      difference?.value ?? null,
      difference?.low ?? null,
      difference?.high ?? null,
      difference?.p ?? null,
    ];
  });
  const columns = [...head, "change", "change_low", "change_high", "change_p"];
  download(`aparte-staffing-${date}-beside-${other}.csv`, writeCsv([columns, ...rows]));
}
