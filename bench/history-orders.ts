/** What a generated visitor brought: an order, what went back of it, and a lead. */
import type { HistoryRecord, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { diceOf, hashOf } from "./dice.ts";
import type { Pen, Visit } from "./history-visit.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const RATES = { confirmed: 0.85, refunded: 0.06 };
/** What a lead may reach, and what it is worth there. */
const GOALS: Record<string, number | null> = { quote: 40, call: null };

/** An order of `visit`, placed in it from `from` on, or days after it. */
export function* ordersOf(pen: Pen, visit: Visit, from: EpochMs): Generator<HistoryRecord> {
  const { dice, until } = pen;
  const later = dice.chance(0.15);
  const at = later
    ? visit.end + Math.floor(dice.next() * 60 * HOUR_MS)
    : from + Math.floor((visit.end - from) * dice.next()) + dice.below(20 * MINUTE_MS);
  if (at >= until) return;
  yield* orderAt(pen, visit, { at, session: later ? null : visit.session });
}

/** An order at a moment, and what went back of it. */
export function* orderAt(
  { dice, until, currency, idOf }: Pen,
  visit: Visit,
  { at, session }: { at: EpochMs; session: string | null },
): Generator<HistoryRecord> {
  const id = idOf("ord");
  const total = Math.round(100 * Math.exp(4.1 + 0.6 * dice.normal())) / 100;
  const confirmed = dice.chance(RATES.confirmed);
  yield {
    table: "orders",
    id,
    revision: 2,
    visitor_id: visit.visitor.id,
    user_id: visit.visitor.user,
    session_id: session,
    at,
    received_at: at + dice.below(5_000),
    total,
    currency: dice.chance(0.01) ? "CHF" : currency,
    status: confirmed ? "confirmed" : "claimed",
    items: 1 + dice.below(4),
    covered: visit.covered,
  };
  const back = at + Math.floor(dice.next() * 20 * DAY_MS);
  if (!dice.chance(RATES.refunded) || back >= until) return;
  yield {
    table: "refunds",
    id: idOf("ref"),
    revision: 1,
    order_id: id,
    visitor_id: visit.visitor.id,
    at: back,
    amount: dice.chance(0.5) ? null : Math.round(total * 100 * dice.next()) / 100,
    status: confirmed ? "confirmed" : "claimed",
  };
}

/** A lead of `visit`, with the goals that it reached where its owner knew of any. */
export function leadOf(
  { dice, currency, idOf }: Pen,
  visit: Visit,
  at: EpochMs = visit.end,
): RecordOf<"leads"> {
  const valued = dice.chance(0.6);
  const id = idOf("lead");
  const own = diceOf(hashOf(id));
  return {
    table: "leads",
    id,
    revision: 1,
    visitor_id: visit.visitor.id,
    session_id: visit.session,
    at,
    value: valued ? 10 + dice.below(200) : null,
    currency: valued ? currency : null,
    ...(own.chance(0.2)
      ? {}
      : { goals: Object.fromEntries(Object.entries(GOALS).filter(() => own.chance(0.7))) }),
  };
}
