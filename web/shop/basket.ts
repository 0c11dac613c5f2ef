/** The basket, kept on this device. Money in euros. */
import { colourOf, productOf, SIZES, type Product } from "./catalogue.ts";

export type Line = { slug: string; colour: string; size: string; quantity: number };
export type Priced = Line & { product: Product; total: number };

const BASKET = "atelier-lin:panier";
const FREE_FROM = 120;
const DELIVERY = 6;

/** The lines whose product still exists. */
export function readBasket(): Priced[] {
  const lines: unknown = JSON.parse(localStorage.getItem(BASKET) ?? "[]");
  return (Array.isArray(lines) ? (lines as Line[]) : []).flatMap((line) => {
    const product = productOf(line.slug);
    if (product === undefined || !SIZES.some((size) => size === line.size)) return [];
    const quantity = Math.max(1, Math.trunc(Number(line.quantity)) || 1);
    return [
      {
        ...line,
        colour: colourOf(product, line.colour).key,
        quantity,
        product,
        total: quantity * product.price,
      },
    ];
  });
}

/** Add `by` pieces (negative: take away); a line without pieces is gone. */
export function changeBasket({ slug, colour, size }: Omit<Line, "quantity">, by: number): void {
  const lines: Line[] = readBasket();
  const same = lines.find((line) => line.slug === slug && line.colour === colour && line.size === size);
  if (same === undefined) lines.push({ slug, colour, size, quantity: by });
  else same.quantity += by;
  const left = lines.filter((line) => line.quantity > 0);
  localStorage.setItem(
    BASKET,
    JSON.stringify(
      left.map((line) => ({
        slug: line.slug,
        colour: line.colour,
        size: line.size,
        quantity: line.quantity,
      })),
    ),
  );
}

export function emptyBasket(): void {
  localStorage.removeItem(BASKET);
}

export const subtotal = (lines: readonly Priced[]): number =>
  lines.reduce((sum, line) => sum + line.total, 0);
export const pieces = (lines: readonly Priced[]): number =>
  lines.reduce((sum, line) => sum + line.quantity, 0);
export const delivery = (amount: number, tier: string): number =>
  amount >= FREE_FROM || tier === "relais" ? 0 : DELIVERY;
