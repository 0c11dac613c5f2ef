/** What arrived from one client, as the site's owner reads it: the visit from its object, the rest from the exports. */
import { DEMO_API_KEY, eventually, exported } from "../system/demo-api.ts";

export type Arrived = {
  visits: number;
  pages: number;
  orders: { order_id: string; total: number; currency: string; status: string }[];
};

/** The visits and orders of `visitor`, once they say a visit, `pages` page views and `orders` orders, or after 30 s. */
export function arrivedOf(url: string, visitor: string, pages: number, orders: number): Promise<Arrived> {
  return eventually(
    () => readArrived(url, visitor),
    (arrived) => arrived.visits > 0 && arrived.pages >= pages && arrived.orders.length >= orders,
  );
}

async function readArrived(url: string, visitor: string): Promise<Arrived> {
  const visits = (await exported(url, "sessions")).filter((row) => row["visitor_id"] === visitor);
  const orders = (await exported(url, "orders")).filter((row) => row["visitor_id"] === visitor);
  return {
    visits: visits.length,
    pages: await pagesOf(url, visitor),
    orders: orders.map((row) => ({
      order_id: row["order_id"] ?? "",
      total: Number(row["total"]),
      currency: row["currency"] ?? "",
      status: row["status"] ?? "",
    })),
  };
}

/** How many pages the visitor's present visit has; 0 for nobody. */
async function pagesOf(url: string, visitor: string): Promise<number> {
  const answer = await fetch(`${url}/api/sites/demo/visitors/${visitor}`, {
    headers: { authorization: `Bearer ${DEMO_API_KEY}` },
  });
  if (answer.status === 404) return 0;
  if (!answer.ok) throw new Error(`visitor: ${answer.status} ${await answer.text()}`);
  const { present } = (await answer.json()) as { present: { trail: unknown[] } | null };
  return present?.trail.length ?? 0;
}
