/**
 * Which of a tagged shop's GA4 pushes are about commerce, and what of them may leave the page. They go as they are: the
 * server says them in the words of Segment's specification.
 *
 * Shapes  a push is `{event, ecommerce}` as Tag Manager has it, or gtag's arguments `["event", name, params]`; what has
 *         no `ecommerce` says it beside its event.
 *         `readPush` gives a track message's fields, and for an order an id of its own: a thank-you page loaded again
 *         says the same order again, and under one id it counts once. Where `COMMERCE` does not hold for its `event`,
 *         the push is not ours to tell; `keepKnown` lets through what may leave of the others.
 */
type Fields = Record<string, unknown>;
export type Push = Fields & { ecommerce?: Fields; 2?: Fields };

export const COMMERCE =
  /^((view|add_to|remove_from)_(item|cart)|add_(shipping|payment)_info|begin_checkout|purchase|refund|search|generate_lead)$/;
const KNOWN =
  /^(\d*|item(s|_(id|name|brand|category|variant))|type|event|properties|messageId|value|currency|coupon|tax|price|quantity|search_term|payment_type|shipping(_tier)?|transaction_id)$/;

/** For `JSON.stringify`. A push can hold anything, a person's address too: at any depth only this leaves the page. */
export const keepKnown = (name: string, value: unknown): unknown => (KNOWN.test(name) ? value : undefined);

export function readPush(entry: Push): Fields & { type: string } {
  const event = entry["event"] ?? entry[1];
  const properties = entry[2] ?? entry.ecommerce ?? entry;
  const { transaction_id, value } = properties;
  return {
    type: "track",
    event,
    properties,
    messageId: transaction_id && [event, transaction_id, value].join(" "),
  };
}
