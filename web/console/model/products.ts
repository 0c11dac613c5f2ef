/**
 * What an agent may want to show a visitor: the pages they looked at, with the price where their cart tells it.
 *
 * Pure. Read from the same answer as the visitor's pane.
 *
 * Shapes  `products` has the latest page first, each page once.
 * Errors  throws where the answer is no visitor.
 */
import * as z from "zod/mini";

const text = z.nullish(z.string());
const Answer = z.object({
  present: z.nullable(
    z.object({
      trail: z.nullish(z.array(z.object({ url: text, path: text, title: text }))),
      cart: z.nullish(
        z.object({
          lines: z.nullish(z.record(z.string(), z.object({ price: z.number(), name: text }))),
          currency: text,
        }),
      ),
    }),
  ),
});

export type Seen = { title: string; url: string; price: number | null };
export type SeenProducts = { products: Seen[]; currency: string };

export const MOST_SEEN = 6;
const DEFAULT_CURRENCY = "EUR";

/** What the visitor saw on the site called `siteName`, which many pages put behind their own title. */
export function readSeen(answer: unknown, siteName: string): SeenProducts {
  const { present } = Answer.parse(answer);
  const lines = Object.values(present?.cart?.lines ?? {});
  const seen = new Map<string, Seen>();
  for (const { url, title } of (present?.trail ?? []).toReversed()) {
    const address = URL.parse(url ?? "");
    if (address === null || !/^https?:$/.test(address.protocol) || seen.has(address.pathname)) continue;
    const name = withoutSite(title ?? "", siteName);
    if (name === "") continue;
    const line = lines.find((one) => one.name && name.toLowerCase().includes(one.name.toLowerCase()));
    seen.set(address.pathname, { title: name, url: address.href, price: line?.price ?? null });
  }
  const { priced, others } = Object.groupBy([...seen.values()], ({ price }) =>
    price === null ? "others" : "priced",
  );
  return {
    products: [...(priced ?? []), ...(others ?? [])].slice(0, MOST_SEEN),
    currency: present?.cart?.currency ?? DEFAULT_CURRENCY,
  };
}

/** "Rivoli · Atelier Lin" of the site "Atelier Lin" is "Rivoli". */
function withoutSite(title: string, siteName: string): string {
  const parts = title.split(/\s+[·|–—-]\s+/);
  const own = parts.filter((part) => part.trim().toLowerCase() !== siteName.trim().toLowerCase());
  return own.length === parts.length ? title.trim() : own.join(" · ").trim();
}
