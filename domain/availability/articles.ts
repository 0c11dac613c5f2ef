/**
 * Finding an article of help by words, as a visitor writes them.
 *
 * Shapes  case, accents and the ending of a word do not matter: a word finds what begins with it. Every word must be
 *         found; the title weighs more than tags, and tags more than the text. Equals stay in their order.
 */
export type Findable = { title: string; tags: readonly string[]; body: string };

const WEIGHTS = { title: 8, tags: 4, body: 1 };
const MAX_WORDS = 12;
/** Words of which only the beginning is compared, since the ending is grammar: "retours" finds "retour". */
const LONG_WORD = 5;

/** Those of `articles` that hold every word of `query`, the best first; all of them where it holds no word. */
export function findArticles<T extends Findable>(articles: readonly T[], query: string): T[] {
  const wanted = wordsIn(query).slice(0, MAX_WORDS).map(stemOf);
  if (wanted.length === 0) return [...articles];
  return articles
    .map((article) => ({ article, score: scoreOf(article, wanted) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ article }) => article);
}

/** The beginning of `text` as one line that ends with a word. */
export function excerptOf(text: string, maxLength: number): string {
  const line = text
    .replaceAll(/^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+/gm, "")
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[*_`]+/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  if (line.length <= maxLength) return line;
  const cut = line.slice(0, maxLength);
  const end = cut.lastIndexOf(" ");
  return `${(end > maxLength / 2 ? cut.slice(0, end) : cut).trimEnd()}…`;
}

function scoreOf({ title, tags, body }: Findable, wanted: readonly string[]): number {
  const words = { title: wordsIn(title), tags: wordsIn(tags.join(" ")), body: wordsIn(body) };
  let score = 0;
  for (const word of wanted) {
    const has = (field: keyof typeof words) => words[field].some((each) => each.startsWith(word));
    const found = (["title", "tags", "body"] as const).filter(has);
    if (found.length === 0) return 0;
    score += found.reduce((sum, field) => sum + WEIGHTS[field], 0);
  }
  return score;
}

function wordsIn(text: string): string[] {
  return (
    text
      .normalize("NFKD")
      .replaceAll(/\p{M}+/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function stemOf(word: string): string {
  return word.length > LONG_WORD ? word.replace(/(?:es|s|x)$/, "") : word;
}
