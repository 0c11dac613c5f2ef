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
import { DifferenceWire, differencesOf, type Pair } from "../overview/difference.ts";
import { ShownWire } from "./agent-comparison.ts";
import { type Column, COLUMNS, figureOf, type FigureRow } from "./agent-figures.ts";
import { sum } from "./figure.ts";

/** Credited with orders, which still come for days after a conversation. */
const RIPENING: readonly string[] = ["sales_per_agent_hour", "revenue_per_agent_hour"];
export const COMPARED: readonly Column[] = COLUMNS.filter(({ kpi }) => !RIPENING.includes(kpi));

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
type ChangeRow = AgentChanges["rows"][number];

/** The rows of both periods: of each agent, and of all of them. */
export type Period = { byAgent: readonly FigureRow[]; whole: FigureRow };

export function agentChanges(now: Period, before: Period): ChangeRow[] {
  const earlier = new Map(before.byAgent.map((row) => [row.group, row]));
  const each = now.byAgent
    .filter(({ group }) => group !== null && group !== "")
    .map((row) => ({ agent: row.group, row, was: earlier.get(row.group) ?? nothing(row.group) }));
  const all = [...each, { agent: null, row: now.whole, was: before.whole }];
  const told = all.map(({ agent, row, was }) => ({
    agent,
    figures: COMPARED.map((column) => ({
      ...column,
      now: figureOf(row, column).figure,
      before: figureOf(was, column),
    })),
  }));
  // Of everybody at once: so many looks at chance are one family.
  const pairs = told.flatMap(({ agent, figures }) =>
    figures.map(({ kpi, better, now: own, before: then }): [string, Pair] => [
      nameOf(agent, kpi),
      { now: own, before: then.figure, isJudged: better !== null },
    ]),
  );
  const differences = differencesOf(new Map(pairs));
  return told.map(({ agent, figures }) => ({
    agent,
    figures: figures.map(({ kpi, before: then }) => ({
      kpi,
      before: then,
      change: differences.get(nameOf(agent, kpi)) ?? null,
    })),
  }));
}

/** Somebody who was not there then had no hours and no conversations, and no rate of any. */
function nothing(group: string | null): FigureRow {
  const counts = COMPARED.filter(({ basis }) => basis === null).map(({ kpi }) => [kpi, sum(0)]);
  return { group, ...Object.fromEntries(counts) };
}

const nameOf = (agent: string | null, kpi: string): string => `${kpi} ${agent ?? ""}`;
