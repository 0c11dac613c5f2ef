/** The calls that the KPI screens make on a year of history: what `history.ts` times and `history-cpu.ts` takes apart. */
import { calendarOf } from "../domain/kpi/calendar.ts";

const DAY_MS = 86_400_000;

/** The spans end with today, as screens ask. */
export const now = Date.now();
const iso = (at: number) => new Date(at).toISOString();
/** Midnight where the demo's site is, as screens ask. */
const { startOfDay } = calendarOf("Europe/Paris");
const dayStart = startOfDay(now);
const dayEnd = startOfDay(dayStart + 1.5 * DAY_MS);
const aligned = (days: number, groupBy: string | null) =>
  `from=${iso(dayStart - days * DAY_MS)}&to=${iso(dayEnd)}${groupBy === null ? "" : `&group_by=${groupBy}`}`;
const before = (days: number) =>
  `from=${iso(dayStart - 2 * days * DAY_MS)}&to=${iso(dayStart - days * DAY_MS)}`;

/** What a chart over time or a table of hours draws: a row a day needs few figures, a row a campaign all of them. */
const DRAWN =
  "&kpis=visitors,conversations,acceptance_rate,conversion_after_chat,attributed_revenue,aov_assisted,csat,first_reply_median";

/** What is promised, each way. */
export const MOST = { callMs: 100, resultMs: 200, rebuildMs: 5 * 60_000, fourfold: 1.5 };

export type Call = {
  name: string;
  /** Below `/api/sites/{site}/`. */
  paths: string[];
  /** At most so long, if not `MOST.callMs`. */
  mostMs?: number;
  before?: "today" | "month";
  judged?: false;
};
const kpis = (...queries: string[]) => queries.map((query) => `kpis?${query}`);
export const CALLS: Call[] = [
  { name: "a year", paths: kpis(aligned(365, null)) },
  { name: "a year by day", paths: kpis(aligned(365, "day") + DRAWN) },
  ...["week", "campaign", "variant", "agent", "skill", "channel", "device"].map((groupBy) => ({
    name: `a year by ${groupBy}`,
    paths: kpis(aligned(365, groupBy)),
  })),
  {
    name: "a year, an agent beside the best",
    paths: [`agent-comparison?agent=agent_1&${aligned(365, null)}`],
  },
  { name: "a month by hour", paths: kpis(aligned(30, "hour") + DRAWN) },
  { name: "a month by day", paths: kpis(aligned(30, "day")) },
  { name: "a month and the one before", paths: kpis(aligned(30, null), before(30)) },
  { name: "a month by day, today behind", paths: kpis(aligned(30, "day")), before: "today" },
  { name: "the overview of a month", paths: [`overview?${aligned(30, null)}`] },
  { name: "the day as it goes", paths: ["intraday"] },
  { name: "a campaign's result", paths: ["campaigns/cmp_bench_01/results"], mostMs: MOST.resultMs },
];
export const EVERY_FIGURE: Call[] = [
  { name: "a year by day, every figure", paths: kpis(aligned(365, "day")), judged: false },
  { name: "a month by hour, every figure", paths: kpis(aligned(30, "hour")), judged: false },
];
export const BASELINE: Call = {
  name: "a month by day, nothing kept",
  paths: kpis(aligned(30, "day")),
  before: "month",
  judged: false,
};
