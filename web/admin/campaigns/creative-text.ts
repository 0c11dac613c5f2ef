/** A variant's words while they are edited: which there are for each kind, and how one of them is changed. */
import { wordsIn } from "../../../domain/creative/words.ts";
import type { CreativeText, Variant } from "../../../domain/targeting/campaign.ts";

export type TextKey = "title" | "text" | "accept" | "decline" | "code" | "link" | "image";
type Language = "fr" | "en";
type Shared = { [Key in "position" | "slot" | "blocks"]?: CreativeText[Key] | undefined } & {
  launcher?: "none" | undefined;
};

export const CREATIVE_TEXTS: Record<"chat" | "offer" | "content", readonly TextKey[]> = {
  chat: ["title", "text", "accept", "decline", "image"],
  offer: ["title", "text", "code", "accept", "decline", "link", "image"],
  content: ["title", "text", "accept", "decline", "link", "image"],
};

/** Whether the variant stands in a place of the page instead of in a card. */
export function isInPage({ creative }: Variant): boolean {
  return Object.values(creative).some((text) => text.slot !== undefined || (text.blocks ?? []).length > 0);
}

/** Where a visitor who reads `language` finds the variant's card, and whether nothing stays once it is gone. */
export function standingOf(
  { creative }: Variant,
  language: Language,
): { position: "start" | "end"; alone: boolean } {
  const { position = "end", ["launcher"]: launcher } = wordsIn(creative, [language]);
  return { position, alone: launcher === "none" };
}

/** `variant` with one text changed; an empty text is no text: then the other language's stands, or the widget's own. */
export function withText(variant: Variant, language: Language, key: TextKey, text: string): Variant {
  const { [key]: _before, ...others } = variant.creative[language] ?? {};
  const next: CreativeText = text === "" ? others : { ...others, [key]: text };
  return { ...variant, creative: { ...variant.creative, [language]: next } };
}

/** `variant` with what goes for every language changed in each; undefined takes it away. */
export function withShared(variant: Variant, part: Shared): Variant {
  const change = (text: CreativeText = {}): CreativeText => {
    const entries = Object.entries({ ...text, ...part }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries);
  };
  const { fr, en } = variant.creative;
  return { ...variant, creative: { fr: change(fr), en: change(en) } };
}
