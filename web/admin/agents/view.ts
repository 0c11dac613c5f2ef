/**
 * What is shown of each agent, and what is too little to be shown.
 *
 * A rate of a few chats says more of chance than of anybody's work: it is left out, and the screen says how few there were.
 *
 * Shapes  an `AgentFigure` has no value where too little stands behind it; `few` says then how much there was.
 * Units   those of the KPIs: hours, major units of money, seconds, fractions.
 */
import { changeOf, type Change } from "../../../domain/overview/change.ts";
import type { Figure } from "../../../domain/kpi/figure.ts";

export type AgentRow = { group: string | null } & { [kpi: string]: Figure | string | null };
export type Unit = "count" | "hours" | "perHour" | "moneyPerHour" | "seconds" | "share" | "factor";
/** What has to stand behind a figure: chats, answers or contacts by its own `n`, or hours online. */
type Basis = "chats" | "answers" | "contacts" | "hours" | null;

export const COLUMNS = [
  { key: "hours", kpi: "agent_hours", unit: "hours", basis: null, better: null },
  { key: "conversations", kpi: "chats_handled", unit: "count", basis: null, better: null },
  { key: "orders", kpi: "sales_per_agent_hour", unit: "perHour", basis: "hours", better: "higher" },
  { key: "revenue", kpi: "revenue_per_agent_hour", unit: "moneyPerHour", basis: "hours", better: "higher" },
  { key: "reply", kpi: "first_reply_median", unit: "seconds", basis: "chats", better: "lower" },
  { key: "handle", kpi: "handle_time_median", unit: "seconds", basis: "chats", better: null },
  { key: "handle90", kpi: "handle_time_p90", unit: "seconds", basis: "chats", better: null },
  { key: "occupancy", kpi: "occupancy", unit: "share", basis: "hours", better: null },
  { key: "concurrency", kpi: "concurrency", unit: "factor", basis: "chats", better: null },
  { key: "csat", kpi: "csat", unit: "share", basis: "answers", better: "higher" },
  { key: "answered", kpi: "csat_response_rate", unit: "share", basis: "chats", better: null },
  { key: "fcr", kpi: "fcr", unit: "share", basis: "contacts", better: "higher" },
] as const satisfies readonly {
  key: string;
  kpi: string;
  unit: Unit;
  basis: Basis;
  better: "higher" | "lower" | null;
}[];
export type Column = (typeof COLUMNS)[number];
export type ColumnKey = Column["key"];
/** Those of which one is better than another: how long a chat takes is no merit. */
export const OUTCOMES = COLUMNS.filter(({ better }) => better !== null);

export const FEWEST = { chats: 30, answers: 30, contacts: 30, hours: 8 } as const;

export type AgentFigure = { figure: Figure; few: { basis: keyof typeof FEWEST; n: number } | null };
export type Agent = { id: string; name: string; figures: Record<ColumnKey, AgentFigure> };

const NONE: Figure = { value: null, numerator: null, denominator: null, n: 0, interval: null };

export function figureOf(row: AgentRow, { kpi, basis }: Column): AgentFigure {
  const told = (name: string): Figure => {
    const cell = row[name];
    return typeof cell === "object" && cell !== null ? cell : NONE;
  };
  const figure = told(kpi);
  if (basis === null) return { figure, few: null };
  const n = basis === "hours" ? (told("agent_hours").value ?? 0) : figure.n;
  return n < FEWEST[basis] ? { figure: NONE, few: { basis, n } } : { figure, few: null };
}

/** Every agent of whom there are figures, by name. */
export function agentsOf(
  rows: readonly AgentRow[],
  nameOf: (id: string) => string,
  language: string,
): Agent[] {
  return rows
    .flatMap((row) => {
      if (row.group === null || row.group === "") return [];
      const figures = Object.fromEntries(
        COLUMNS.map((column) => [column.key, figureOf(row, column)]),
      ) as Agent["figures"];
      return [{ id: row.group, name: nameOf(row.group), figures }];
    })
    .toSorted((one, other) => one.name.localeCompare(other.name, language) || (one.id < other.id ? -1 : 1));
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

export type AgainstBest = { best: Agent; change: Change | null };

/** The best of those of whom enough is known, and how far `agent` is from it; null where nobody else can be compared. */
export function againstBest(
  agent: Agent,
  agents: readonly Agent[],
  { key, better }: Column,
): AgainstBest | null {
  const known = agents.filter(({ figures }) => figures[key].figure.value !== null);
  const others = known.filter(({ id }) => id !== agent.id);
  if (better === null || others.length === 0) return null;
  const sign = better === "higher" ? 1 : -1;
  const best = known.reduce((a, b) =>
    sign * ((b.figures[key].figure.value ?? 0) - (a.figures[key].figure.value ?? 0)) > 0 ? b : a,
  );
  return {
    best,
    change: best.id === agent.id ? null : changeOf(agent.figures[key].figure, best.figures[key].figure),
  };
}
