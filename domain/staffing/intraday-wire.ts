/**
 * A day's staffing as the API tells it, and the admin reads it.
 *
 * Shapes  `Intraday` is the report, `WireIntraday` the same in the API's names.
 * Units   moments are ISO 8601, durations are named `_seconds`, shares are from 0 to 1.
 */
import * as z from "zod";
import { type EpochMs, isoOf } from "../ids.ts";
import type { Actual, Times } from "./actual.ts";
import type { Aim } from "./erlang.ts";
import type { Forecast, TooShort } from "./forecast.ts";
import type { DayLevel, HourGap, Interval } from "./intraday.ts";
import type { Parameter, Parameters } from "./model.ts";
import { DifferenceWire } from "../overview/difference.ts";
import type { Remedy, Shortage } from "./remedies.ts";
import type { WeekBefore } from "./week-before.ts";

export type Intraday = {
  date: string;
  today: string;
  timezone: string;
  now: EpochMs;
  aim: Aim;
  parameters: Parameters;
  /** Conversations at once with which the model reckons; null without a model. */
  concurrencyUsed: number | null;
  forecast: Forecast | TooShort;
  intervals: Interval[];
  soFar: Actual | null;
  /** The same weekday a week before; null where the day has not begun. */
  weekBefore: WeekBefore | null;
  outlook: DayLevel | null;
  shortages: Shortage[];
  remedies: Remedy[];
  /** Names of live campaigns, by id. */
  campaigns: ReadonlyMap<string, string>;
  week: { date: string; hours: HourGap[] }[];
};

const moment = z.string();
const figure = z.number().nullable();
const ratio = z.object({ value: figure, numerator: z.number(), denominator: z.number() });
const parameter = z.object({
  value: figure,
  standard_error: figure,
  n: z.int(),
  /** `measured` on the site's own history, `assumed` by whoever asks, or `missing`. */
  source: z.enum(["measured", "assumed", "missing"]),
});
/** Half of `n` were over within the median, nine in ten within the other; durations are counted in the KPIs' steps. */
const times = z.object({ median_seconds: figure, p90_seconds: figure, n: z.int() });
/** All but the service levels are the KPIs of the same stretch. */
const reached = z.object({
  arrivals: z.int(),
  /** Left within five seconds; counted in no abandonment. */
  short_leavers: z.int(),
  /** Answered within the target, of all arrivals. */
  service_level: ratio,
  service_level_of_answered: ratio,
  service_level_without_short_leavers: ratio,
  abandonment: ratio,
  /** In the queue, of those who were answered. */
  waiting: times,
  /** Until they left, of those who left before an answer: the median. */
  left_after_seconds: figure,
  /** With an agent, of conversations that were answered and are over. */
  handle_time: times,
  occupancy: ratio,
  concurrency: ratio,
});
const change = z.object({ before: z.number(), after: z.number() });
/** By how much the day differs: those of which one way is better are judged together. */
const difference = DifferenceWire.nullable();
const weekBefore = z.object({
  date: z.string(),
  /** While the day goes on, the same time of the other, up to which it is told; null where it is told in whole. */
  until: moment.nullable(),
  /** Null where what that day was made of is no longer kept. */
  told: z
    .object({
      reached,
      differences: z.object({
        arrivals: difference,
        service_level: difference,
        /** Of the median. */
        waiting: difference,
        abandonment: difference,
        occupancy: difference,
      }),
    })
    .nullable(),
});

export const WireIntraday = z.object({
  date: z.string(),
  today: z.string(),
  timezone: z.string(),
  now: moment,
  target: z.object({ service_level: z.number(), within_seconds: z.number() }),
  model: z.object({
    /** The model whose need counts: with a patience Erlang A, else C; null without a handle time. */
    name: z.enum(["erlang_a", "erlang_c"]).nullable(),
    handle_seconds: parameter,
    slowdown: parameter,
    patience_seconds: parameter,
    concurrency: parameter,
    concurrency_used: z.int().nullable(),
    simultaneous: figure,
  }),
  /** Null while the history is too short; then `days_missing` says by how much. */
  forecast: z
    .object({
      total: z.number(),
      ahead_total: z.number(),
      /** Foretold before the day, for the time that is over. */
      ahead_so_far: z.number(),
      busyness: z.number(),
      pace: z.number(),
      days_read: z.int(),
      days_of_kind: z.int(),
    })
    .nullable(),
  days_missing: z.int(),
  so_far: reached.nullable(),
  /** The same weekday a week before; null where the day has not begun. */
  week_before: weekBefore.nullable(),
  outlook: z.object({ service_level: z.number(), low: z.number(), high: z.number() }).nullable(),
  intervals: z.array(
    z.object({
      from: moment,
      to: moment,
      open: z.boolean(),
      over: z.boolean(),
      forecast: figure,
      forecast_ahead: figure,
      forecast_low: figure,
      forecast_high: figure,
      arrivals: z.int().nullable(),
      agents: figure,
      /** `logged_in` while it is over, `usual` while it is to come. */
      agents_from: z.enum(["logged_in", "usual"]).nullable(),
      needed: z.object({ erlang_a: z.int().nullable(), erlang_c: z.int().nullable() }).nullable(),
      gap: z.int().nullable(),
      reached: reached.nullable(),
      /** By the model, with these agents and this forecast; its wait is the mean of all, those who leave included. */
      expected: z
        .object({
          service_level: figure,
          abandonment: figure,
          average_wait_seconds: figure,
          occupancy: figure,
        })
        .nullable(),
    }),
  ),
  shortages: z.array(z.object({ from: moment, to: moment, missing: z.int() })),
  remedies: z.array(
    z.object({
      kind: z.enum(["more_agents", "shift_agent", "concurrency", "pause_campaign"]),
      from: moment,
      to: moment,
      agents: z.int().nullable(),
      concurrency: z.int().nullable(),
      campaign: z.object({ id: z.string(), name: z.string(), share: z.number(), n: z.int() }).nullable(),
      /** The stretch in which one agent more than needed is there. */
      away: z.object({ from: moment, to: moment }).nullable(),
      service_level: change,
      abandonment: change.nullable(),
      day_service_level: change.nullable(),
    }),
  ),
  week: z.array(
    z.object({
      date: z.string(),
      hours: z.array(
        z.object({
          hour: z.int(),
          open: z.boolean(),
          agents: figure,
          needed: z.int().nullable(),
          gap: z.int().nullable(),
        }),
      ),
    }),
  ),
});
export type WireIntraday = z.infer<typeof WireIntraday>;
export type WireInterval = WireIntraday["intervals"][number];
export type WireWeekBefore = NonNullable<WireIntraday["week_before"]>;
export type WireRemedy = WireIntraday["remedies"][number];

export function wireIntraday(report: Intraday): WireIntraday {
  const { forecast, parameters, aim } = report;
  const named = parameters.patience.value === null ? "erlang_c" : "erlang_a";
  return {
    date: report.date,
    today: report.today,
    timezone: report.timezone,
    now: isoOf(report.now),
    target: { service_level: aim.share, within_seconds: aim.withinSeconds },
    model: {
      name: report.concurrencyUsed === null ? null : named,
      handle_seconds: wireParameter(parameters.handle),
      slowdown: wireParameter(parameters.slowdown),
      patience_seconds: wireParameter(parameters.patience),
      concurrency: wireParameter(parameters.concurrency),
      concurrency_used: report.concurrencyUsed,
      simultaneous: parameters.simultaneous,
    },
    forecast: forecast.ok ? wireForecast(forecast, report.intervals) : null,
    days_missing: forecast.ok ? 0 : forecast.daysMissing,
    so_far: report.soFar === null ? null : wireReached(report.soFar),
    week_before: report.weekBefore === null ? null : wireWeekBefore(report.weekBefore),
    outlook:
      report.outlook === null
        ? null
        : { service_level: report.outlook.expected, low: report.outlook.low, high: report.outlook.high },
    intervals: report.intervals.map(wireInterval),
    shortages: report.shortages.map(({ from, to, missing }) => ({
      from: isoOf(from),
      to: isoOf(to),
      missing,
    })),
    remedies: report.remedies.map((remedy) => wireRemedy(remedy, report.campaigns)),
    week: report.week,
  };
}

function wireParameter({ value, se, n, source }: Parameter): z.infer<typeof parameter> {
  return { value, standard_error: se, n, source };
}

/** Of the quarter hours that this day has: a day on which the clocks change has fewer or more. */
function wireForecast(forecast: Forecast, intervals: readonly Interval[]): WireIntraday["forecast"] {
  const sumOf = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const ahead = (interval: Interval) => interval.forecast?.ahead ?? 0;
  return {
    total: sumOf(intervals.map((one) => (one.over ? (one.arrivals ?? 0) : (one.forecast?.expected ?? 0)))),
    ahead_total: sumOf(intervals.map(ahead)),
    ahead_so_far: sumOf(intervals.filter(({ over }) => over).map(ahead)),
    busyness: forecast.busyness,
    pace: forecast.pace,
    days_read: forecast.daysRead,
    days_of_kind: forecast.sameKind,
  };
}

function wireWeekBefore({ date, until, told }: WeekBefore): z.infer<typeof weekBefore> {
  return {
    date,
    until: until === null ? null : isoOf(until),
    told: told === null ? null : { reached: wireReached(told.reached), differences: told.differences },
  };
}

function wireReached(actual: Actual): z.infer<typeof reached> {
  return {
    arrivals: actual.arrivals,
    short_leavers: actual.shortLeavers,
    service_level: actual.level.ofAll,
    service_level_of_answered: actual.level.ofServed,
    service_level_without_short_leavers: actual.level.withoutShortLeavers,
    abandonment: actual.abandonment,
    waiting: wireTimes(actual.waiting),
    left_after_seconds: actual.leftAfterSeconds,
    handle_time: wireTimes(actual.handling),
    occupancy: actual.occupancy,
    concurrency: actual.concurrency,
  };
}

function wireTimes({ median, p90, n }: Times): z.infer<typeof times> {
  return { median_seconds: median, p90_seconds: p90, n };
}

function wireInterval(interval: Interval): WireInterval {
  const { forecast, needed, outlook, actual } = interval;
  return {
    from: isoOf(interval.from),
    to: isoOf(interval.to),
    open: interval.open,
    over: interval.over,
    forecast: forecast?.expected ?? null,
    forecast_ahead: forecast?.ahead ?? null,
    forecast_low: forecast?.low ?? null,
    forecast_high: forecast?.high ?? null,
    arrivals: interval.arrivals,
    agents: interval.agents,
    agents_from: interval.agentsFrom,
    needed: needed === null ? null : { erlang_a: needed.erlangA, erlang_c: needed.erlangC },
    gap: interval.gap,
    reached: actual === null ? null : wireReached(actual),
    expected:
      outlook === null
        ? null
        : {
            service_level: outlook.level,
            abandonment: outlook.abandonment,
            average_wait_seconds: outlook.waitSeconds,
            occupancy: outlook.occupancy,
          },
  };
}

function wireRemedy(remedy: Remedy, campaigns: ReadonlyMap<string, string>): WireRemedy {
  const { kind, from, to } = remedy;
  const named =
    kind === "pause_campaign"
      ? {
          id: remedy.campaign,
          name: campaigns.get(remedy.campaign) ?? remedy.campaign,
          share: remedy.share,
          n: remedy.n,
        }
      : null;
  return {
    kind,
    from: isoOf(from),
    to: isoOf(to),
    agents: kind === "more_agents" ? remedy.agents : null,
    concurrency: kind === "concurrency" ? remedy.concurrency : null,
    campaign: named,
    away: kind === "shift_agent" ? { from: isoOf(remedy.away.from), to: isoOf(remedy.away.to) } : null,
    service_level: remedy.level,
    abandonment: remedy.abandonment,
    day_service_level: remedy.day,
  };
}
