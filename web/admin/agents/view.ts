/** The agents of a span as the screen lists them: by name, in any column's order, so many columns at once as fit. */
import type { AgentChanges } from "../../../domain/kpi/agent-changes.ts";
import {
  type AgentFigure,
  type Column,
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

/** Columns that are read together: no more at once than a desk's screen is wide. */
export const SETS = {
  main: ["hours", "conversations", "reply", "handle", "occupancy", "csat", "fcr"],
  pace: ["conversations", "cases", "reply", "reply90", "handle", "handle90", "concurrency"],
  outcome: ["conversations", "orders", "revenue", "csat", "answered", "fcr"],
} as const satisfies Record<string, readonly ColumnKey[]>;
export type SetName = keyof typeof SETS;
export const SET_NAMES = ["main", "pace", "outcome"] as const satisfies readonly SetName[];

/** The set that an address names; what it cannot name is the first. */
export function setOf(text: string | undefined): SetName {
  return SET_NAMES.find((name) => name === text) ?? "main";
}

export function columnsOf(set: SetName): readonly Column[] {
  return SETS[set].flatMap((key) => COLUMNS.filter((column) => column.key === key));
}

/** A sort by a column that is not shown would be an order without a reason: then it is by name. */
export function sortIn(sort: Sort, columns: readonly Column[]): Sort {
  return sort.by === "name" || columns.some(({ key }) => key === sort.by)
    ? sort
    : { by: "name", down: false };
}

export type Compared = AgentChanges["rows"][number]["figures"][number];
/** What a figure was in the period before, of an agent or of all (`null`). */
export type ComparedOf = (agent: string | null, column: { kpi: string }) => Compared | undefined;

export function comparedOf({ rows }: Pick<AgentChanges, "rows">): ComparedOf {
  const known = new Map(
    rows.map(({ agent, figures }) => [agent, new Map(figures.map((one) => [one.kpi, one]))]),
  );
  return (agent, { kpi }) => known.get(agent)?.get(kpi);
}
