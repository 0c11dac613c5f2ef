/**
 * What the KPIs are counted from: rows of history, reduced to the fields that a definition asks for.
 *
 * Shapes  one type a table; `KpiHistory` is everything that a span of time needs, including what began before it.
 * Units   moments are `EpochMs`, money is in major units of `currency`.
 */
import type { EpochMs } from "../ids.ts";

export type VisitRow = {
  id: string;
  visitor: string;
  startedAt: EpochMs;
  /** Its last event while it lasts, then its end. */
  endedAt: EpochMs;
  covered: boolean;
  eligible: boolean;
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
  answeredAt: EpochMs | null;
  closedAt: EpochMs | null;
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

export type SurveyRow = {
  conversation: string;
  at: EpochMs;
  csat: number | null;
  nps: number | null;
  ces: number | null;
  resolved: boolean | null;
};

export type AgentStateRow = {
  agent: string;
  state: "online" | "away" | "offline";
  startedAt: EpochMs;
  endedAt: EpochMs | null;
};

export type KpiHistory = {
  visits: readonly VisitRow[];
  exposures: readonly ExposureRow[];
  chats: readonly ChatRow[];
  orders: readonly OrderRow[];
  refunds: readonly RefundRow[];
  surveys: readonly SurveyRow[];
  agentStates: readonly AgentStateRow[];
  /** Visitor → the proven user that they are; absent, a visitor is a person of their own. */
  persons: ReadonlyMap<string, string>;
};

export const EMPTY_HISTORY: KpiHistory = {
  visits: [],
  exposures: [],
  chats: [],
  orders: [],
  refunds: [],
  surveys: [],
  agentStates: [],
  persons: new Map(),
};
