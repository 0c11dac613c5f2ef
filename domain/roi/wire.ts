/** What the API answers of business cases, contacts and statements, in the names that screens and callers read. */
import * as z from "zod";
import { Criterion } from "../objectives/objective.ts";
import { Agreement } from "./agreement.ts";
import { CASE_INPUTS } from "./case-inputs.ts";
import type { ComparedRow } from "./comparison.ts";
import type { ContactCosts } from "./contact-costs.ts";
import { CONTACT_CHANNELS, CONTACT_STATES, type ContactEffect } from "./contacts.ts";
import type { Expectation } from "./expectation.ts";
import type { Statement } from "./statement.ts";

const known = z.number().nullable();
const expected = z.object({ low: z.number(), middle: z.number(), high: z.number() });
const ranged = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const WireExpectation = z.object({
  chats: expected,
  incremental_orders: expected,
  incremental_revenue: expected,
  incremental_margin: expected,
  cost: expected,
  net: expected,
  roi: expected.nullable(),
  payback_months: z.object({ low: known, middle: known, high: known }),
  chance_to_pay: z.number(),
  drivers: z.array(z.object({ input: z.enum(CASE_INPUTS), share: z.number() })),
});
export type WireExpectation = z.infer<typeof WireExpectation>;

export const WireCaseReport = z.object({
  id: z.string(),
  expectation: WireExpectation,
  /** When its campaign began, and whether the case was last written before that. */
  began_at: z.string().nullable(),
  written_before: z.boolean(),
  /** The state of the campaign's result; null where it has not begun. */
  result_state: z.string().nullable(),
  measured_visitors: z.int(),
  rows: z.array(
    z.object({
      figure: z.enum(["incremental_orders", "incremental_revenue", "net"]),
      expected,
      measured: ranged.nullable(),
      says: z.enum(["above", "within", "below", "undecided", "not_measured"]),
    }),
  ),
});
export type WireCaseReport = z.infer<typeof WireCaseReport>;

const contactArm = z.object({ visitors: z.int(), contacting: z.int(), contacts: z.int() });
export const WireContacts = z.object({
  span: z.object({ from: z.string(), to: z.string() }),
  currency: z.string(),
  costs: z.object({
    chats: z.int(),
    agent_hours: z.number(),
    agents: known,
    platform: known,
    total: known,
    per_chat: ranged.nullable(),
    per_call: known,
    per_email: known,
  }),
  campaign: z.string().nullable(),
  phase: z.int().nullable(),
  effects: z.array(
    z.object({
      channel: z.enum(["any", ...CONTACT_CHANNELS]),
      hours: z.int(),
      treated: contactArm,
      holdout: contactArm,
      /** Why nothing is said where that is so. */
      state: z.enum(CONTACT_STATES),
      /** Safe to look at on any day, or the one reading at the planned end. */
      basis: z.enum(["sequential", "final"]).nullable(),
      difference: ranged.nullable(),
      deflected: ranged.nullable(),
      /** What those contacts would have cost; null where nobody said what one costs. */
      saved: ranged.nullable(),
    }),
  ),
});
export type WireContacts = z.infer<typeof WireContacts>;

const StatementGoal = Criterion.extend({
  reading: known,
  n: z.number(),
  /** Whether each event that it is counted from is among those of the statement. */
  listed: z.boolean().default(false),
  state: z.enum(["met", "missed", "too_few"]),
});
export const WireStatement = z.object({
  due: z.number(),
  reason: z.enum([
    "due",
    "no_goal",
    "goal_missed",
    "below_minimum",
    "nothing_added",
    "not_proven",
    "not_measured",
  ]),
  quantity: ranged.nullable(),
  lines: z.array(
    z.object({
      campaign: z.string(),
      phase: z.int(),
      treated: z.int(),
      holdout: z.int(),
      counted: z.object({ treated: z.number(), holdout: z.number() }),
      state: z.enum(["counted", "not_measurable", "unusable_split", "too_few"]),
      quantity: ranged.nullable(),
    }),
  ),
  goals: z.array(StatementGoal),
});
export type WireStatement = z.infer<typeof WireStatement>;

const Change = z.object({ change: z.enum(["added", "removed"]), line: z.string() });
export const WireIssued = z.object({
  revision: z.int(),
  issued_at: z.string(),
  issued_by: z.string(),
  digest: z.string(),
  due: z.number(),
  /** What an amended one changed against the one before it: how many lines, and the first of them. */
  changed_lines: z.int(),
  changes: z.array(Change),
});
export const WireMonth = z.object({
  agreement: z.string(),
  terms: Agreement,
  state: z.enum(["open", "ready", "issued", "changed"]),
  /** From when on it may be issued, as far as is known now. */
  matures_at: z.string(),
  statement: WireStatement,
  digest: z.string(),
  events: z.int(),
  /** All that was issued, the last first. */
  issued: z.array(WireIssued),
  /** Whether the last one, counted again from its own events, comes to the same cent and digest. */
  reproduced: z.boolean().nullable(),
  /** What history says now where it is no longer what was issued. */
  now: z.object({ due: z.number(), changed_lines: z.int(), changes: z.array(Change) }).nullable(),
});
export type WireMonth = z.infer<typeof WireMonth>;

export function wireExpectation(of: Expectation): WireExpectation {
  return {
    chats: of.chats,
    incremental_orders: of.incrementalOrders,
    incremental_revenue: of.incrementalRevenue,
    incremental_margin: of.incrementalMargin,
    cost: of.cost,
    net: of.net,
    roi: of.roi,
    payback_months: of.paybackMonths,
    chance_to_pay: of.chanceToPay,
    drivers: of.drivers,
  };
}

export function wireRows(rows: readonly ComparedRow[]): WireCaseReport["rows"] {
  return rows.map(({ figure, expected: foreseen, measured, says }) => ({
    figure,
    expected: foreseen,
    measured,
    says,
  }));
}

export function wireCosts(costs: ContactCosts): WireContacts["costs"] {
  const { chats, agentHours, agents, platform, total, perChat, phone, email } = costs;
  return {
    chats,
    agent_hours: agentHours,
    agents,
    platform,
    total,
    per_chat: perChat,
    per_call: phone,
    per_email: email,
  };
}

/** Of a channel; of any channel nothing is told, since a call and an e-mail cost differently. */
export function wireEffect(effect: ContactEffect, costs: ContactCosts): WireContacts["effects"][number] {
  const { channel, deflected } = effect;
  const each = channel === "phone" ? costs.phone : channel === "email" ? costs.email : null;
  const saved =
    each === null || deflected === null
      ? null
      : { value: deflected.value * each, low: deflected.low * each, high: deflected.high * each };
  return { ...effect, saved };
}

export function wireStatement({ due, reason, quantity, lines, goals }: Statement): WireStatement {
  return { due, reason, quantity, lines: [...lines], goals: [...goals] };
}
