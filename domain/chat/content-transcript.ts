/**
 * What was said, as a text for people to keep: who said what when, in the site's language and zone.
 *
 * Notes are the agents' own and are left out unless they are asked for. Files and cards are told in words.
 *
 * Shapes  a line is an event of the log as history has it; what is unknown of it is passed over.
 */
import * as z from "zod/mini";
import { Card, FileBody } from "./content.ts";

const person = z.object({ name: z.optional(z.nullable(z.string())) });
export const TranscriptLine = z.looseObject({
  type: z.string(),
  at: z.string(),
  name: z.optional(z.string()),
  kind: z.optional(z.string()),
  body: z.optional(z.string()),
  from: z.optional(z.looseObject({ role: z.optional(z.string()), name: z.optional(z.nullable(z.string())) })),
  agent: z.optional(z.nullable(person)),
});
export type TranscriptLine = z.infer<typeof TranscriptLine>;

export type About = {
  locale: "fr" | "en";
  timezone: string;
  site: string;
  conversation: string;
  notes: boolean;
};

const WORDS = {
  fr: {
    tag: "fr-FR",
    of: "Conversation",
    visitor: "Visiteur",
    agent: "Conseiller",
    bot: "Assistant",
    system: "Aparté",
    note: "note",
    file: "Fichier",
    assigned: (who: string) => `${who} a rejoint la conversation.`,
    transferred: (who: string) => ended(`Conversation transférée à ${who}`),
    closed: "Conversation terminée.",
    nothing: "Rien n’est conservé de cette conversation.",
    colon: "\u00a0: ",
  },
  en: {
    tag: "en-GB",
    of: "Conversation",
    visitor: "Visitor",
    agent: "Agent",
    bot: "Assistant",
    system: "Aparté",
    note: "note",
    file: "File",
    assigned: (who: string) => `${who} joined the conversation.`,
    transferred: (who: string) => ended(`The conversation was passed to ${who}`),
    closed: "The conversation ended.",
    nothing: "Nothing is kept of this conversation.",
    colon: ": ",
  },
} as const;
type Words = (typeof WORDS)["fr" | "en"];

/** A sentence with one full stop, even where it ends with an initial: "Anne D.". */
function ended(words: string): string {
  return words.endsWith(".") ? words : `${words}.`;
}

/** The text of `log`. */
export function transcriptOf(log: readonly TranscriptLine[], about: About): string {
  const words = WORDS[about.locale];
  const moment = new Intl.DateTimeFormat(about.locale === "fr" ? "fr-FR" : "en-GB", {
    timeZone: about.timezone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const lines = log.flatMap((line) => {
    const said = line.type === "message" ? messageOf(line, words, about.notes) : eventOf(line, words);
    return said === null ? [] : [`[${moment.format(new Date(line.at))}] ${said}`];
  });
  const head = `${about.site} – ${words.of} ${about.conversation}`;
  return `${[head, "", ...(lines.length === 0 ? [words.nothing] : lines)].join("\r\n")}\r\n`;
}

function messageOf({ kind, body = "", from }: TranscriptLine, words: Words, notes: boolean): string | null {
  if (kind === "note" && !notes) return null;
  const role = from?.role;
  const called = role === "visitor" || role === "bot" || role === "system" ? words[role] : words.agent;
  const who = oneLine(from?.name ?? called);
  const said = kind === "file" ? fileIn(body, words) : kind === "card" ? cardIn(body, words) : body;
  // What follows on further lines is set in, so that nobody's words begin like somebody else's line.
  const text = said.replaceAll(/\r\n?|[\n\u2028\u2029]/g, "\r\n    ");
  return `${who}${kind === "note" ? ` (${words.note})` : ""}${words.colon}${text}`;
}

function eventOf({ name, agent }: TranscriptLine, words: Words): string | null {
  const who = oneLine(agent?.name ?? words.agent);
  if (name === "assigned") return words.assigned(who);
  if (name === "transferred" || name === "taken_over") return words.transferred(who);
  return name === "closed" ? words.closed : null;
}

function fileIn(body: string, words: Words): string {
  const file = FileBody.safeParse(json(body));
  return file.success ? `${words.file}${words.colon}${file.data.name}` : body;
}

function cardIn(body: string, words: Words): string {
  const card = Card.safeParse(json(body));
  if (!card.success) return body;
  const { title, price, url } = card.data;
  return [title, price === undefined ? null : moneyOf(price, words), url]
    .filter((part) => part !== null)
    .join(" – ");
}

/** A currency that nobody knows is told by its code. */
function moneyOf({ amount, currency }: { amount: number; currency: string }, { tag }: Words): string {
  try {
    return new Intl.NumberFormat(tag, { style: "currency", currency }).format(amount);
  } catch (error) {
    if (error instanceof RangeError) return `${amount} ${currency}`;
    throw error;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
