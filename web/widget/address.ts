/** Addresses that may stand in a link or a picture. Pure. */

/** An absolute http(s) address, or null: nothing that is shown ever runs a script. */
export function url(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  return /^https?:$/.test(new URL(value).protocol) ? value : null;
}
