/**
 * What the KPIs are counted from: rows of history, reduced to the fields that a definition asks for.
 *
 * Shapes  one type a table; `KpiHistory` is everything that a span of time needs, including what began before it.
 * Units   moments are `EpochMs`, money is in major units of `currency`.
 */
import type { Handover, SentCanned } from "../chat/handovers.ts";
import type { EpochMs } from "../ids.ts";
import type { SurveyQuestion } from "../site/survey-questions.ts";

export type VisitRow = {
  id: string;
  visitor: string;
  startedAt: EpochMs;
  /** Its last event while it lasts, then its end. */
  endedAt: EpochMs;
  covered: boolean;
  eligible: boolean;
  /** Some campaign's condition held, and it was not shown because no agent was free. */
  suppressed: boolean;
  channel: string | null;
  device: string | null;
};

export type ExposureRow = {
  id: string;
  visitor: string;
  session: string;
  campaign: string;
  phase: number;
  variant: string;
  kind: string;
  arm: "treated" | "holdout";
  eligibleAt: EpochMs;
  shown: boolean;
  opened: boolean;
  declined: boolean;
  ignored: boolean;
};

export type ChatRow = {
  id: string;
  visitor: string;
  decision: string | null;
  /** Of the exposure that `decision` names. */
  campaign: string | null;
  variant: string | null;
  skill: string | null;
  agent: string | null;
  /** The visitor's first message; before it there is no conversation to count. */
  startedAt: EpochMs;
  queuedAt: EpochMs | null;
  /** When an agent first took it; it may stay silent after that. */
  assignedAt: EpochMs | null;
  /** The first message of a person to the visitor: no note, no machine. */
  answeredAt: EpochMs | null;
  lastMessageAt: EpochMs | null;
  closedAt: EpochMs | null;
  /** `idle`: it was closed because nobody had said anything for a while. */
  closeReason: string | null;
  /** When its visitor was last there; null while it goes on, and of one that ended before that was told. */
  leftAt: EpochMs | null;
  /** Who wrote the message of `answeredAt`; null where nobody did, and of one that was answered before that was told. */
  answeredBy: string | null;
  /** How it went from agent to agent, oldest first; null of one that ended before this was told. */
  handovers: readonly Handover[] | null;
  /** The canned answers that agents sent in it. */
  canned: readonly SentCanned[];
  /** Whether its visitor was asked what they thought; null while it goes on, and of one that ended before that was told. */
  surveyAsked: boolean | null;
  /** What they were asked; null while it goes on, and of one that ended before that was told. */
  surveyQuestions: readonly SurveyQuestion[] | null;
};

export type OrderRow = {
  id: string;
  visitor: string;
  session: string | null;
  at: EpochMs;
  total: number;
  currency: string;
  status: "claimed" | "confirmed";
  covered: boolean;
};

export type RefundRow = { id: string; order: string; amount: number | null; status: "claimed" | "confirmed" };

export type LeadRow = {
  id: string;
  visitor: string;
  at: EpochMs;
  value: number | null;
  currency: string | null;
};

export type SurveyRow = {
  conversation: string;
  at: EpochMs;
  csat: number | null;
  nps: number | null;
  ces: number | null;
  resolved: boolean | null;
  /** Something else was answered: a face, or in words. */
  otherwise: boolean;
};

export type AgentStateRow = {
  agent: string;
  state: "online" | "away" | "offline";
  /** How many conversations at once. */
  capacity: number;
  startedAt: EpochMs;
  endedAt: EpochMs | null;
};

/** Page views of visitors without consent in the hour that begins at `hour`. */
export type ExemptRow = { hour: EpochMs; pageViews: number };

export type KpiHistory = {
  visits: readonly VisitRow[];
  exposures: readonly ExposureRow[];
  chats: readonly ChatRow[];
  orders: readonly OrderRow[];
  refunds: readonly RefundRow[];
  leads: readonly LeadRow[];
  surveys: readonly SurveyRow[];
  agentStates: readonly AgentStateRow[];
  exempt: readonly ExemptRow[];
  /** Visitor → the proven user that they are; absent, a visitor is a person of their own. */
  persons: ReadonlyMap<string, string>;
};

export const EMPTY_HISTORY: KpiHistory = {
  visits: [],
  exposures: [],
  chats: [],
  orders: [],
  refunds: [],
  leads: [],
  surveys: [],
  agentStates: [],
  exempt: [],
  persons: new Map(),
};
