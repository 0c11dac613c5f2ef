/** What the API answers of objectives, pilots, the guide and the ledger, in the names that screens and callers read. */
import * as z from "zod";
import { isoOf } from "../ids.ts";
import type { Benchmark } from "./benchmarks.ts";
import { ACTIONS, FINDINGS, type Finding } from "./guide.ts";
import type { LedgerRow, Ranged } from "./ledger.ts";
import { MeasuredKpiName, type Criterion } from "./objective.ts";
import type { Progress, Span } from "./progress.ts";
import { FIGURE_SOURCES, type FigureSource, PILOT_FAULTS, type PilotFault } from "./pilot-reading.ts";
import type { CriterionState, PilotVerdict, Reading } from "./verdict.ts";

const interval = z.tuple([z.number(), z.number()]).nullable();
const reading = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  n: z.number(),
  interval,
});
const span = z.object({ from: z.string(), to: z.string() });
const ranged = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();

export const WireProgress = z.object({
  id: z.string(),
  state: z.enum([
    "upcoming",
    "too_few",
    "reached",
    "on_track",
    "undecided",
    "at_risk",
    "missed",
    "not_proven",
  ]),
  reading: reading.nullable(),
  span: span.nullable(),
  /** Where the line from baseline to target stands for this reading. */
  expected: z.number().nullable(),
  done: z.number().nullable(),
  days_left: z.int(),
});
export type WireProgress = z.infer<typeof WireProgress>;

export const WirePilot = z.object({
  id: z.string(),
  verdict: z.enum(["planned", "running", "advance", "stop", "extend", "unreadable"]),
  /** What the pilot says and that is not so: then nothing is read of it. */
  fault: z.enum(PILOT_FAULTS).nullable(),
  span: span.nullable(),
  criteria: z.array(
    z.object({
      kpi: MeasuredKpiName,
      bound: z.enum(["at_least", "at_most"]),
      value: z.number(),
      /** Whose figures it is read from. */
      over: z.enum(FIGURE_SOURCES),
      state: z.enum(["met", "not_met", "undecided", "too_few"]),
      reading,
    }),
  ),
});
export type WirePilot = z.infer<typeof WirePilot>;

const actions = [...new Set(Object.values(ACTIONS))];
const WireFinding = z.object({
  code: z.enum(FINDINGS),
  action: z.enum(actions),
  campaign: z.string().nullable(),
  campaign_name: z.string().nullable(),
  figure: reading.extend({ kpi: z.string() }),
  bound: z.number().nullable(),
});
export type WireFinding = z.infer<typeof WireFinding>;

const WireLedgerRow = z.object({
  campaign: z.string(),
  name: z.string(),
  status: z.enum(["draft", "live", "paused", "ended", "deleted"]),
  triggered: z.int(),
  held_out: z.int(),
  displayed: z.int(),
  acceptance_rate: z.object({
    value: z.number().nullable(),
    numerator: z.number().nullable(),
    denominator: z.number().nullable(),
    interval,
  }),
  chats_handled: z.int(),
  effect: z.object({
    state: z.string(),
    treated: z.int(),
    holdout: z.int(),
    difference: z.number().nullable(),
    interval,
  }),
  incremental_sales: ranged,
  incremental_revenue: ranged,
  incremental_margin: ranged,
  cost: z.number().nullable(),
  net: ranged,
});
export type WireLedgerRow = z.infer<typeof WireLedgerRow>;

const WireBenchmark = z.object({
  kpi: MeasuredKpiName,
  low: z.number(),
  high: z.number(),
  years: z.tuple([z.int(), z.int()]),
  source: z.string(),
  url: z.string(),
  differs: z.enum(["csat_from_3", "mean_not_median"]).nullable(),
  /** The site's own figure beside it. */
  own: reading,
});
export type WireBenchmark = z.infer<typeof WireBenchmark>;

export const WireGuide = z.object({
  span,
  findings: z.array(WireFinding),
  ledger: z.array(WireLedgerRow),
  benchmarks: z.array(WireBenchmark),
  currency: z.string(),
});
export type WireGuide = z.infer<typeof WireGuide>;

export function wireSpan({ from, to }: Span): { from: string; to: string } {
  return { from: isoOf(from), to: isoOf(to) };
}

export function wireReading({ value, numerator, denominator, n, interval: of }: Reading) {
  return { value, numerator, denominator, n, interval: pairOf(of) };
}

function pairOf(of: Reading["interval"]): [number, number] | null {
  return of === null ? null : [of[0], of[1]];
}

export function wireProgress(id: string, progress: Progress): WireProgress {
  const { state, expected, done, daysLeft } = progress;
  return {
    id,
    state,
    reading: progress.reading && wireReading(progress.reading),
    span: progress.span && wireSpan(progress.span),
    expected,
    done,
    days_left: daysLeft,
  };
}

export type ReadCriterion = Criterion & { over: FigureSource; state: CriterionState; reading: Reading };

export function wirePilot(
  id: string,
  verdict: PilotVerdict,
  {
    fault,
    span: read,
    criteria,
  }: { fault: PilotFault | null; span: Span | null; criteria: readonly ReadCriterion[] },
): WirePilot {
  return {
    id,
    verdict,
    fault: fault?.code ?? null,
    span: read && wireSpan(read),
    criteria: criteria.map(({ kpi, bound, value, over, state, reading: of }) => ({
      kpi,
      bound,
      value,
      over,
      state,
      reading: wireReading(of),
    })),
  };
}

export function wireGuide(
  read: Span,
  findings: readonly Finding[],
  ledger: readonly LedgerRow[],
  benchmarks: readonly (Benchmark & { own: Reading })[],
  currency: string,
): WireGuide {
  const names = new Map(ledger.map(({ campaign, name }) => [campaign, name]));
  return {
    span: wireSpan(read),
    findings: findings.map(({ code, action, subject, figure, bound }) => ({
      code,
      action,
      campaign: subject,
      campaign_name: subject === null ? null : (names.get(subject) ?? null),
      figure: { kpi: figure.kpi, ...wireReading(figure) },
      bound,
    })),
    ledger: ledger.map(wireLedgerRow),
    benchmarks: benchmarks.map(({ kpi, low, high, years, source, url, differs, own }) => ({
      kpi,
      low,
      high,
      years: [years[0], years[1]],
      source,
      url,
      differs,
      own: wireReading(own),
    })),
    currency,
  };
}

function wireLedgerRow(row: LedgerRow): WireLedgerRow {
  const { effect, acceptance } = row;
  return {
    campaign: row.campaign,
    name: row.name,
    status: row.status,
    triggered: row.triggered,
    held_out: row.heldOut,
    displayed: row.displayed,
    acceptance_rate: {
      value: acceptance.value,
      numerator: acceptance.numerator,
      denominator: acceptance.denominator,
      interval: pairOf(acceptance.interval),
    },
    chats_handled: row.chats,
    effect: {
      state: effect.state,
      treated: effect.treated,
      holdout: effect.control,
      difference: effect.difference,
      interval: pairOf(effect.interval),
    },
    incremental_sales: wireRanged(effect.incrementalSales),
    incremental_revenue: wireRanged(effect.incrementalRevenue),
    incremental_margin: wireRanged(effect.incrementalMargin),
    cost: effect.cost,
    net: wireRanged(effect.net),
  };
}

function wireRanged(of: Ranged | null): { value: number; low: number; high: number } | null {
  return of && { value: of.value, low: of.low, high: of.high };
}
