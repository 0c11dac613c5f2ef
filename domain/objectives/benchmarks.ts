/**
 * What others have published about their own customers: claims, each with its source and year.
 *
 * A claim says where others were. It is no forecast of any site, and nothing here is used to compute one. Where its
 * definition is not ours, that is said beside it.
 *
 * Units   those of the KPI: rates are fractions, waiting is in seconds.
 */
import type { MeasuredKpi } from "./measured-kpis.ts";

export type Benchmark = {
  kpi: MeasuredKpi;
  low: number;
  high: number;
  /** Years of the data, not of the print. */
  years: readonly [from: number, to: number];
  source: string;
  url: string;
  /** How the published definition differs from ours. */
  differs: "csat_from_3" | "mean_not_median" | null;
};

export const BENCHMARKS: readonly Benchmark[] = [
  {
    kpi: "csat",
    low: 0.8068,
    high: 0.856,
    years: [2015, 2020],
    source: "Comm100, Live Chat Benchmark Reports 2017, 2018, 2021",
    url: "https://www.comm100.com/resources/report/live-chat-benchmark-report/customer-satisfaction/",
    differs: "csat_from_3",
  },
  {
    kpi: "waiting_median",
    low: 37,
    high: 48,
    years: [2015, 2019],
    source: "Comm100, Live Chat Benchmark Reports 2017 to 2020",
    url: "https://www.comm100.com/resources/report/2020-live-chat-benchmark-report/wait-time/",
    differs: "mean_not_median",
  },
];

export function benchmarkOf(kpi: string): Benchmark | null {
  return BENCHMARKS.find((claim) => claim.kpi === kpi) ?? null;
}
