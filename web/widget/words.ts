/** The widget's words in the page's language, and its clock. What only a later part says is fetched with that part. */
import type { Catalogue, Locale, Translate } from "../shared/i18n.ts";

export type Words = {
  locale: Locale;
  /** The language with its country, as dates and figures are written. */
  tag: string;
  t: Translate;
  clock: (at: string) => string;
  /** Fetch what only later parts say. */
  more: () => Promise<void>;
};

/** The words of the page's own language: the other one is not fetched. */
export async function loadWords(): Promise<Words> {
  const locale = /^fr/i.test(document.documentElement.lang || navigator.language) ? "fr" : "en";
  const french = locale === "fr";
  const loaded = await (french ? import("./messages/fr.json?icu") : import("./messages/en.json?icu"));
  let catalogue: Catalogue = loaded.default;
  const tag = french ? "fr-FR" : "en-GB";
  const hours = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" });
  const t: Translate = (key, args = {}) => catalogue[key]?.(args) ?? key;
  return {
    locale,
    tag,
    t,
    clock: (at) => hours.format(new Date(at)),
    async more() {
      const later = await (french
        ? import("./messages/later/fr.json?icu")
        : import("./messages/later/en.json?icu"));
      catalogue = { ...later.default, ...catalogue };
    },
  };
}
