/** The widget's words in the page's language, and its clock. */
import type { Catalogue, Locale, Translate } from "../shared/i18n.ts";

export type Words = { locale: Locale; t: Translate; clock: (at: string) => string };

/** The words of the page's own language: the other one is not fetched. */
export async function loadWords(): Promise<Words> {
  const locale = /^fr/i.test(document.documentElement.lang || navigator.language) ? "fr" : "en";
  const loaded = await (locale === "fr"
    ? import("./messages/fr.json?icu")
    : import("./messages/en.json?icu"));
  const catalogue: Catalogue = loaded.default;
  const hours = new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", {
    hour: "2-digit",
    minute: "2-digit",
  });
  return {
    locale,
    t: (key, args = {}) => catalogue[key]?.(args) ?? key,
    clock: (at) => hours.format(new Date(at)),
  };
}
