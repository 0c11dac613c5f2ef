/**
 * Which visits bought: those of whose person an order counts that was placed from the visit's beginning until the site's
 * attribution after its end, whoever told it. What was given back whole is none.
 *
 * Shapes  the answer is the ids of visits. The history holds every order that may belong to one of them, what was given
 *         back of it, and who its visitor and theirs are.
 * Units   moments are `EpochMs`.
 * Errors  none.
 */
import type { EpochMs } from "../ids.ts";
import { EMPTY_HISTORY, type KpiHistory } from "../kpi/history.ts";
import { countedOrders, type OrderRule, personOf } from "../kpi/orders.ts";

export type EndedVisit = { id: string; visitor: string; startedAt: EpochMs; endedAt: EpochMs };
export type OrderHistory = Pick<KpiHistory, "orders" | "refunds" | "persons">;

export function boughtVisits(
  visits: readonly EndedVisit[],
  of: OrderHistory,
  rule: OrderRule,
): ReadonlySet<string> {
  const history = { ...EMPTY_HISTORY, ...of };
  const orders = countedOrders(history, rule);
  const moments = Map.groupBy(orders, ({ person }) => person);
  // What a page told within a visit is of that visit, whatever the browser's clock said.
  const told = new Set(orders.map(({ visitor, session }) => `${visitor}\n${session}`));
  const hasBought = ({ id, visitor, startedAt, endedAt }: EndedVisit): boolean =>
    told.has(`${visitor}\n${id}`) ||
    (moments
      .get(personOf(history, visitor))
      ?.some(({ at }) => startedAt <= at && at <= endedAt + rule.attributionMs) ??
      false);
  return new Set(visits.filter(hasBought).map(({ id }) => id));
}
