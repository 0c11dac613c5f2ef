/**
 * What a site's people are written when a visitor has left a message or booked a call: as plain text and as HTML, both
 * from one list of lines. What somebody typed is text in both.
 *
 * Shapes  a `Letter` has one line of subject; `replyTo` is the visitor, so that answering the letter answers them.
 * Units   moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";

export type Letter = { subject: string; text: string; html: string; replyTo: string | null };
/** `link` is where the site's people see it. */
export type Head = { site: string; locale: "fr" | "en"; timezone: string; link: string };

export type LeftNote = {
  reference: string;
  email: string;
  name: string | null;
  body: string;
  page: string | null;
  at: EpochMs;
  /** Names of the files that were left with it. */
  files: readonly string[];
};
export type BookedNote = {
  reference: string;
  phone: string;
  name: string | null;
  topic: string | null;
  page: string | null;
  slotAt: EpochMs;
};

const WORDS = {
  fr: {
    left: (who: string) => `Message de ${who}`,
    booked: (who: string, when: string) => `Rappel de ${who}, ${when}`,
    answer: "Répondez à cette lettre : la réponse part à son adresse.",
    from: "De",
    at: "Reçu",
    call: "Appeler",
    when: "Quand",
    topic: "Sujet",
    page: "Page",
    files: "Fichiers joints, à ouvrir dans Aparté",
    reference: "Référence",
    open: "Ouvrir dans Aparté",
  },
  en: {
    left: (who: string) => `Message from ${who}`,
    booked: (who: string, when: string) => `Call back ${who}, ${when}`,
    answer: "Reply to this letter: the reply goes to their address.",
    from: "From",
    at: "Received",
    call: "Call",
    when: "When",
    topic: "Subject",
    page: "Page",
    files: "Files, to be opened in Aparté",
    reference: "Reference",
    open: "Open in Aparté",
  },
};

type Fact = [name: string, value: string | null];

export function leftLetter(note: LeftNote, head: Head): Letter {
  const words = WORDS[head.locale];
  const { name, email, body, page, at, reference, files } = note;
  const title = words.left(name ?? email);
  const facts: Fact[] = [
    [words.from, name === null ? email : `${name} <${email}>`],
    [words.at, momentOf(at, head)],
    [words.page, page],
    [words.files, files.length === 0 ? null : files.join(", ")],
    [words.reference, reference],
  ];
  return {
    ...letterOf(title, { said: body, facts, note: words.answer }, note.reference, head),
    replyTo: email,
  };
}

export function bookedLetter(note: BookedNote, head: Head): Letter {
  const words = WORDS[head.locale];
  const { name, phone, topic, page, slotAt, reference } = note;
  const when = momentOf(slotAt, head);
  const facts: Fact[] = [
    [words.when, when],
    [words.call, name === null ? phone : `${name}, ${phone}`],
    [words.topic, topic],
    [words.page, page],
    [words.reference, reference],
  ];
  const title = words.booked(name ?? phone, when);
  return { ...letterOf(title, { said: null, facts, note: null }, note.reference, head), replyTo: null };
}

type Content = { said: string | null; facts: readonly Fact[]; note: string | null };

function letterOf(title: string, content: Content, reference: string, head: Head): Omit<Letter, "replyTo"> {
  const { said, note } = content;
  const { open } = WORDS[head.locale];
  const facts = content.facts.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
  const colon = head.locale === "fr" ? "\u00a0: " : ": ";
  const parts = [
    ...(said === null ? [] : [said]),
    facts.map(({ name, value }) => `${name}${colon}${oneLine(value)}`).join("\n"),
    ...(note === null ? [] : [note]),
    `${open}${colon}${head.link}`,
  ];
  const paragraph = (text: string) => `<p style="margin:0 0 16px;white-space:pre-wrap">${escape(text)}</p>`;
  const row = ({ name, value }: { name: string; value: string }) =>
    `<tr><th style="text-align:left;font-weight:400;color:#69665e;padding:2px 16px 2px 0">${escape(name)}</th><td>${escape(value)}</td></tr>`;
  return {
    subject: oneLine(`${title} · ${reference} · ${head.site}`),
    text: `${parts.join("\n\n")}\n`,
    html: `<!doctype html>
<html lang="${head.locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body style="margin:0;background:#f6f3ec;color:#1b2027;font:400 15px/22px system-ui,sans-serif">
<div style="max-width:600px;margin:0 auto;padding:24px">
<h1 style="font:400 20px/28px Georgia,serif;margin:0 0 16px">${escape(title)}</h1>
${said === null ? "" : paragraph(said)}
<table role="presentation" style="border-collapse:collapse;font-size:14px;margin:0 0 16px">${facts.map(row).join("")}</table>
${note === null ? "" : paragraph(note)}
<p style="margin:24px 0 8px"><a href="${escape(head.link)}" style="color:#1b2027">${escape(open)}</a></p>
</div>
</body>
</html>
`,
  };
}

function momentOf(at: EpochMs, { locale, timezone }: Head): string {
  const form = {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  } as const;
  return new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", { ...form, timeZone: timezone }).format(
    at,
  );
}

/** A line break in what somebody typed must not begin another header or another line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
