/**
 * How far an objective is: its KPI over the last whole days against the line from baseline to target.
 *
 * A figure of many days is compared with where the line stood in the middle of them; after the due day, the figure of
 * the last days before it is compared with the target, once and for all.
 *
 * Shapes  `Progress` carries the reading, the line and the words for both.
 * Units   moments are `EpochMs`; figures in the KPI's unit; `done` is the share of the way, below 0 where it went back.
 * Errors  an unknown zone throws a `RangeError`: settings are validated before.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";
import { traitOf } from "./measured-kpis.ts";
import type { Objective } from "./objective.ts";
import { type Reading, sideOf } from "./verdict.ts";

export type Span = { from: EpochMs; to: EpochMs };

/** When the day `date` begins in `zone`, so many days later. */
export function dayStart(date: string, zone: string, later = 0): EpochMs {
  return Temporal.PlainDate.from(date).add({ days: later }).toZonedDateTime(zone).epochMilliseconds;
}

/** The day of `at` in `zone`. */
export function dayAt(at: EpochMs, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The whole days over which `objective` is read at `now`; null while none of them lies after its start. */
export function spanRead(
  { starts_on, due_on, window_days }: Pick<Objective, "starts_on" | "due_on" | "window_days">,
  zone: string,
  now: EpochMs,
): Span | null {
  const today = dayAt(now, zone);
  const last = today <= due_on ? today : Temporal.PlainDate.from(due_on).add({ days: 1 }).toString();
  if (last <= starts_on) return null;
  return { from: dayStart(last, zone, -window_days), to: dayStart(last, zone) };
}

export type ProgressState =
  | "upcoming"
  | "too_few"
  | "reached"
  | "on_track"
  | "undecided"
  | "at_risk"
  | "missed"
  | "not_proven";

export type Progress = {
  state: ProgressState;
  reading: Reading | null;
  span: Span | null;
  /** What the line asks of the figure over these days. */
  expected: number | null;
  /** How much of the way the figure has gone. */
  done: number | null;
  daysLeft: number;
};

export function progressOf(
  objective: Objective,
  reading: Reading | null,
  { zone, now }: { zone: string; now: EpochMs },
): Progress {
  const span = spanRead(objective, zone, now);
  const today = dayAt(now, zone);
  const daysLeft = Math.max(0, Temporal.PlainDate.from(today).until(objective.due_on).days + 1);
  if (span === null || reading === null) {
    return { state: "upcoming", reading: null, span, expected: null, done: null, daysLeft };
  }
  const over = today > objective.due_on;
  const expected = over ? objective.target : lineAt(objective, zone, (span.from + span.to) / 2);
  const { baseline, target } = objective;
  const done =
    reading.value === null || target === baseline ? null : (reading.value - baseline) / (target - baseline);
  return { state: stateOf(objective, reading, { expected, over }), reading, span, expected, done, daysLeft };
}

/** The line at `at`: the baseline until the start, the target from the end of the due day on. */
export function lineAt(
  { baseline, target, starts_on, due_on }: Pick<Objective, "baseline" | "target" | "starts_on" | "due_on">,
  zone: string,
  at: EpochMs,
): number {
  const from = dayStart(starts_on, zone);
  const to = dayStart(due_on, zone, 1);
  const part = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return baseline + part * (target - baseline);
}

function stateOf(
  objective: Objective,
  reading: Reading,
  { expected, over }: { expected: number; over: boolean },
): ProgressState {
  const higher = isHigher(objective);
  const against = sideOf(reading, expected, higher);
  if (against === null) return "too_few";
  if (sideOf(reading, objective.target, higher) === "beyond") return "reached";
  if (over) return against === "short" ? "missed" : "not_proven";
  if (against === "beyond") return "on_track";
  return against === "short" ? "at_risk" : "undecided";
}

/** Whether more is better: as the target lies to the baseline; where both are one, as the KPI is. */
export function isHigher({ kpi, baseline, target }: Pick<Objective, "kpi" | "baseline" | "target">): boolean {
  return target === baseline ? traitOf(kpi).better === "higher" : target > baseline;
}
