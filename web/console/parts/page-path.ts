/** An address without its site, which everybody here knows. */
export function pathOf(page: string | null | undefined): string | null {
  if (!page) return null;
  return URL.parse(page)?.pathname ?? page;
}
