/** The shop's GA4 tagging, as any shop has it: pushes to `dataLayer`, and nothing that knows of Aparté. */
import { colourOf, type Product } from "./catalogue.ts";
import type { Priced } from "./basket.ts";

type Item = Record<string, string | number>;

const layer = ((window as unknown as { dataLayer?: unknown[] }).dataLayer ??= []);

export function push(event: string, ecommerce: Record<string, unknown>): void {
  layer.push({ ecommerce: null });
  layer.push({ event, ecommerce: { currency: "EUR", ...ecommerce } });
}

export function pushSearch(term: string): void {
  layer.push({ event: "search", search_term: term });
}

export function itemOf(product: Product, colour: string, size: string, quantity = 1): Item {
  return {
    item_id: product.slug,
    item_name: product.name,
    item_brand: "Atelier Lin",
    item_category: product.material,
    item_variant: `${colourOf(product, colour).name} ${size}`.trim(),
    price: product.price,
    quantity,
  };
}

export const itemsOf = (lines: readonly Priced[]): Item[] =>
  lines.map(({ product, colour, size, quantity }) => itemOf(product, colour, size, quantity));
