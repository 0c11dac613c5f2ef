/**
 * Visitors whose every field is hostile: each text goes through all that the ingest takes, over HTTP, as a page or a script
 * that pretends to be one would send it.
 */
import { post } from "./demo-api.ts";
import { within } from "./hostile-texts.ts";

const SHOP_ORIGIN = "http://shop.example";
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36";
/** What the ingest takes at most (`docs/rules/ingest.md`); beyond it a message is refused. */
const LONGEST = { name: 200, id: 200, page: 2_000, message: 8_000, comment: 4_000, person: 120, skill: 60 };

export type Answer = {
  status: number;
  rejected: unknown[];
  decisions: { creative: Record<string, unknown> }[];
};
export type Chat = { id: string; token: string; socket: string };
export type Visitor = { id: string; texts: readonly string[]; chat: Chat };

type Opened = { conversation: { id: string }; token: string; socket_url: string };

/** `texts` as so many visitors, the first text of each its id. */
export function shareOut(texts: readonly string[], visitors: number): Omit<Visitor, "chat">[] {
  const each = Math.ceil(texts.length / visitors);
  return Array.from({ length: visitors }, (_, index) => texts.slice(index * each, (index + 1) * each)).map(
    (own) => ({ id: within(own[0] ?? "", LONGEST.id), texts: own }),
  );
}

/** One batch, whose answer may be anything but a failure of ours. */
export async function sendBatch(url: string, batch: object[]): Promise<Answer> {
  const answer = await fetch(`${url}/v1/batch?decide=1`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: SHOP_ORIGIN },
    body: JSON.stringify({ writeKey: "demo", batch }),
  });
  const said = (await answer.json()) as Partial<Answer>;
  return { status: answer.status, rejected: said.rejected ?? [], decisions: said.decisions ?? [] };
}

/** The messages that carry `text` wherever a message may carry text; all of them are well formed. */
export function messagesWith(text: string, anonymousId: string): object[] {
  const name = within(text, LONGEST.name);
  const address = `${SHOP_ORIGIN}/${encodeURIComponent(well(text).slice(0, 200))}?${tagged(text)}`;
  const page = {
    url: address,
    path: text,
    title: text,
    referrer: `https://www.google.com/search?${new URLSearchParams({ q: well(text) })}`,
    view_id: text,
  };
  const product = {
    product_id: text,
    name: text,
    brand: text,
    category: text,
    variant: text,
    price: 9,
    quantity: 1,
  };
  const context = {
    page,
    locale: text,
    userAgent: BROWSER,
    traits: { name: text, [name]: text },
    campaign: { name: text, source: text },
    consent: { status: "granted", categoryPreferences: { [name]: true } },
  };
  let count = 0;
  const message = (more: object) => {
    count += 1;
    return {
      anonymousId,
      messageId: within(`${count} ${crypto.randomUUID()} ${text}`, LONGEST.id),
      context,
      ...more,
    };
  };
  const track = (event: string, properties: object) => message({ type: "track", event, properties });
  return [
    message({ type: "page", name: text, properties: page }),
    track(name, { [name]: text, name: text, query: text, nested: { [name]: [text] } }),
    track("Products Searched", { query: text }),
    track("Signal Detected", { signal: text, field: text }),
    track("Form Started", { form_id: text, field: text }),
    track("Order Completed", {
      order_id: name,
      total: 9,
      currency: "EUR",
      coupon: text,
      products: [product],
    }),
    track("Product Added", { ...product, currency: text, coupon: text, cart_id: text }),
    track("Cart Viewed", { currency: text, products: [product] }),
    // Some of these texts are a bot's name, and a bot is not followed.
    message({ type: "page", context: { ...context, userAgent: `${BROWSER} ${text}` } }),
    message({ type: "identify", userId: name, traits: { name: text, email: text, [name]: text } }),
  ];
}

/** The same where the sender left out what the contract bounds: no rule but that it is answered, and never by a failure. */
export function carelessMessages(text: string): object[] {
  const context = {
    userAgent: text,
    locale: text,
    page: { url: text, path: text, title: text, referrer: text },
  };
  const careless = `careless ${text}`;
  return [
    { type: "page", anonymousId: careless, messageId: text, context, properties: context.page },
    { type: "track", event: text, userId: text, context, properties: { signal: text, decision_id: text } },
    { type: "track", event: "Engagement Declined", anonymousId: careless, properties: { decision_id: text } },
    { type: text, anonymousId: careless },
    { type: "identify", userId: text, traits: text, timestamp: text, context: { consent: { status: text } } },
    {
      type: "track",
      event: "Order Completed",
      anonymousId: careless,
      properties: { order_id: text, currency: text },
    },
    { type: "group", anonymousId: careless, groupId: text, name: text },
  ];
}

/** A conversation of `id`, left open, that says each of `texts`, and a survey and a message left beside it. */
export async function speak(url: string, id: string, texts: readonly string[]): Promise<Chat> {
  const [text = ""] = texts;
  const opened = await post<Opened>(`${url}/v1/conversations`, {
    writeKey: "demo",
    anonymousId: id,
    decision_id: within(text, 100),
    skill: within(text, LONGEST.skill),
    locale: within(text, 20),
    page: text.slice(0, LONGEST.page),
  });
  const address = `${url}/v1/conversations/${opened.conversation.id}`;
  const headers = { authorization: `Bearer ${opened.token}` };
  for (const body of texts) {
    const client_id = crypto.randomUUID();
    await post(
      `${address}/messages`,
      { client_id, kind: "text", body: within(body, LONGEST.message) },
      headers,
    );
    await post(`${url}/v1/messages`, {
      writeKey: "demo",
      anonymousId: id,
      request_id: crypto.randomUUID(),
      email: "claire+script@exemple.fr",
      name: within(body, LONGEST.person),
      body: within(body, LONGEST.message),
      page: body.slice(0, LONGEST.page),
    });
  }
  await post(`${address}/survey`, { token: opened.token, csat: 1, comment: text.slice(0, LONGEST.comment) });
  return { id: opened.conversation.id, token: opened.token, socket: opened.socket_url };
}

/** A text that an address can carry: half a character cannot be encoded. */
const well = (text: string): string => text.toWellFormed();

function tagged(text: string): string {
  const tags = ["source", "medium", "campaign", "term", "content", "id"].map((tag) => [
    `utm_${tag}`,
    well(text),
  ]);
  return new URLSearchParams([...tags, ["gclid", well(text)], ["affiliate", well(text)]]).toString();
}
