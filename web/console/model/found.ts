/**
 * Conversations of the past as a search lists them.
 *
 * Pure. Shapes  a snippet is told in pieces, of which those that were asked for are marked; moments are ISO 8601 UTC.
 * Errors  throws where the answer is none.
 */
import * as z from "zod/mini";
import type { Page } from "../live/pages.ts";

const text = z.nullish(z.string());
const Answer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      page: text,
      status: z.string(),
      agent_id: text,
      outcome: text,
      created_at: z.string(),
      visitor_messages: z.number(),
      agent_messages: z.number(),
      snippet: text,
    }),
  ),
  next_cursor: text,
});

export type Piece = { text: string; hit: boolean };
export type Found = {
  id: string;
  at: string;
  page: string | null;
  agent: string | null;
  outcome: string | null;
  open: boolean;
  messages: number;
  snippet: Piece[];
};

/** The marks that the server puts around what was found: characters that no text on a page holds. */
const BEGIN = "\u0002";
const END = "\u0003";

export function readFound(answer: unknown): Page<Found> {
  const { items, next_cursor } = Answer.parse(answer);
  return {
    items: items.map((item) => ({
      id: item.id,
      at: item.created_at,
      page: item.page ?? null,
      agent: item.agent_id ?? null,
      outcome: item.outcome ?? null,
      open: item.status !== "closed",
      messages: item.visitor_messages + item.agent_messages,
      snippet: piecesOf(item.snippet ?? ""),
    })),
    next: next_cursor ?? null,
  };
}

/** `snippet` cut at its marks; an end without a beginning is no mark. */
export function piecesOf(snippet: string): Piece[] {
  const pieces = snippet.split(BEGIN).flatMap((part, place) => {
    if (place === 0) return [{ text: part, hit: false }];
    const end = part.indexOf(END);
    if (end < 0) return [{ text: part, hit: true }];
    return [
      { text: part.slice(0, end), hit: true },
      { text: part.slice(end + END.length), hit: false },
    ];
  });
  return pieces
    .map((piece) => ({ ...piece, text: piece.text.replaceAll(END, "") }))
    .filter((piece) => piece.text !== "");
}
