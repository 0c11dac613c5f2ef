/**
 * What a visitor reads of a variant: its words in the first language of theirs that it has, and field by field those of
 * the other language where one is missing or blank.
 *
 * Shapes  a `CreativeText` without blank fields. Where a language has words for a card of its own and no slot, it is a
 *         card: another language's place in the page is not taken over.
 */
import type { CreativeText, Variant } from "../targeting/campaign.ts";

const LANGUAGES = ["fr", "en"] as const;
type Language = (typeof LANGUAGES)[number];

/** `creative` for a reader of `languages`, best first: tags such as `fr-FR`; those it cannot have are passed over. */
export function wordsIn(creative: Variant["creative"], languages: readonly string[]): CreativeText {
  const inOrder = [...new Set([...languages.flatMap(languageOf), ...LANGUAGES])];
  const [own = {}, ...others] = inOrder
    .map((language) => creative[language])
    .filter((one) => one !== undefined);
  return others.reduce<CreativeText>((words, other) => ({ ...lent(other, words), ...words }), filled(own));
}

/** The fields of `text` that say something. */
export function filled(text: CreativeText): CreativeText {
  return Object.fromEntries(Object.entries(text).filter(([, value]) => !isBlank(value)));
}

function languageOf(tag: string): Language[] {
  const base = tag.slice(0, 2).toLowerCase();
  return LANGUAGES.filter((language) => language === base);
}

/** What `other` may fill in for `words`. */
function lent(other: CreativeText, words: CreativeText): CreativeText {
  const { slot, blocks, ...rest } = filled(other);
  const isCard = words.slot === undefined && (words.title !== undefined || words.text !== undefined);
  return isCard ? rest : { ...rest, ...filled({ slot, blocks }) };
}

function isBlank(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
