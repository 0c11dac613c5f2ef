/** What arrived from one client, as the site's owner reads it in the exports. */
import { eventually, exported } from "../system/demo-api.ts";

export type Arrived = {
  visits: number;
  pages: number;
  orders: { order_id: string; total: number; currency: string; status: string }[];
};

/** The visits and orders of `visitor`, once they say `pages` page views and `orders` orders, or after 30 s. */
export function arrivedOf(url: string, visitor: string, pages: number, orders: number): Promise<Arrived> {
  return eventually(
    () => readArrived(url, visitor),
    (arrived) => arrived.pages >= pages && arrived.orders.length >= orders,
  );
}

async function readArrived(url: string, visitor: string): Promise<Arrived> {
  const visits = (await exported(url, "sessions")).filter((row) => row["visitor_id"] === visitor);
  const orders = (await exported(url, "orders")).filter((row) => row["visitor_id"] === visitor);
  return {
    visits: visits.length,
    pages: visits.reduce((sum, row) => sum + Number(row["pages"]), 0),
    orders: orders.map((row) => ({
      order_id: row["order_id"] ?? "",
      total: Number(row["total"]),
      currency: row["currency"] ?? "",
      status: row["status"] ?? "",
    })),
  };
}
