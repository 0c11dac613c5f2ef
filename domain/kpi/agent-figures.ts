/**
 * Which figures of an agent are shown, and what is too little to be shown.
 *
 * A rate of a few chats says more of chance than of anybody's work: it is left out, and it is said how few there were.
 * Types of the figures alone are used here, so that a screen can read this without what counts them.
 *
 * Shapes  an `AgentFigure` has no value where too little stands behind it; `few` says then how much there was.
 * Units   those of the KPIs: hours, major units of money, seconds, fractions; the sides of `timeShare` and `timeFactor` are
 *         seconds.
 */
import type { Figure } from "./figure.ts";

export type Unit =
  | "count"
  | "hours"
  | "perHour"
  | "moneyPerHour"
  | "seconds"
  | "share"
  | "timeShare"
  | "timeFactor";
/** What has to stand behind a figure: chats, answers, contacts, buyers or messages by its own `n`, or hours online. */
export type Basis = "chats" | "answers" | "contacts" | "uses" | "hours" | null;
export type Better = "higher" | "lower" | null;
export type FigureColumn = { key: string; kpi: string; unit: Unit; basis: Basis; better: Better };

export const COLUMNS = [
  { key: "hours", kpi: "agent_hours", unit: "hours", basis: null, better: null },
  { key: "conversations", kpi: "chats_handled", unit: "count", basis: null, better: null },
  { key: "cases", kpi: "chats_per_agent_hour", unit: "perHour", basis: "hours", better: "higher" },
  { key: "orders", kpi: "sales_per_agent_hour", unit: "perHour", basis: "hours", better: "higher" },
  { key: "revenue", kpi: "revenue_per_agent_hour", unit: "moneyPerHour", basis: "hours", better: "higher" },
  { key: "reply", kpi: "first_reply_median", unit: "seconds", basis: "chats", better: "lower" },
  { key: "reply90", kpi: "first_reply_p90", unit: "seconds", basis: "chats", better: "lower" },
  { key: "handle", kpi: "handle_time_median", unit: "seconds", basis: "chats", better: null },
  { key: "handle90", kpi: "handle_time_p90", unit: "seconds", basis: "chats", better: null },
  { key: "occupancy", kpi: "occupancy", unit: "timeShare", basis: "hours", better: null },
  { key: "concurrency", kpi: "concurrency", unit: "timeFactor", basis: "chats", better: null },
  { key: "csat", kpi: "csat", unit: "share", basis: "answers", better: "higher" },
  { key: "answered", kpi: "csat_response_rate", unit: "share", basis: "chats", better: null },
  { key: "fcr", kpi: "fcr", unit: "share", basis: "contacts", better: "higher" },
] as const satisfies readonly FigureColumn[];
export type Column = (typeof COLUMNS)[number];
export type ColumnKey = Column["key"];
/** Those of which one is better than another: how long a chat takes is no merit, nor is handing it on. */
export const OUTCOMES = COLUMNS.filter(({ better }) => better !== null);

/** How an agent's conversations changed hands: counts, which chance has no part in. */
export const HANDS = [
  { key: "taken", kpi: "chats_taken" },
  { key: "given", kpi: "transfers" },
  { key: "toSkill", kpi: "transfers_to_skill" },
  { key: "takenOver", kpi: "transfers_taken_over" },
  { key: "received", kpi: "transfers_received" },
  { key: "takenBack", kpi: "transfers_taken_back" },
] as const;

/** And what share of them went on, or had an answer that was ready: ways of working, of which none is better. */
export const HAND_RATES = [
  { key: "transferred", kpi: "transfer_rate", unit: "share", basis: "chats", better: null },
  { key: "canned", kpi: "canned_rate", unit: "share", basis: "chats", better: null },
  { key: "edited", kpi: "canned_edited_rate", unit: "share", basis: "uses", better: null },
] as const satisfies readonly FigureColumn[];

/** What is told of a canned answer as one agent sends it, and of the conversations in which they do. */
export const ANSWER_EDITED = HAND_RATES[2];
export const ANSWER_OUTCOMES = [
  { key: "resolved", kpi: "fcr", unit: "share", basis: "contacts", better: "higher" },
  { key: "csat", kpi: "csat", unit: "share", basis: "answers", better: "higher" },
  { key: "bought", kpi: "conversion_after_chat", unit: "share", basis: "chats", better: "higher" },
] as const satisfies readonly FigureColumn[];
export type AnswerOutcome = (typeof ANSWER_OUTCOMES)[number];

export const FEWEST = { chats: 30, answers: 30, contacts: 30, uses: 30, hours: 8 } as const;

export type AgentFigure = { figure: Figure; few: { basis: keyof typeof FEWEST; n: number } | null };
/** A row of the API's figures. */
export type FigureRow = { group: string | null } & {
  readonly [kpi: string]: Figure | string | null | undefined;
};

export const NONE: Figure = { value: null, numerator: null, denominator: null, n: 0, interval: null };

/** The figure `kpi` of `row`; one that is not there is none. */
export function toldOf(row: FigureRow, kpi: string): Figure {
  const cell = row[kpi];
  return typeof cell === "object" && cell !== null ? cell : NONE;
}

/** The figure of `column`, or how little is known of it. */
export function figureOf(row: FigureRow, { kpi, basis }: FigureColumn): AgentFigure {
  const figure = toldOf(row, kpi);
  if (basis === null) return { figure, few: null };
  const n = basis === "hours" ? (toldOf(row, "agent_hours").value ?? 0) : figure.n;
  return n < FEWEST[basis] ? { figure: NONE, few: { basis, n } } : { figure, few: null };
}
