/**
 * A page's path as history may keep it: the kind of page, and nothing of whom it was shown to.
 *
 * Shapes  `pageGroup` drops query and fragment, puts `:email`, `:id` and `:n` in the place of what names one person or
 *         thing, and cuts what is deep or long; `sameWay` is told one group after another.
 * Errors  nothing throws: what cannot be decoded is judged as it is written.
 */

/** Pages that are not named one by one: what was cut out of a long way, or is too rare to stand alone. */
export const OTHER_PAGES = "…";

const MAX_SEGMENTS = 4;
const MAX_GROUP_LENGTH = 80;
/** Shorter numbers name a step or a page of a list, longer ones a thing or a person. */
const LONG_NUMBER = /\d{3,}/g;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const HEX = /^(?=.*\d)[0-9a-f]{8,}$/i;
/** Long, of letters and digits, without the hyphens of words: a token. */
const TOKEN = /^(?=(?:.*\d){2})[A-Za-z0-9_.~+=]{12,}$/;
const TOKEN_WITHOUT_WORDS = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{12,}$/;

export function pageGroup(path: string): string {
  const [bare = ""] = path.split(/[?#]/, 1);
  const segments = bare.split("/").filter((segment) => segment !== "");
  const shown = segments.slice(0, MAX_SEGMENTS).map(segmentGroup);
  if (segments.length > MAX_SEGMENTS) shown.push(OTHER_PAGES);
  const group = `/${shown.join("/")}`;
  return group.length > MAX_GROUP_LENGTH ? `${group.slice(0, MAX_GROUP_LENGTH - 1)}${OTHER_PAGES}` : group;
}

function segmentGroup(segment: string): string {
  // What stands after a semicolon is a parameter of this segment, such as a session's id.
  const [word = ""] = decoded(segment).split(";", 1);
  if (word.includes("@")) return ":email";
  if (/^[\d\s.+-]*\d[\d\s.+-]*$/.test(word)) return ":n";
  if (UUID.test(word) || HEX.test(word) || TOKEN.test(word) || TOKEN_WITHOUT_WORDS.test(word)) return ":id";
  return word.replaceAll(LONG_NUMBER, ":n");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
