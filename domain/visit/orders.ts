/**
 * Orders, refunds and leads of a visitor, and contacts beside the chat.
 *
 * One row an order id: a claim never replaces anything, a confirmed amount replaces a claimed one.
 */
import type { Event } from "../events/event.ts";
import { recordContact } from "./contact.ts";
import { moneyOf, orderDiscount, orderItems, orderTotal, refundAmount, textOf } from "./commerce.ts";
import { recordKey, type RecordOf } from "../history/records.ts";
import { LEAD_EVENT } from "../site/success.ts";
import { keepOwed, queueOrder, queueWaiting } from "./outgoing.ts";
import type { RecordContext, Recorded } from "./record.ts";
import { type KnownOrder, MAX_ORDERS, type VisitorState } from "./state.ts";

/** `before` with the order, refund, contact or lead of `event` noted; unchanged for other events. */
export function recordCommerce(before: Recorded, event: Event, context: RecordContext): Recorded {
  const noted = recordNamed(before, event, context);
  return noted.rejected === before.rejected ? recordLead(noted, event, context) : noted;
}

function recordNamed(before: Recorded, event: Event, context: RecordContext): Recorded {
  switch (event.name) {
    case "Order Completed":
      return complete(before, event, context);
    case "Order Refunded":
      return refund(before, event, context);
    default:
      return recordContact(before, event, context);
  }
}

function complete(before: Recorded, event: Event, context: RecordContext): Recorded {
  const orderId = textOf(event.properties.order_id);
  const total = orderTotal(event.properties, context.orderAmount);
  const currency = (textOf(event.properties.currency) ?? context.currency).toUpperCase();
  if (orderId === null) return reject(before, event, "an order names its order_id", "properties.order_id");
  if (total === null)
    return reject(before, event, "the order's total is no amount of money from 0 up", "properties.total");
  if (!/^[A-Z]{3}$/.test(currency))
    return reject(before, event, "an ISO 4217 code such as EUR", "properties.currency");

  const { state } = before;
  const known = state.recentOrders.find((order) => order.id === orderId);
  const status = context.trusted ? "confirmed" : "claimed";
  if (known !== undefined && status === "claimed") return before;
  const order: KnownOrder = {
    table: "orders",
    id: orderId,
    revision: (known?.revision ?? 0) + 1,
    visitor_id: state.visitor,
    user_id: state.userId,
    session_id: known?.session_id ?? state.visit?.id ?? null,
    at: known?.at ?? event.at,
    received_at: known?.received_at ?? context.now,
    total,
    discount: orderDiscount(event.properties) ?? known?.discount ?? null,
    currency,
    status,
    items: orderItems(event.properties),
    covered: known?.covered ?? context.covered,
  };
  const others = state.recentOrders.filter((other) => other.id !== orderId);
  const refunded = state.refunded[orderId] ?? 0;
  const recentOrders = keepOwed(state, [...others, order], MAX_ORDERS, recordKey);
  const after = {
    ...state,
    recentOrders,
    orders: state.orders + (known === undefined ? 1 : 0),
    lifetimeValue: worthWith(state, left(known, refunded), left(order, refunded)),
  };
  return { ...before, state: queueOrder(after, order, context.now) };
}

function refund(before: Recorded, event: Event, context: RecordContext): Recorded {
  const orderId = textOf(event.properties.order_id);
  if (orderId === null) return reject(before, event, "a refund names its order_id", "properties.order_id");
  const stated = event.properties.total ?? event.properties.value ?? null;
  const amount = stated === null ? null : refundAmount(event.properties, context.orderAmount);
  if (stated !== null && amount === null) {
    return reject(before, event, "the refund's total is not an amount of money", "properties.total");
  }
  const record = {
    table: "refunds" as const,
    id: `${orderId}:${event.id}`,
    revision: 1,
    order_id: orderId,
    visitor_id: before.state.visitor,
    at: event.at,
    amount,
    status: context.trusted ? ("confirmed" as const) : ("claimed" as const),
  };
  return { ...before, state: queueWaiting(takeBack(before.state, record), record, context.now) };
}

/** Gives back all of an order, whatever it turns out to have brought. */
const WHOLE = Number.MAX_VALUE;

/**
 * `given` is taken off what its order brought. What was told is kept as it was told, because the order's amount may
 * still be corrected. As with orders, a claim takes nothing from what was confirmed.
 */
function takeBack(state: VisitorState, given: RecordOf<"refunds">): VisitorState {
  const order = state.recentOrders.find(({ id }) => id === given.order_id);
  if (order === undefined || (order.status === "confirmed" && given.status === "claimed")) return state;
  const before = state.refunded[order.id] ?? 0;
  const told = Math.min(before + (given.amount ?? WHOLE), WHOLE);
  const known = new Set(state.recentOrders.map(({ id }) => id));
  const others = Object.entries(state.refunded).filter(([id]) => known.has(id));
  return {
    ...state,
    lifetimeValue: worthWith(state, left(order, before), left(order, told)),
    refunded: { ...Object.fromEntries(others), [order.id]: told },
  };
}

/** What is left of an order once `refunded` went back: never less than nothing. */
function left(order: KnownOrder | undefined, refunded: number): number {
  return Math.max(0, (order?.total ?? 0) - refunded);
}

/** What the visitor is worth when one order's `was` is `now`; sums of cents may end a hair below nothing. */
function worthWith({ lifetimeValue }: VisitorState, was: number, now: number): number {
  return Math.max(0, lifetimeValue - was + now);
}

/** A lead is told by the event of a goal, or by `LEAD_EVENT`, and says all the goals that it reached. */
function recordLead(before: Recorded, event: Event, context: RecordContext): Recorded {
  const { leadGoals } = context;
  const reached = (leadGoals ?? []).filter((goal) => (goal.event ?? LEAD_EVENT) === event.name);
  if (reached.length === 0 && event.name !== LEAD_EVENT) return before;
  const told = moneyOf(event.properties.value);
  const goals = Object.fromEntries(reached.map(({ key, value }) => [key, told ?? value ?? null]));
  const currency = told === null ? null : textOf(event.properties.currency);
  const record = {
    table: "leads" as const,
    id: event.id,
    revision: 1,
    visitor_id: before.state.visitor,
    session_id: before.state.visit?.id ?? null,
    at: event.at,
    value: told ?? Object.values(goals).find((value) => value !== null) ?? null,
    currency: currency?.slice(0, 3) ?? context.currency,
    goals: leadGoals === undefined ? null : goals,
  };
  return { ...before, state: queueWaiting(before.state, record, context.now) };
}

function reject(before: Recorded, event: Event, message: string, path: string): Recorded {
  return {
    ...before,
    rejected: [...before.rejected, { messageId: event.id, code: "invalid", message, path }],
  };
}
