/**
 * The web addresses in a text. The server renders what an agent marks up; what comes as plain text is text, and its
 * addresses are links.
 *
 * Pure and in linear time; every part stays text.
 */
export type Part = { text: string; href: string | null };

const ADDRESS = /https?:\/\/[^\s<>"«»]+/g;
/** What ends a sentence or a bracket around an address, and not the address. */
const TRAILING = ".,;:!?)]}'’";

/** `body` in order, cut at its addresses; a full stop after one is not part of it. */
export function addressesIn(body: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const { 0: found, index } of body.matchAll(ADDRESS)) {
    let end = found.length;
    while (TRAILING.includes(found.charAt(end - 1))) end -= 1;
    const href = found.slice(0, end);
    if (!URL.canParse(href)) continue;
    if (index > from) parts.push({ text: body.slice(from, index), href: null });
    parts.push({ text: href, href });
    from = index + end;
  }
  if (from < body.length) parts.push({ text: body.slice(from), href: null });
  return parts;
}
