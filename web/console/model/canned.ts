/**
 * Canned answers while one types: what is asked for by `/`, which answers fit, and where the chosen one goes.
 *
 * Pure. An answer is asked for by a slash at the start of a word before the caret: "/tai", "Oui. /ret".
 */

import * as z from "zod/mini";
import type { CannedUse } from "../../../domain/chat/wire.ts";

export type Canned = { id: string; shortcut: string; title: string; text: string };
export type Asked = { from: number; to: number; word: string };

/** The canned answer that a draft began from, with the words it brought; null: they were changed already. */
export const Began = z.object({ id: z.string(), text: z.nullable(z.string()) });
export type Began = z.infer<typeof Began>;

export const MOST_SHOWN = 6;

/** What is asked for in `draft` with the caret at `caret`, or null where nothing is. */
export function askedIn(draft: string, caret: number): Asked | null {
  const found = /(?:^|\s)\/([^\s/]*)$/u.exec(draft.slice(0, caret));
  if (found === null) return null;
  const word = found[1] ?? "";
  return { from: caret - word.length - 1, to: caret, word };
}

/** The answers for `word`: those whose shortcut begins so, then those that say it anywhere; each in the given order. */
export function fitting(all: readonly Canned[], word: string): Canned[] {
  const wanted = plain(word);
  const first = all.filter((one) => plain(one.shortcut).startsWith(wanted));
  const second = all.filter(
    (one) => !first.includes(one) && plain(`${one.shortcut} ${one.title} ${one.text}`).includes(wanted),
  );
  return [...first, ...second].slice(0, MOST_SHOWN);
}

/** `draft` with the chosen text in place of what was asked, and where the caret then stands. */
export function insert(draft: string, asked: Asked, text: string): { draft: string; caret: number } {
  return {
    draft: draft.slice(0, asked.from) + text + draft.slice(asked.to),
    caret: asked.from + text.length,
  };
}

/** Whether nothing stands in `draft` but what was asked. */
export function isAlone(draft: string, { from, to }: Asked): boolean {
  return (draft.slice(0, from) + draft.slice(to)).trim() === "";
}

/** What a draft began from once it says `draft`: an empty one begins anew. */
export function stillBegan(began: Began | null, draft: string): Began | null {
  return draft.trim() === "" ? null : began;
}

/** What is told of a message that says `body`; nothing where no canned answer is behind it. */
export function usedIn(began: Began | null, body: string): CannedUse | undefined {
  return began === null ? undefined : { id: began.id, edited: began.text?.trim() !== body.trim() };
}

/** A message that said `body` is a draft again. */
export function beganAgain(used: CannedUse | undefined, body: string): Began | null {
  return used === undefined ? null : { id: used.id, text: used.edited ? null : body };
}

/** Whether `text` names what is to be filled in for the visitor at hand. */
export function hasVariables(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

/** Without case and accents, so that "echange" finds "échange". */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

const CannedItems = z.object({
  items: z.array(
    z.object({ id: z.string(), shortcut: z.string(), title: z._default(z.string(), ""), body: z.string() }),
  ),
});

/** The list of `GET /api/sites/{site}/canned`. Throws where it is none. */
export function readCanned(answer: unknown): Canned[] {
  return CannedItems.parse(answer).items.map(({ id, shortcut, title, body }) => ({
    id,
    shortcut,
    title,
    text: body,
  }));
}
