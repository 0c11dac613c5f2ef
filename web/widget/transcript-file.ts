/**
 * The conversation as a text that one keeps: who said what and when, in the visitor's language and time.
 *
 * Pure but for the browser's time zone, which the dates are told in.
 */
import { cardIn, fileIn } from "./content-body.ts";
import { sentence } from "./line.ts";
import type { Bubble, Row } from "./transcript-rows.ts";
import type { Words } from "./words.ts";

type Frame = { site: string; words: Pick<Words, "t" | "tag"> };

export function transcriptOf(rows: readonly Row[], { site, words }: Frame): string {
  const { t, tag } = words;
  const day = new Intl.DateTimeFormat(tag, { dateStyle: "full" });
  const time = new Intl.DateTimeFormat(tag, { timeStyle: "short" });
  const lines: string[] = [t("panel", { site })];
  let today = "";
  const add = (at: string | null, text: string): void => {
    const moment = at === null ? null : new Date(at);
    const date = moment && day.format(moment);
    if (date && date !== today) lines.push("", (today = date));
    lines.push(`${moment ? time.format(moment) : "--:--"}  ${text.replaceAll("\n", "\n       ")}`);
  };
  for (const row of rows) {
    if (row.type === "line") {
      add(row.at, `(${sentence(row, words)})`);
      continue;
    }
    const who = row.mine ? t("you") : (row.name ?? site);
    for (const bubble of row.bubbles) add(bubble.at, t("saidBy", { who, text: textOf(bubble, t) }));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function textOf({ kind, body, state }: Bubble, t: Words["t"]): string {
  const unsent = state === "waiting" || state === "failed" ? ` [${t(state)}]` : "";
  if (kind === "file") return `[${fileIn(body)?.name ?? t("file")}]${unsent}`;
  const card = kind === "card" ? cardIn(body) : null;
  return card ? `${card.title} ${card.href}` : body + unsent;
}
