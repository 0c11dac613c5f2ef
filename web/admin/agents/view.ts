/** The agents of a span as the screen lists them: by name, and in any column's order. */
import {
  type AgentFigure,
  type ColumnKey,
  COLUMNS,
  figureOf,
  type FigureRow,
  HAND_RATES,
  HANDS,
  toldOf,
} from "../../../domain/kpi/agent-figures.ts";

export type HandKey = (typeof HANDS)[number]["key"];
export type HandRate = (typeof HAND_RATES)[number]["key"];
/** How conversations went from and to somebody, and the share of them that did. */
export type Hands = { counts: Record<HandKey, number>; rates: Record<HandRate, AgentFigure> };
export type Agent = { id: string; name: string; figures: Record<ColumnKey, AgentFigure>; hands: Hands };

/** Every agent of whom there are figures, by name. */
export function agentsOf(
  rows: readonly FigureRow[],
  nameOf: (id: string) => string,
  language: string,
): Agent[] {
  return rows
    .flatMap((row) => {
      if (row.group === null || row.group === "") return [];
      const figures = Object.fromEntries(
        COLUMNS.map((column) => [column.key, figureOf(row, column)]),
      ) as Agent["figures"];
      return [{ id: row.group, name: nameOf(row.group), figures, hands: handsOf(row) }];
    })
    .toSorted((one, other) => one.name.localeCompare(other.name, language) || (one.id < other.id ? -1 : 1));
}

export function handsOf(row: FigureRow): Hands {
  const counts = HANDS.map(({ key, kpi }) => [key, toldOf(row, kpi).value ?? 0]);
  const rates = HAND_RATES.map((column) => [column.key, figureOf(row, column)]);
  return {
    counts: Object.fromEntries(counts) as Hands["counts"],
    rates: Object.fromEntries(rates) as Hands["rates"],
  };
}

export type Sort = { by: ColumnKey | "name"; down: boolean };

/** Those of whom too little is known come last, whichever way. */
export function sorted(agents: readonly Agent[], { by, down }: Sort): Agent[] {
  if (by === "name") return down ? agents.toReversed() : [...agents];
  const valueOf = (agent: Agent): number => agent.figures[by].figure.value ?? Number.NaN;
  const known = agents.filter((agent) => !Number.isNaN(valueOf(agent)));
  const rest = agents.filter((agent) => Number.isNaN(valueOf(agent)));
  return [...known.toSorted((a, b) => (down ? -1 : 1) * (valueOf(a) - valueOf(b))), ...rest];
}
