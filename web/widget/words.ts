/** The widget's words in the page's language, and its clock. */
import type { Translate } from "../shared/i18n.ts";
import { translator } from "../shared/i18n.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

export type Words = { t: Translate; clock: (at: string) => string };

export function wordsOf(locale: "fr" | "en"): Words {
  const format = new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", {
    hour: "2-digit",
    minute: "2-digit",
  });
  return { t: translator({ fr, en }, locale), clock: (at) => format.format(new Date(at)) };
}
