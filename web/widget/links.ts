/** Finds the web addresses in a text, so that they can be drawn as links. Pure; every part stays text. */

export type Part = { text: string; href: string | null };

const ADDRESS = /https?:\/\/[^\s<>"«»]+/g;
/** What ends a sentence or a bracket around an address, and not the address. */
const TRAILING = ".,;:!?)]}'’";

/** `body` in order, cut at its http(s) addresses; a full stop after an address is not part of it. */
export function linksIn(body: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of body.matchAll(ADDRESS)) {
    const href = withoutTrailing(match[0]);
    if (!URL.canParse(href)) continue;
    if (match.index > from) parts.push({ text: body.slice(from, match.index), href: null });
    parts.push({ text: href, href });
    from = match.index + href.length;
  }
  if (from < body.length) parts.push({ text: body.slice(from), href: null });
  return parts;
}

function withoutTrailing(address: string): string {
  let end = address.length;
  while (end > 0 && TRAILING.includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
}
