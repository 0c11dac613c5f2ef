/**
 * What a message carries besides text: a product's card, a file. Their bodies are JSON, as the room keeps them.
 *
 * Pure. Errors  a body that is neither is null, and is then shown as the text that it is.
 */
import * as z from "zod/mini";

const address = z.string().check(z.refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? "")));

const CardBody = z.object({
  title: z.string(),
  image: z.optional(address),
  price: z.optional(z.object({ amount: z.number(), currency: z.string() })),
  url: address,
  text: z.optional(z.string()),
});
export type CardBody = z.infer<typeof CardBody>;

const FileBody = z.object({ id: z.string(), name: z.string(), type: z.string(), bytes: z.number() });
export type FileBody = z.infer<typeof FileBody>;

export const readCard = (body: string): CardBody | null => read(CardBody, body);
export const readFile = (body: string): FileBody | null => read(FileBody, body);

function read<T extends z.ZodMiniType>(schema: T, body: string): z.infer<T> | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

export type CardDraft = { title: string; url: string; price: string; image: string; text: string };
export type CardFault = "title" | "url" | "price" | "image";

/**
 * The card that a form describes, or the first field that is not as it should be. A price is written as people do
 * ("89", "89,90", "1 290.00"); its currency is `currency`.
 */
export function cardFrom(
  draft: CardDraft,
  currency: string,
): { ok: true; card: CardBody } | { ok: false; field: CardFault } {
  const title = draft.title.trim();
  const url = draft.url.trim();
  const image = draft.image.trim();
  const text = draft.text.trim();
  const amount = amountIn(draft.price);
  if (title === "") return { ok: false, field: "title" };
  if (!address.safeParse(url).success) return { ok: false, field: "url" };
  if (Number.isNaN(amount)) return { ok: false, field: "price" };
  if (image !== "" && !address.safeParse(image).success) return { ok: false, field: "image" };
  const card = {
    title,
    url,
    ...(image === "" ? {} : { image }),
    ...(amount === null ? {} : { price: { amount, currency } }),
    ...(text === "" ? {} : { text }),
  };
  return { ok: true, card };
}

/** Null for no price, NaN for what is none. */
function amountIn(price: string): number | null {
  const plain = price.replaceAll(/[\s\u00a0\u202f]/g, "");
  if (plain === "") return null;
  return /^\d+([.,]\d{1,2})?$/.test(plain) ? Number(plain.replace(",", ".")) : Number.NaN;
}
