/**
 * Whether a visitor is one of the site's own: marked by a link that opened in this browser, or proven to be somebody who
 * works there. Their visits are kept here and told to nobody: no figure, no arm and no export has them.
 *
 * Pure. Absent means that the visitor counts, as nearly everybody does.
 */

/** How the visitor came to be left out: what a link has marked only a link takes back. */
export type Staff = "link" | "user";
/** What a batch says of it: its page's address, and whether the user whom it proves works for the site; null of neither. */
export type StaffWord = { link: "on" | "off" | null; user: boolean | null };

export function staffAfter(before: Staff | undefined, word: StaffWord | undefined): Staff | undefined {
  if (word === undefined) return before;
  const kept = word.link === "off" ? undefined : word.link === "on" ? "link" : before;
  if (kept === "link" || word.user === null) return kept;
  return word.user ? "user" : undefined;
}
