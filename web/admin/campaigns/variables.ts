/**
 * What a text may ask for, and the visitor who stands for all of them in the preview.
 *
 * Shapes  a `Variable` is written into a text as it is; `known` says for whom it is filled.
 */
import type { Json } from "../../../domain/visit/facts.ts";

export type Variable = { key: string; text: string; known: "all" | "proven" };

export const VARIABLES: readonly Variable[] = [
  { key: "cartValue", text: "{{ cart.value | money: cart.currency }}", known: "all" },
  { key: "cartItems", text: "{{ cart.items }}", known: "all" },
  { key: "pageTitle", text: "{{ page.title }}", known: "all" },
  { key: "searchTerms", text: '{{ session.search_terms | default: "…" }}', known: "all" },
  { key: "eventProperty", text: '{{ event.properties.name | default: "…" }}', known: "all" },
  { key: "firstName", text: '{{ visitor.traits.first_name | default: "…" }}', known: "proven" },
];

const TAG = /\{[{%]/;

/** Whether any text in `value` holds a variable or a tag. */
export function hasVariables(value: unknown): boolean {
  return TAG.test(JSON.stringify(value) ?? "");
}

/** The visitor of the preview: three articles in the basket of a shirt shop. */
export function sampleFacts(currency: string): { [key: string]: Json } {
  return {
    page: { title: "Chemise en lin", path: "/chemises/lin", seconds: 48 },
    session: { pages: 4, seconds: 190, search_terms: "chemise lin", channel: "Organic Search" },
    cart: { value: 129.5, items: 3, currency },
    visitor: { visits: 2, orders: 1, traits: { first_name: "Camille" } },
    geo: { country: "FR", city: "Lyon" },
    event: { name: "Product Viewed", properties: { name: "Chemise en lin" } },
  };
}
