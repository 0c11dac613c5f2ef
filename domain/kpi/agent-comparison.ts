/**
 * One agent beside the best, as the API tells it: in their own outcomes, and in those of the conversations in which they
 * send each canned answer, beside whoever sends the same one with the best outcome.
 *
 * Shapes  rows are those of the figures by agent and by canned answer; the two tables are judged apart.
 * Units   those of the KPIs.
 */
import * as z from "zod";
import {
  type AgentFigure,
  ANSWER_EDITED,
  ANSWER_OUTCOMES,
  type FigureColumn,
  figureOf,
  type FigureRow,
  OUTCOMES,
  toldOf,
} from "./agent-figures.ts";
import { type Asked, type Gap, gapsOf, VERDICTS } from "./agent-gaps.ts";
import { readCannedGroup } from "./counting.ts";

const FigureWire = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  n: z.number(),
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
  too_few: z.literal(true).optional(),
});
export const ShownWire = z.object({
  figure: FigureWire,
  /** Too little is known for the figure to be told: so many, of what has to stand behind it. */
  few: z
    .object({ basis: z.enum(["chats", "answers", "contacts", "uses", "hours"]), n: z.number() })
    .nullable(),
});
const GapWire = z.object({
  /** Who is best among those of whom enough is known, of so many others. */
  best: z.object({ id: z.string(), figure: FigureWire }).nullable(),
  others: z.int(),
  change: z
    .object({ value: z.number(), low: z.number(), high: z.number(), p: z.number().nullable() })
    .nullable(),
  verdict: z.enum(VERDICTS),
});
const OutcomeWire = z.object({ kpi: z.string(), own: ShownWire, gap: GapWire });
export const ComparisonWire = z.object({
  agent: z.string(),
  outcomes: z.array(OutcomeWire),
  canned: z.array(
    z.object({
      canned: z.string(),
      /** Null of an answer that is no longer kept. */
      title: z.string().nullable(),
      shortcut: z.string().nullable(),
      uses: z.number(),
      conversations: z.number(),
      edited: ShownWire,
      /** How many agents sent it, this one included. */
      senders: z.int(),
      outcomes: z.array(OutcomeWire),
    }),
  ),
});
export type Comparison = z.infer<typeof ComparisonWire>;
export type ComparedAnswer = Comparison["canned"][number];
export type ComparedOutcome = z.infer<typeof OutcomeWire>;

export type AnswerName = { title: string | null; shortcut: string };
type Rows = {
  byAgent: readonly FigureRow[];
  byAnswer: readonly FigureRow[];
  names: ReadonlyMap<string, AnswerName>;
};

/** `agent` beside the best; the answers that they send most come first. */
export function compareAgent(agent: string, { byAgent, byAnswer, names }: Rows): Comparison {
  const answers = Map.groupBy(byAnswer, ({ group }) => readCannedGroup(group ?? "").canned);
  const own = [...answers].flatMap(([canned, rows]) => {
    const row = rows.find(({ group }) => readCannedGroup(group ?? "").agent === agent);
    return row === undefined ? [] : [{ canned, row, rows }];
  });
  const asked = new Map(
    own.flatMap(({ canned, rows }) =>
      ANSWER_OUTCOMES.map(
        (column) => [`${canned} ${column.kpi}`, askedOf(agent, rows, column, answerAgent)] as const,
      ),
    ),
  );
  const gaps = gapsOf(asked);
  return {
    agent,
    outcomes: outcomesOf(agent, byAgent),
    canned: own
      .map(({ canned, row, rows }) => ({
        canned,
        title: names.get(canned)?.title ?? null,
        shortcut: names.get(canned)?.shortcut ?? null,
        uses: toldOf(row, "canned_uses").value ?? 0,
        conversations: toldOf(row, "conversations").value ?? 0,
        edited: figureOf(row, ANSWER_EDITED),
        senders: rows.length,
        outcomes: ANSWER_OUTCOMES.map((column) => told(column, row, gaps.get(`${canned} ${column.kpi}`))),
      }))
      .toSorted((a, b) => b.uses - a.uses || (a.canned < b.canned ? -1 : 1)),
  };
}

function outcomesOf(agent: string, rows: readonly FigureRow[]): ComparedOutcome[] {
  const gaps = gapsOf(
    new Map(OUTCOMES.map((column) => [column.kpi, askedOf(agent, rows, column, ({ group }) => group ?? "")])),
  );
  const row = rows.find(({ group }) => group === agent) ?? { group: agent };
  return OUTCOMES.map((column) => told(column, row, gaps.get(column.kpi)));
}

const answerAgent = ({ group }: FigureRow) => readCannedGroup(group ?? "").agent;

function askedOf(
  agent: string,
  rows: readonly FigureRow[],
  column: FigureColumn,
  agentOf: (row: FigureRow) => string,
): Asked {
  const all = rows
    .map((row) => ({ id: agentOf(row), figure: figureOf(row, column).figure }))
    .filter(({ id }) => id !== "");
  const own = all.find(({ id }) => id === agent) ?? {
    id: agent,
    figure: figureOf({ group: null }, column).figure,
  };
  return { own, all, better: column.better };
}

const NO_GAP: Gap = { best: null, others: 0, change: null, verdict: "unknown" };

function told(
  column: FigureColumn,
  row: FigureRow,
  gap = NO_GAP,
): { kpi: string; own: AgentFigure; gap: Gap } {
  return { kpi: column.kpi, own: figureOf(row, column), gap };
}
