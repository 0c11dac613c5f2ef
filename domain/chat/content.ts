/**
 * What a message may carry: text, a product's card, a file; and how each is written in the log.
 *
 * A visitor's text is text and nothing else. An agent's and the bot's may say more by Markdown (content-markdown.ts),
 * rendered here once, so that every reader is sent the same safe HTML.
 *
 * Shapes  a card's body is `{title, image?, price?: {amount, currency}, url, text?}`, a file's `{id, name, type, bytes}`,
 *         both as JSON with their keys in this order, whatever the sender wrote.
 * Units   `amount` is money in `currency`, as prices are written; `bytes` is the file's size.
 * Errors  an expected "no" is returned with the wire's code; nothing here throws.
 */
import * as z from "zod/mini";
import { htmlOf, webAddress } from "./content-markdown.ts";
import type { ErrorCode, MessageKind, Role } from "./wire.ts";

/** A file as its room knows it: what was found in it, and who brought it. */
export type FileInfo = {
  id: string;
  name: string;
  type: string;
  bytes: number;
  by: { role: Role; id: string };
};

export type Content =
  | { ok: true; body: string; html: string | null }
  | { ok: false; code: ErrorCode; message: string };

const MAX_URL = 2_000;
const line = (max: number) =>
  z.pipe(
    z.string(),
    z.pipe(
      z.transform((text: string) =>
        text
          .toWellFormed()
          .replaceAll(/[\p{Cc}\s]+/gu, " ")
          .trim(),
      ),
      z.string().check(z.minLength(1), z.maxLength(max)),
    ),
  );
const web = z.string().check(
  z.maxLength(MAX_URL),
  z.refine((address) => webAddress(address) !== null, "an address begins with https:// or http://"),
);

/** What is offered: one product, with a link to it. */
export const Card = z.object({
  title: line(200),
  image: z.optional(web),
  price: z.optional(
    z.object({
      amount: z.number().check(z.gte(0), z.lte(1e12)),
      currency: z.string().check(z.regex(/^[A-Z]{3}$/, "three capital letters, such as EUR")),
    }),
  ),
  url: web,
  text: z.optional(line(600)),
});
export type Card = z.infer<typeof Card>;

/** What a message of kind `file` says. */
export const FileBody = z.object({ id: z.string(), name: z.string(), type: z.string(), bytes: z.int() });
export type FileBody = z.infer<typeof FileBody>;
const FileChoice = z.object({ id: z.string().check(z.minLength(1), z.maxLength(100)) });

/** The body that the log keeps for `draft`, with its HTML; or why there is none. */
export function contentOf(
  draft: { role: Role; kind: MessageKind; body: string },
  fileById: (id: string) => FileInfo | null,
): Content {
  switch (draft.kind) {
    case "text":
    case "note": {
      const body = draft.body.toWellFormed();
      return { ok: true, body, html: draft.role === "visitor" ? null : htmlOf(body) };
    }
    case "card":
      return cardOf(draft.body);
    case "file":
      return fileOf(draft, fileById);
    default:
      return draft.kind satisfies never;
  }
}

function cardOf(body: string): Content {
  const parsed = Card.safeParse(json(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const at =
      issue === undefined || issue.path.length === 0 ? "the card" : `the card's ${issue.path.join(".")}`;
    return refuse("bad_frame", `${at} is not as it should be: ${issue?.message ?? "no JSON"}`);
  }
  const { title, image, price, url, text } = parsed.data;
  return { ok: true, body: JSON.stringify({ title, image, price, url, text }), html: null };
}

/** Only who brought a file can show it: an id that was overheard shows nothing. */
function fileOf(
  { role, body }: { role: Role; body: string },
  fileById: (id: string) => FileInfo | null,
): Content {
  const choice = FileChoice.safeParse(json(body));
  if (!choice.success) return refuse("bad_frame", 'a file\'s body is {"id": "fil_…"}');
  const file = fileById(choice.data.id);
  if (file === null || file.by.role !== role) return refuse("not_found", "there is no such file here");
  const { id, name, type, bytes } = file;
  return { ok: true, body: JSON.stringify({ id, name, type, bytes }), html: null };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(code: ErrorCode, message: string): Content {
  return { ok: false, code, message };
}
