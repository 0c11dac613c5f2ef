/** Where a link into the site's own pages leads, until somebody names another page. */

/** A page that most likely carries the snippet: the site's own, or the demo's shop. */
export function firstPageOf(origins: readonly string[], site: string): string {
  const [first] = origins;
  if (first !== undefined) return `${first}/`;
  return site === "demo" ? `${location.origin}/shop/` : "https://";
}
