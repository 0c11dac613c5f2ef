/**
 * What of a message is more than its letters: web addresses, `[named](https://…)` ones, and `**strong**` words.
 *
 * Pure and in linear time; every part stays text.
 */
export type Part = { text: string; href: string | null; strong?: true };

const PIECE = /\*\*([^*\n]+)\*\*|\[([^[\]\n]+)\]\((https?:\/\/[^\s<>"«»()]+)\)|https?:\/\/[^\s<>"«»]+/g;
/** What ends a sentence or a bracket around an address, and not the address. */
const TRAILING = ".,;:!?)]}'’";

/** `body` in order, cut at these pieces; a full stop after an address is not part of it. */
export function linksIn(body: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of body.matchAll(PIECE)) {
    const [whole, strong, name, address] = match;
    const at = match.index;
    const href = address ?? withoutTrailing(whole);
    if (!strong && !URL.canParse(href)) continue;
    if (at > from) parts.push({ text: body.slice(from, at), href: null });
    parts.push(strong ? { text: strong, href: null, strong: true } : { text: name ?? href, href });
    from = at + (strong || name ? whole : href).length;
  }
  if (from < body.length) parts.push({ text: body.slice(from), href: null });
  return parts;
}

function withoutTrailing(address: string): string {
  let end = address.length;
  while (end > 0 && TRAILING.includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
}
