/**
 * GA4's e-commerce pushes in the words of Segment's specification, so that a tagged shop needs no code for us.
 *
 * Shapes  a push is `{event, ecommerce}` as Tag Manager has it, or gtag's arguments `["event", name, params]`.
 *         `readPush` gives the Segment event's name and properties and, for an order, a message id of its own: a
 *         thank-you page loaded again says the same order again, and under one id it counts once.
 * Errors  null for a push that is not about commerce; what is not known is left out.
 */
export type Properties = { [key: string]: string | number | Properties[] | undefined };
type Fields = Record<string, unknown>;
export type CommerceEvent = [name: string, properties: Properties, messageId: unknown];

/** GA4's words and Segment's: events, then properties. One text is a third smaller than objects after compression. */
const WORDS =
  ",view_item:Product Viewed,add_to_cart:Product Added,remove_from_cart:Product Removed,view_cart:Cart Viewed" +
  ",begin_checkout:Checkout Started,add_shipping_info:Checkout Step Completed,add_payment_info:Checkout Step Completed" +
  ",purchase:Order Completed,refund:Order Refunded,search:Products Searched,generate_lead:Lead Submitted" +
  ",item_id:product_id,transaction_id:order_id,search_term:query,shipping_tier:shipping_method,payment_type:payment_method,";
/** A push can hold anything, a person's address too: besides those above only these leave the page. */
const PLAIN = /^(?:item_)?(name|brand|category|variant|value|currency|coupon|tax|shipping|price|quantity)$/;

const translate = (word: unknown): string | undefined => WORDS.split(`,${word}:`)[1]?.split(",")[0];

/** The Segment event that `push` means. */
export function readPush(push: unknown): CommerceEvent | null {
  const entry = Object(push) as Fields & { ecommerce?: Fields; 1?: unknown; 2?: Fields };
  const [event, params]: [unknown, Fields] =
    entry[0] === "event" ? [entry[1], { ...entry[2] }] : [entry["event"], { ...entry, ...entry.ecommerce }];
  const name = translate(event);
  if (!name || !/^[A-Z]/.test(name)) return null;

  const products = (params["items"] as Fields[] | undefined)?.map?.(pick);
  const own = pick(params);
  const { order_id, value } = own;
  const properties = {
    // Adding, viewing and removing are about one product, which Segment names by itself.
    ...(name.startsWith("Product ") && products?.[0]),
    ...own,
    products,
    total: order_id && value,
    step: { add_shipping_info: 2, add_payment_info: 3 }[`${event}`],
  };
  return [name, properties, order_id && `${name} ${order_id} ${value}`];
}

function pick(source: Fields): Properties {
  const picked: Properties = {};
  for (const key in source) {
    const name = translate(key) ?? PLAIN.exec(key)?.[1];
    if (name) picked[name] = source[key] as string | number;
  }
  return picked;
}
