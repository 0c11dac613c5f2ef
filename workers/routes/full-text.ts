/**
 * What a person typed, as a query that SQLite's FTS5 cannot misread: quoted words, each matched by its beginning.
 *
 * The index folds accents and capitals but not ligatures, so both spellings of œ and æ are asked for.
 */
const MAX_WORDS = 12;

function spellings(word: string): string[] {
  const apart = word.replaceAll("œ", "oe").replaceAll("æ", "ae");
  const joined = apart.replaceAll("oe", "œ").replaceAll("ae", "æ");
  return [...new Set([word, apart, joined])];
}

/** The FTS5 query for `text`, or null where it holds no word. */
export function matchQuery(text: string): string | null {
  const words = text
    .toWellFormed()
    .normalize("NFC")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, MAX_WORDS);
  if (words.length === 0) return null;
  return words
    .map(
      (word) =>
        `(${spellings(word)
          .map((spelling) => `"${spelling}" *`)
          .join(" OR ")})`,
    )
    .join(" AND ");
}
