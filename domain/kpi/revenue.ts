/** What was ordered, what became a lead, and what of it chats are credited with. */
import { type Counting, countIn, countVisitorDaysOf, enteredBy, within } from "./counting.ts";
import type { Entry } from "./entries.ts";
import { type AnsweredChat, cents, personOf, type PlacedOrder } from "./orders.ts";

/** The chats that orders are credited to: which one an order has, and which orders one has. */
export type Credits = {
  chatOf: ReadonlyMap<string, AnsweredChat>;
  ordersOf: ReadonlyMap<string, PlacedOrder[]>;
};

/** Orders stand in the row of their own moment; what a chat is credited with, in the row of the chat. */
export function countOrders(counting: Counting, { chatOf }: Credits): void {
  const { orders, placed, visitAt } = counting;
  const things = orders.map((order) => ({
    at: order.at,
    person: order.person,
    visit: visitAt(order.visitor, order.at),
    entered: enteredBy(counting, order),
    order,
    chat: chatOf.get(order.id),
  }));
  for (const { at, visit, entered, order, chat } of things) {
    if (within(counting, at)) {
      countIn(counting, { at, visit, entered }, (tally) => {
        tally.total_orders += 1;
        tally.total_revenue_cents += order.netCents;
        tally.orders_covered += order.covered ? 1 : 0;
        tally.orders_in_other_currency += order.own ? 0 : 1;
        tally.row_assisted_orders += chat === undefined ? 0 : 1;
        tally.row_assisted_in_other_currency += chat === undefined || order.own ? 0 : 1;
        tally.row_assisted_revenue_cents += chat === undefined ? 0 : order.netCents;
      });
    }
    if (chat === undefined || !within(counting, chat.startedAt)) continue;
    const place = { at: chat.startedAt, chat, visit: visitAt(chat.visitor, chat.startedAt) };
    countIn(counting, place, (tally) => {
      tally.assisted_orders += 1;
      tally.assisted_in_other_currency += order.own ? 0 : 1;
      tally.assisted_revenue_cents += order.netCents;
    });
  }
  for (const order of placed) {
    if (within(counting, order.at)) countPlaced(counting, order);
  }
  // An amount that nobody can tell is in no mean, and so is its order in no number that it is divided by.
  countBuyers(
    counting,
    things
      .filter(({ order }) => order.own)
      .map(({ chat, ...thing }) => ({ ...thing, assisted: chat !== undefined })),
  );
}

/** What was placed and what came back of it, also where nothing is left. */
function countPlaced(counting: Counting, order: PlacedOrder): void {
  const visit = counting.visitAt(order.visitor, order.at);
  countIn(counting, { at: order.at, visit, entered: enteredBy(counting, order) }, (tally) => {
    tally.gross_revenue_cents += order.grossCents;
    tally.refunded_cents += order.grossCents - order.netCents;
    tally.orders_returned += order.returned ? 1 : 0;
    tally.orders_refunded_whole += order.kept ? 0 : 1;
  });
}

type OrderOfBuyer = {
  at: number;
  person: string;
  visit: ReturnType<Counting["visitAt"]>;
  entered: readonly Entry[];
  order: PlacedOrder;
  assisted: boolean;
};

/** Squares and products by buyer, so that one who orders twice counts as one who does. */
function countBuyers(counting: Counting, things: readonly OrderOfBuyer[]): void {
  countVisitorDaysOf(counting, things, (tally, ofDay) => {
    const revenue = sumCents(ofDay);
    tally.buyers += 1;
    tally.orders_sq += ofDay.length ** 2;
    tally.revenue_sq += revenue ** 2;
    tally.revenue_x_orders += revenue * ofDay.length;
    const alone = ofDay.filter(({ assisted }) => !assisted);
    if (alone.length === 0) return;
    const own = sumCents(alone);
    tally.unassisted_buyers += 1;
    tally.unassisted_orders_sq += alone.length ** 2;
    tally.unassisted_revenue_sq += own ** 2;
    tally.unassisted_revenue_x_orders += own * alone.length;
  });
}

function sumCents(things: readonly OrderOfBuyer[]): number {
  return things.reduce((sum, { order }) => sum + order.netCents, 0);
}

/** Leads stand in the row of their own moment; a value in another currency is not summed. */
export function countLeads(counting: Counting): void {
  const { history, scope, visitAt } = counting;
  for (const { at, visitor, value, currency } of history.leads) {
    if (!within(counting, at)) continue;
    const own = value !== null && (currency === null || currency === scope.currency);
    const entered = enteredBy(counting, { at, visitor, person: personOf(history, visitor) });
    countIn(counting, { at, visit: visitAt(visitor, at), entered }, (tally) => {
      tally.leads += 1;
      tally.lead_value_cents += own ? cents(value) : 0;
    });
  }
}
