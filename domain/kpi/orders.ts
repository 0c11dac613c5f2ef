/**
 * Which orders count, for how much, and which chat they are credited to.
 *
 * An order counts once by its id, net of its refunds; one that is refunded whole does not count at all. Its chat is the
 * first answered one of the same person whose window holds the order: attributed, never incremental.
 */
import type { EpochMs } from "../ids.ts";
import type { ChatRow, KpiHistory, OrderRow, VisitRow } from "./history.ts";

export type OrderRule = {
  /** `confirmed` leaves out what only the visitor's browser told. */
  orders: "claimed" | "confirmed";
  currency: string;
  /** How long after the end of a chat's visit an order still belongs to the chat. */
  attributionMs: number;
};

/** An order that counts. `net` is 0 in a currency that is not the site's: nobody told us the rate. */
export type CountedOrder = OrderRow & { person: string; net: number };

/** An order as it was placed, with what was given back of it, in hundredths; 0 in a currency that is not the site's. */
export type PlacedOrder = CountedOrder & {
  netCents: number;
  grossCents: number;
  returned: boolean;
  /** Something of it is left, or nothing was given back: it counts. */
  kept: boolean;
  /** It is in the site's currency, so that its amount is known. */
  own: boolean;
};

/** `endsAt` is the end of the chat and of its visit; its window goes on for the attribution after that. */
export type AnsweredChat = ChatRow & { person: string; endsAt: EpochMs; windowEndsAt: EpochMs };

export function personOf(history: KpiHistory, visitor: string): string {
  return history.persons.get(visitor) ?? visitor;
}

/** An amount of money in whole hundredths. */
export const cents = (amount: number) => Math.round(amount * 100);

/** Every order of the rule, each with what is left of it, by time and id. */
export function placedOrders(history: KpiHistory, rule: OrderRule): PlacedOrder[] {
  const refunded = new Map<string, number>();
  for (const { order, amount, status } of history.refunds) {
    if (rule.orders === "confirmed" && status !== "confirmed") continue;
    refunded.set(order, (refunded.get(order) ?? 0) + (amount === null ? Infinity : cents(amount)));
  }
  return history.orders
    .filter(({ status }) => rule.orders === "claimed" || status === "confirmed")
    .map((order) => {
      const own = order.currency === rule.currency;
      const gross = cents(order.total);
      const left = Math.max(0, gross - (refunded.get(order.id) ?? 0));
      const returned = refunded.has(order.id);
      return {
        ...order,
        person: personOf(history, order.visitor),
        net: own ? left / 100 : 0,
        netCents: own ? left : 0,
        grossCents: own ? gross : 0,
        returned,
        kept: left > 0 || !returned,
        own,
      };
    })
    .toSorted((a, b) => a.at - b.at || compare(a.id, b.id));
}

/** The orders that count, by time and id. */
export function countedOrders(history: KpiHistory, rule: OrderRule): PlacedOrder[] {
  return placedOrders(history, rule).filter(({ kept }) => kept);
}

export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Where a visitor was at a moment: the last visit that had begun. */
export function visitFinder(
  visits: readonly VisitRow[],
): (visitor: string, at: EpochMs) => VisitRow | undefined {
  const byVisitor = Map.groupBy(
    visits.toSorted((a, b) => a.startedAt - b.startedAt || compare(a.id, b.id)),
    ({ visitor }) => visitor,
  );
  return (visitor, at) => byVisitor.get(visitor)?.findLast(({ startedAt }) => startedAt <= at);
}

/** The chats that an agent answered, with the end of their window, by time and id. */
export function answeredChats(history: KpiHistory, rule: OrderRule): AnsweredChat[] {
  const visitAt = visitFinder(history.visits);
  return history.chats
    .filter(({ answeredAt }) => answeredAt !== null)
    .map((chat) => {
      const visitEnd = visitAt(chat.visitor, chat.startedAt)?.endedAt ?? chat.startedAt;
      const end = Math.max(visitEnd, chat.closedAt ?? chat.startedAt, chat.startedAt);
      return {
        ...chat,
        person: personOf(history, chat.visitor),
        endsAt: end,
        windowEndsAt: end + rule.attributionMs,
      };
    })
    .toSorted((a, b) => a.startedAt - b.startedAt || compare(a.id, b.id));
}

/** What somebody did at a moment: an order, or whatever else a chat may be credited with. */
export type Done = { id: string; person: string; at: EpochMs };

export function inWindow(chat: AnsweredChat, order: Omit<Done, "id">): boolean {
  return chat.person === order.person && chat.startedAt <= order.at && order.at <= chat.windowEndsAt;
}

/** Each order's chat, by the order's id; an order without a chat has none. */
export function creditedChats(
  chats: readonly AnsweredChat[],
  orders: readonly Done[],
): Map<string, AnsweredChat> {
  const byPerson = Map.groupBy(chats, ({ person }) => person);
  const credited = new Map<string, AnsweredChat>();
  for (const order of orders) {
    const chat = byPerson.get(order.person)?.find((candidate) => inWindow(candidate, order));
    if (chat !== undefined) credited.set(order.id, chat);
  }
  return credited;
}
