/** What was ordered, and what of it chats are credited with. */
import { type Counting, tallyFor, within } from "./counting.ts";
import { creditedChats } from "./orders.ts";

/** Orders stand in the row of their own moment; what a chat is credited with, in the row of the chat. */
export function countOrders(counting: Counting): void {
  const { orders, answered, visitAt } = counting;
  const credited = creditedChats(answered, orders);
  for (const order of orders) {
    const chat = credited.get(order.id);
    if (within(counting, order.at)) {
      const tally = tallyFor(counting, { at: order.at, visit: visitAt(order.visitor, order.at) });
      if (tally !== null) {
        tally.total_orders += 1;
        tally.total_revenue += order.net;
        tally.orders_covered += order.covered ? 1 : 0;
        tally.row_assisted_orders += chat === undefined ? 0 : 1;
        tally.row_assisted_revenue += chat === undefined ? 0 : order.net;
      }
    }
    if (chat === undefined || !within(counting, chat.startedAt)) continue;
    const visit = visitAt(chat.visitor, chat.startedAt);
    const tally = tallyFor(counting, { at: chat.startedAt, chat, visit });
    if (tally === null) continue;
    tally.assisted_orders += 1;
    tally.assisted_revenue += order.net;
  }
}
