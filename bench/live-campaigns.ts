/** Live campaigns as a shop would have them; most cannot be ruled out by the page alone, and none matches by itself. */
import { call } from "./aparte-worker.ts";
import type { Bench } from "./workerd.ts";

type Conditioned = { name: string; kind: "chat" | "offer"; condition: Record<string, unknown> };

/** The demo site with these campaigns, no others and no segments: `count` that a quiet visitor does not match, and `more`. */
export async function publishCampaigns(
  bench: Bench,
  count: number,
  more: readonly Conditioned[] = [],
): Promise<void> {
  for (const noun of ["campaigns", "segments"]) {
    const path = `/api/sites/demo/${noun}`;
    const { items } = (await call(bench, "GET", `${path}?limit=100`, null)) as { items: { id: string }[] };
    for (const { id } of items) await call(bench, "DELETE", `${path}/${id}`, null);
  }
  const quiet = Array.from({ length: count }, (_, at) => ({
    name: `Campaign ${at}`,
    kind: "chat" as const,
    condition: conditionOf(at),
    priority: at % 10,
  }));
  for (const campaign of [...quiet, ...more]) {
    await call(bench, "POST", "/api/sites/demo/campaigns", {
      status: "live",
      holdout: 0.1,
      variants: [{ key: "a", creative: { fr: { title: "Une question ?" } } }],
      ...campaign,
    });
  }
}

function conditionOf(at: number): Record<string, unknown> {
  switch (at % 5) {
    case 0:
      return { "page.path": `/shop/help/${at}`, "page.seconds": { $gte: 30 } };
    case 1:
      return {
        "page.path": { $regex: "^/shop/product" },
        "cart.items": { $gte: 3 },
        "cart.value": { $gt: 100 + at },
      };
    case 2:
      return { "session.channel": { $in: ["Paid Search", "Email"] }, "session.pages": { $gte: 3 } };
    case 3:
      return { "event.name": "Checkout Started", "visitor.orders": { $gte: 1 } };
    default:
      return {
        "device.type": "mobile",
        $or: [{ "signals.rage_click": { $gte: 1 } }, { "cart.value": { $gt: 80 } }],
      };
  }
}
