/**
 * Who could be invited by a campaign, phase by phase, from history: a visitor id at its first eligible moment, with what was
 * bought and whom was called since. Units, and whose an order is, are those of the results (`domain/results`).
 *
 * Orders are those that a server confirmed, each with its id, net of confirmed refunds; an id that was seen in both arms
 * says nothing about either and is left out.
 */
import { and, asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { EMPTY_HISTORY, type OrderRow, type RefundRow } from "../../domain/kpi/history.ts";
import { countedOrders } from "../../domain/kpi/orders.ts";
import { unitsOf } from "../../domain/results/units.ts";
import { doingsOf } from "../../domain/results/whose.ts";
import type { Contact } from "../../domain/roi/contacts.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaignPhases } from "../../migrations/schema.ts";
import { joinOf } from "../results/read-phase.ts";

export type PhaseUnit = {
  id: string;
  phase: number;
  visitor: string;
  /** What it did is found under this: its own `id`, since the same visitor is another unit in another phase. */
  person: string;
  arm: "treated" | "holdout";
  eligibleAt: EpochMs;
  visitEndsAt: EpochMs;
};
export type BoughtOrder = { id: string; person: string; at: EpochMs; cents: number };
export type ToldContact = Contact & { id: string };
export type RunPhase = { phase: number; holdout: number; windowMs: number; startedAt: EpochMs };
export type CampaignUnits = { units: PhaseUnit[]; orders: BoughtOrder[]; contacts: ToldContact[] };

type Cells = (string | number | null)[];
const HOUR_MS = 3_600_000;

const OF_CAMPAIGN = "site = ?1 AND campaign_id = ?2 AND eligible_at < ?3";
/** Everybody of the campaign, and whom else a proven user of it has been. */
const VISITORS = `SELECT visitor_id FROM exposures WHERE ${OF_CAMPAIGN}
  UNION SELECT other.visitor_id FROM identities own
    JOIN identities other ON other.site = own.site AND other.user_id = own.user_id
    WHERE own.site = ?1 AND own.visitor_id IN (SELECT visitor_id FROM exposures WHERE ${OF_CAMPAIGN})`;
const MOMENTS = `SELECT e.id, e.visitor_id, e.phase, e.arm, e.eligible_at, coalesce(s.ended_at, s.last_at)
  FROM exposures e LEFT JOIN sessions s ON s.site = e.site AND s.id = e.session_id
  WHERE e.site = ?1 AND e.campaign_id = ?2 AND e.eligible_at < ?3`;
const ORDERS = `SELECT order_id, visitor_id, session_id, at, total, currency, status, covered
  FROM orders WHERE site = ?1 AND visitor_id IN (${VISITORS}) AND status = 'confirmed' AND at >= ?4`;
const REFUNDS = `SELECT r.id, r.order_id, r.amount, r.status FROM orders o
  JOIN refunds r ON r.site = o.site AND r.order_id = o.order_id
  WHERE o.site = ?1 AND o.visitor_id IN (${VISITORS}) AND r.status = 'confirmed' AND o.at >= ?4`;
const CONTACTS = `SELECT id, visitor_id, channel, at FROM contacts
  WHERE site = ?1 AND visitor_id IN (${VISITORS}) AND at >= ?4`;
const JOINS = `SELECT visitor_id, user_id, at FROM identities WHERE site = ?1 AND visitor_id IN (${VISITORS})`;

/** The phases that a campaign ran, oldest first. */
export async function runPhases(env: Env, site: SiteKey, campaign: string): Promise<RunPhase[]> {
  const rows = await drizzle(env.DB)
    .select()
    .from(campaignPhases)
    .where(and(eq(campaignPhases.site, site), eq(campaignPhases.campaignId, campaign)))
    .orderBy(asc(campaignPhases.phase));
  return rows.map(({ phase, body, startedAt }) => {
    const { holdout, window_hours } = CampaignInput.parse(JSON.parse(body));
    return { phase, holdout, windowMs: window_hours * HOUR_MS, startedAt };
  });
}

export type UnitsAsked = {
  from: EpochMs;
  to: EpochMs;
  currency: string;
  /** Which of what they did is read; the other list is empty. */
  of: "orders" | "contacts";
};

/** Those first eligible in `[from, to)`, phase by phase, with what they did from then on. */
export async function readUnits(
  env: Env,
  site: SiteKey,
  campaign: string,
  { from, to, currency, of }: UnitsAsked,
): Promise<CampaignUnits> {
  const read = (sql: string, ...more: number[]) =>
    env.DB.prepare(sql)
      .bind(site, campaign, to, ...more)
      .raw<Cells>();
  const [moments, orders, refunds, contacts, identities] = await Promise.all([
    read(MOMENTS),
    of === "orders" ? read(ORDERS, from) : [],
    of === "orders" ? read(REFUNDS, from) : [],
    of === "contacts" ? read(CONTACTS, from) : [],
    read(JOINS),
  ]);
  const joins = identities.map(joinOf);
  const history = { ...EMPTY_HISTORY, orders: orders.map(orderOf), refunds: refunds.map(refundOf) };
  const counted = countedOrders(history, { orders: "confirmed", currency, attributionMs: 0 });
  const units = firstMoments(moments.map(momentOf)).filter(({ eligibleAt }) => eligibleAt >= from);
  const ordersOf = doingsOf(counted, joins);
  const contactsOf = doingsOf(contacts.map(contactOf), joins);
  return {
    units,
    orders: units.flatMap(({ person, visitor, eligibleAt }) =>
      ordersOf(visitor, eligibleAt).map(({ id, at, netCents }) => ({ id, person, at, cents: netCents })),
    ),
    contacts: units.flatMap(({ person, visitor, eligibleAt }) =>
      contactsOf(visitor, eligibleAt).map(({ id, channel, at }) => ({ id, person, channel, at })),
    ),
  };
}

function contactOf([id, visitor, channel, at]: Cells) {
  const told: ToldContact["channel"] = channel === "email" ? "email" : "phone";
  return { id: String(id), visitor: String(visitor), channel: told, at: Number(at) };
}

function firstMoments(moments: readonly PhaseUnit[]): PhaseUnit[] {
  const byPhase = Map.groupBy(moments, ({ phase }) => phase);
  return [...byPhase.values()].flatMap((own) =>
    unitsOf(own, ({ arm }) => arm).flatMap(({ first, isMultiple }) => (isMultiple ? [] : [first])),
  );
}

function momentOf([id, visitor, phase, arm, at, endsAt]: Cells): PhaseUnit {
  const eligibleAt = Number(at);
  return {
    id: String(id),
    phase: Number(phase),
    visitor: String(visitor),
    person: String(id),
    arm: arm === "holdout" ? "holdout" : "treated",
    eligibleAt,
    visitEndsAt: Math.max(eligibleAt, Number(endsAt ?? eligibleAt)),
  };
}

function orderOf([id, visitor, session, at, total, currency, , covered]: Cells): OrderRow {
  return {
    id: String(id),
    visitor: String(visitor),
    session: session === null || session === undefined ? null : String(session),
    at: Number(at),
    total: Number(total),
    currency: String(currency),
    status: "confirmed",
    covered: covered === 1,
  };
}

function refundOf([id, order, amount]: Cells): RefundRow {
  return {
    id: String(id),
    order: String(order),
    amount: amount === null || amount === undefined ? null : Number(amount),
    status: "confirmed",
  };
}
