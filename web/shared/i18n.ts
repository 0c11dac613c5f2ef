/**
 * Words in two languages. Catalogues are ICU MessageFormat, compiled to functions at build (`?icu`), so nothing is
 * parsed in the browser.
 *
 * Shapes  a `Catalogue` maps flat keys to functions of the message's arguments.
 * Errors  a key that is in no catalogue is answered by itself, so that a hole is seen and nothing breaks.
 */
export type Args = Record<string, string | number | Date>;
export type Catalogue = Readonly<Record<string, (args?: Args) => string>>;
export type Locale = "fr" | "en";
export type Translate = (key: string, args?: Args) => string;

/** A function from key and arguments to the words of `locale`; what it lacks comes from the other catalogue. */
export function translator(catalogues: Readonly<Record<Locale, Catalogue>>, locale: Locale): Translate {
  const first = catalogues[locale];
  const second = catalogues[locale === "fr" ? "en" : "fr"];
  return (key, args = {}) => (first[key] ?? second[key])?.(args) ?? key;
}

/** The first of `wanted` (BCP 47 tags in order of preference) that we speak; else `fallback`. */
export function chooseLocale(wanted: readonly string[], fallback: Locale = "en"): Locale {
  for (const tag of wanted) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language === "fr" || language === "en") return language;
  }
  return fallback;
}

const LOCALE_KEY = "aparte:locale";

/** The language this person chose here before, else the browser's. */
export function preferredLocale(): Locale {
  return chooseLocale([localStorage.getItem(LOCALE_KEY) ?? "", ...navigator.languages]);
}

/** Remember a choice of language and tell assistive technology. */
export function rememberLocale(locale: Locale): void {
  localStorage.setItem(LOCALE_KEY, locale);
  document.documentElement.lang = locale;
}
