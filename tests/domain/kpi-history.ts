/** Rows of history for the tests of figures: one at a time by hand, or a whole generated shop. */
import * as fc from "fast-check";
import type { Handover } from "../../domain/chat/handovers.ts";
import type { KpiScope } from "../../domain/kpi/counting.ts";
import {
  type AgentStateRow,
  type ChatRow,
  EMPTY_HISTORY,
  type ExemptRow,
  type ExposureRow,
  type KpiHistory,
  type LeadRow,
  type OrderRow,
  type RefundRow,
  type SurveyRow,
  type VisitRow,
} from "../../domain/kpi/history.ts";
import { kpiRows, type KpiRow } from "../../domain/kpi/measure.ts";
import { DAYS_OF_WEEK } from "../../domain/site/days.ts";
import { SURVEY_QUESTIONS } from "../../domain/site/survey-questions.ts";
import { type OpenDays, readOpenDays } from "../../domain/site/open-days.ts";

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Thursday, 10:00 in Paris. */
export const T0 = Date.parse("2026-11-19T09:00:00Z");

export const scope: KpiScope = {
  from: T0 - HOUR,
  to: T0 + DAY,
  now: T0 + 10 * DAY,
  zone: "Europe/Paris",
  groupBy: null,
  orders: "claimed",
  currency: "EUR",
  attributionMs: 48 * HOUR,
};

let made = 0;
export const nextId = (prefix: string) => `${prefix}${(made += 1)}`;

export function visit(visitor: string, startedAt: number, more: Partial<VisitRow> = {}): VisitRow {
  const base = { id: nextId("ses"), visitor, startedAt, endedAt: startedAt + 20 * MINUTE };
  const facts = { covered: false, eligible: false, suppressed: false, channel: null, device: null };
  return { ...base, ...facts, ...more };
}
export function exposure(visitor: string, eligibleAt: number, more: Partial<ExposureRow> = {}): ExposureRow {
  const base = { id: nextId("dec"), visitor, session: "ses", campaign: "cmp_a", phase: 1, variant: "a" };
  const seen = { shown: true, opened: false, declined: false, ignored: false };
  return { ...base, kind: "chat", arm: "treated", eligibleAt, ...seen, ...more };
}
/** Answered after half a minute, and open, unless `more` says otherwise. */
export function chat(visitor: string, startedAt: number, more: Partial<ChatRow> = {}): ChatRow {
  const offer = { decision: null, campaign: null, variant: null, skill: null, agent: "usr_lea" };
  const base = { id: nextId("cnv"), visitor, startedAt, answeredAt: startedAt + 30 * SECOND, closedAt: null };
  const room = { queuedAt: null, assignedAt: null, lastMessageAt: null, closeReason: null, leftAt: null };
  const told = { answeredBy: null, handovers: [], canned: [], surveyAsked: null, surveyQuestions: null };
  return { ...base, ...room, ...offer, ...told, ...more };
}
export function order(visitor: string, at: number, total: number, more: Partial<OrderRow> = {}): OrderRow {
  const base = { id: nextId("ord"), visitor, session: null, at, total };
  return { ...base, currency: "EUR", status: "claimed", covered: false, ...more };
}
export function refund(of: OrderRow, amount: number | null, more: Partial<RefundRow> = {}): RefundRow {
  return { id: nextId("ref"), order: of.id, amount, status: "claimed", ...more };
}
export function lead(visitor: string, at: number, more: Partial<LeadRow> = {}): LeadRow {
  return { id: nextId("led"), visitor, at, value: null, currency: null, ...more };
}
export function survey(of: ChatRow, more: Partial<SurveyRow> = {}): SurveyRow {
  const none = { csat: null, nps: null, ces: null, resolved: null, otherwise: false };
  return { conversation: of.id, at: of.startedAt, ...none, ...more };
}
export function online(
  agent: string,
  startedAt: number,
  endedAt: number | null,
  more: Partial<AgentStateRow> = {},
): AgentStateRow {
  return { agent, state: "online", capacity: 3, startedAt, endedAt, ...more };
}

export function history(parts: Partial<KpiHistory>): KpiHistory {
  return { ...EMPTY_HISTORY, ...parts };
}
/** The one row of `parts`. */
export function whole(parts: Partial<KpiHistory>, more: Partial<KpiScope> = {}): KpiRow {
  const [row] = kpiRows(history(parts), { ...scope, ...more });
  if (row === undefined) throw new Error("no row");
  return row;
}

/** Every day from nine to six. */
export function nineToSix(timezone: string): OpenDays {
  return readOpenDays(
    [
      {
        dayOfWeek: [...DAYS_OF_WEEK].filter((day) => day !== "PublicHolidays"),
        opens: "09:00",
        closes: "18:00",
      },
    ],
    { timezone, holidays: { calendar: "none", dates: [] } },
  );
}

/** One that says from whom to whom, be it so many milliseconds after the one before. */
export const arbitraryHandover = fc.oneof(
  fc.record({
    kind: fc.constantFrom("transferred" as const, "taken_over" as const, "taken_back" as const),
    from: fc.constantFrom(null, "usr_lea", "usr_hugo"),
    to: fc.constantFrom("usr_lea", "usr_hugo", "usr_anne"),
    skill: fc.constantFrom(null, "sizes"),
    after: fc.constantFrom(0, MINUTE, HOUR),
  }),
  fc.record({
    kind: fc.constant("assigned" as const),
    from: fc.constant(null),
    to: fc.constantFrom("usr_lea", "usr_hugo", "usr_anne"),
    skill: fc.constant(null),
    after: fc.constantFrom(0, MINUTE, HOUR),
  }),
  fc.record({
    kind: fc.constant("requeued" as const),
    from: fc.constantFrom("usr_lea", "usr_hugo"),
    to: fc.constant(null),
    skill: fc.constant(null),
    after: fc.constantFrom(0, MINUTE, HOUR),
  }),
);
/** In order, from `start` on. */
export function handsFrom(
  start: number,
  hands: readonly ({ after: number } & Omit<Handover, "at">)[],
): Handover[] {
  let at = start;
  return hands.map(({ after, ...hand }) => ({ ...hand, at: (at += after) }));
}
const arbitraryCanned = fc.record({
  agent: fc.constantFrom("usr_lea", "usr_hugo", "usr_zoe"),
  canned: fc.constantFrom("can_1", "can_2"),
  edited: fc.boolean(),
});

/** A few days of a small shop from `start`: several visits of few people, chats, orders, refunds and merged devices. */
export function arbitraryShop(start: number, days: number): fc.Arbitrary<KpiHistory> {
  const step = fc.record({
    who: fc.constantFrom("a", "b", "c", "d", "e"),
    at: fc.integer({ min: start, max: start + days * DAY }),
    eligible: fc.boolean(),
    covered: fc.boolean(),
    channel: fc.constantFrom(null, "seo", "direct"),
    device: fc.constantFrom("phone", "desktop"),
    offered: fc.constantFrom("none", "treated", "holdout"),
    campaign: fc.constantFrom("cmp_a", "cmp_b"),
    chats: fc.boolean(),
    agent: fc.constantFrom("usr_lea", "usr_hugo"),
    skill: fc.constantFrom(null, "sizes"),
    hands: fc.option(fc.array(arbitraryHandover, { maxLength: 4 })),
    answeredBy: fc.constantFrom(null, "usr_lea", "usr_anne"),
    idle: fc.boolean(),
    left: fc.option(fc.integer({ min: 0, max: HOUR })),
    canned: fc.array(arbitraryCanned, { maxLength: 3 }),
    reply: fc.option(fc.integer({ min: 0, max: 5 * HOUR })),
    lasts: fc.option(fc.integer({ min: 0, max: 3 * HOUR })),
    csat: fc.option(fc.integer({ min: 1, max: 5 })),
    resolved: fc.option(fc.boolean()),
    otherwise: fc.boolean(),
    asked: fc.option(fc.boolean()),
    questions: fc.option(fc.subarray([...SURVEY_QUESTIONS])),
    buysAfter: fc.option(fc.integer({ min: 0, max: 70 * HOUR })),
    leadsAfter: fc.option(fc.integer({ min: 0, max: 70 * HOUR })),
    cents: fc.integer({ min: 1, max: 50_000 }),
    back: fc.option(fc.integer({ min: 1, max: 60_000 })),
    online: fc.option(fc.integer({ min: 1, max: 30 * HOUR })),
    pageViews: fc.nat(5),
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  const merged = fc.subarray(["a", "b", "c"]);
  return fc.tuple(fc.array(step, { maxLength: 30 }), merged).map(([steps, same]) =>
    history({
      ...shopOf(steps.map((one: Step, index) => partsOf(one, index, start))),
      persons: new Map(same.map((visitor) => [visitor, "user:1"])),
    }),
  );

  function partsOf(one: Step, index: number, first: number): Partial<KpiHistory> {
    const { who, at, campaign } = one;
    const offered = one.offered === "none" ? null : { decision: `d${index}`, campaign, variant: "a" };
    const arm = one.offered === "holdout" ? "holdout" : "treated";
    const answeredAt = one.reply === null ? null : at + one.reply;
    const closedAt = one.lasts === null ? null : (answeredAt ?? at) + one.lasts;
    const talk = chat(who, at, {
      id: `c${index}`,
      ...(arm === "treated" && offered),
      agent: one.agent,
      skill: one.skill,
      handovers: one.hands === null ? null : handsFrom(at, one.hands),
      canned: one.hands === null ? [] : one.canned.map((use) => ({ ...use, at })),
      answeredAt,
      assignedAt: answeredAt === null ? null : at + Math.floor((answeredAt - at) / 2),
      answeredBy: answeredAt === null ? null : one.answeredBy,
      lastMessageAt: answeredAt ?? at,
      closedAt,
      closeReason: closedAt === null ? null : one.idle ? "idle" : "agent",
      leftAt: closedAt === null || one.left === null ? null : Math.min(closedAt, at + one.left),
      surveyAsked: closedAt === null ? null : one.asked,
      surveyQuestions: closedAt === null || one.asked === null ? null : one.asked ? one.questions : [],
    });
    const bought = order(who, at + (one.buysAfter ?? 0), one.cents / 100, {
      id: `o${index}`,
      covered: one.covered,
    });
    const says = {
      csat: one.csat,
      nps: one.csat === null ? null : 2 * one.csat,
      resolved: one.resolved,
      otherwise: one.otherwise,
    };
    const asked = one.csat !== null || one.resolved !== null || one.otherwise;
    const { eligible, covered, channel, device } = one;
    return {
      visits: [visit(who, at, { id: `s${index}`, eligible, covered, suppressed: covered, channel, device })],
      exposures: offered
        ? [exposure(who, at, { id: `d${index}`, campaign, arm, shown: arm === "treated" })]
        : [],
      chats: one.chats ? [talk] : [],
      surveys: one.chats && asked ? [survey(talk, says)] : [],
      orders: one.buysAfter === null ? [] : [bought],
      refunds:
        one.buysAfter === null || one.back === null
          ? []
          : [refund(bought, one.back / 100, { id: `r${index}` })],
      leads: one.leadsAfter === null ? [] : [lead(who, at + one.leadsAfter, { id: `l${index}` })],
      agentStates: one.online === null ? [] : [online(one.agent, at, at + one.online)],
      exempt: one.pageViews === 0 ? [] : [{ hour: hourOf(at, first), pageViews: one.pageViews }],
    };
  }
}

function hourOf(at: number, start: number): number {
  return start + Math.floor((at - start) / HOUR) * HOUR;
}

function shopOf(parts: readonly Partial<KpiHistory>[]): Partial<KpiHistory> {
  return {
    visits: parts.flatMap(({ visits = [] }) => [...visits]),
    exposures: parts.flatMap(({ exposures = [] }) => [...exposures]),
    chats: parts.flatMap(({ chats = [] }) => [...chats]),
    surveys: parts.flatMap(({ surveys = [] }) => [...surveys]),
    orders: parts.flatMap(({ orders = [] }) => [...orders]),
    refunds: parts.flatMap(({ refunds = [] }) => [...refunds]),
    leads: parts.flatMap(({ leads = [] }) => [...leads]),
    agentStates: parts.flatMap(({ agentStates = [] }) => [...agentStates]),
    exempt: parts.flatMap(({ exempt = [] }) => [...exempt]) satisfies ExemptRow[],
  };
}
