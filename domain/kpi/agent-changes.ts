/**
 * The agents' figures beside those of the period before: what they were, the difference, and whether chance is ruled out.
 *
 * What orders bring is not compared: those of the last days are still to come, and what is young would always look worse.
 *
 * Shapes  one row for each agent of the period, and one for all of them (`agent` null). A difference has an interval where
 *         both sides have one; `p` is adjusted for all differences of the answer of which one way is better, and null of
 *         the others. There is no difference where too little is known of either side.
 * Units   those of the figures.
 * Errors  none.
 */
import * as z from "zod";
import { type Change, changeOf } from "../overview/change.ts";
import { judged } from "../overview/judge.ts";
import { ShownWire } from "./agent-comparison.ts";
import { type Column, COLUMNS, figureOf, type FigureRow } from "./agent-figures.ts";
import { type Figure, sum } from "./figure.ts";

/** Credited with orders, which still come for days after a conversation. */
const RIPENING: readonly string[] = ["sales_per_agent_hour", "revenue_per_agent_hour"];
export const COMPARED: readonly Column[] = COLUMNS.filter(({ kpi }) => !RIPENING.includes(kpi));

const DifferenceWire = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  p: z.number().nullable(),
});
export const AgentChangesWire = z.object({
  /** The period before: of what is not over yet, as much of it as is over. */
  before: z.object({ from: z.string(), to: z.string() }),
  rows: z.array(
    z.object({
      /** Null: all of them together. */
      agent: z.string().nullable(),
      figures: z.array(z.object({ kpi: z.string(), before: ShownWire, change: DifferenceWire.nullable() })),
    }),
  ),
});
export type AgentChanges = z.infer<typeof AgentChangesWire>;
export type Difference = z.infer<typeof DifferenceWire>;
type ChangeRow = AgentChanges["rows"][number];

/** The rows of both periods: of each agent, and of all of them. */
export type Period = { byAgent: readonly FigureRow[]; whole: FigureRow };

export function agentChanges(now: Period, before: Period): ChangeRow[] {
  const earlier = new Map(before.byAgent.map((row) => [row.group, row]));
  const pairs = now.byAgent
    .filter(({ group }) => group !== null && group !== "")
    .map((row) => ({ agent: row.group, row, was: earlier.get(row.group) ?? nothing(row.group) }));
  const all = [...pairs, { agent: null, row: now.whole, was: before.whole }];
  const rows = all.map(({ agent, row, was }) => ({
    agent,
    figures: COMPARED.map((column) => ({
      column,
      before: figureOf(was, column),
      ...differences(figureOf(row, column).figure, figureOf(was, column).figure),
    })),
  }));
  const sure = judged(judgedAmong(rows));
  return rows.map(({ agent, figures }) => ({
    agent,
    figures: figures.map(({ column, before: told, change, plain }) => ({
      kpi: column.kpi,
      before: told,
      change: sure.get(nameOf(agent, column.kpi)) ?? change ?? plain,
    })),
  }));
}

/** Somebody who was not there then had no hours and no conversations, and no rate of any. */
function nothing(group: string | null): FigureRow {
  const counts = COMPARED.filter(({ basis }) => basis === null).map(({ kpi }) => [kpi, sum(0)]);
  return { group, ...Object.fromEntries(counts) };
}

/** What was counted, and times over times, have no interval: their difference is what it is. */
function differences(now: Figure, before: Figure): { change: Change | null; plain: Difference | null } {
  if (now.value === null || before.value === null) return { change: null, plain: null };
  const plain = { value: now.value - before.value, low: null, high: null, p: null };
  return { change: changeOf(now, before), plain };
}

type Rows = { agent: string | null; figures: { column: Column; change: Change | null }[] }[];

/** Every difference of which one way is better, of everybody: so many looks at chance are one family. */
function judgedAmong(rows: Rows): Map<string, Change> {
  return new Map(
    rows.flatMap(({ agent, figures }) =>
      figures.flatMap(({ column, change }): [string, Change][] =>
        column.better === null || change === null ? [] : [[nameOf(agent, column.kpi), change]],
      ),
    ),
  );
}

const nameOf = (agent: string | null, kpi: string): string => `${kpi} ${agent ?? ""}`;
