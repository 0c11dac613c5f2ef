/**
 * `import fr from "./messages/fr.json?icu"`: a catalogue of ICU messages becomes a module of plain functions at build,
 * so that the browser neither carries a parser nor evaluates strings. The file's name is its language.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import MessageFormat from "@messageformat/core";
import compileModule from "@messageformat/core/compile-module.js";
import type { Plugin } from "vite";

const SUFFIX = ".json?icu";
const RUNTIME = "@messageformat/runtime";
const CARDINALS = "@messageformat/runtime/lib/cardinals";
/** Asked for instead, where a catalogue has ordinals too. */
const ORDINALS = "@messageformat/runtime/lib/plurals";
/** The browser knows every language's plural rules: the compiled messages ask it instead of carrying a copy. */
const pluralsOf = (languages: readonly string[]): string => `
const rules = (locale) => {
  const cardinal = new Intl.PluralRules(locale), ordinal = new Intl.PluralRules(locale, { type: "ordinal" });
  return (n, isOrdinal) => (isOrdinal ? ordinal : cardinal).select(Number(n));
};
${languages.map((one) => `export const ${one} = rules("${one}");`).join("\n")}`;
const LANGUAGES = ["fr", "en"];

/** What compiled messages call, for one catalogue alone: figures and plurals, chosen as ICU says. */
const SMALL_RUNTIME = `
export const number = (locale, value, offset) => new Intl.NumberFormat(locale).format(value - offset);
export const select = (value, texts) => (Object.hasOwn(texts, value) ? texts[value] : texts.other);
export const plural = (value, offset, rule, texts, isOrdinal) =>
  texts[value] ?? texts[rule(value - offset, isOrdinal)] ?? texts.other;`;

/** With `apart`, each catalogue carries what it needs itself: for a page that fetches only one of them. */
export function icu({ apart = false } = {}): Plugin {
  return {
    name: "aparte:icu",
    enforce: "pre",
    async resolveId(source, importer) {
      const language = apart ? /\/(\w+)\.json\?icu\.js$/.exec(importer ?? "")?.[1] : undefined;
      const own = language === undefined ? "" : `?${language}`;
      if (source === CARDINALS || source === ORDINALS) return `\0${CARDINALS}${own}`;
      if (source === RUNTIME && own !== "") return `\0${RUNTIME}${own}`;
      if (!source.endsWith(SUFFIX)) return null;
      const found = await this.resolve(source.slice(0, -"?icu".length), importer, { skipSelf: true });
      // The trailing `.js` keeps Vite's own JSON plugin away.
      return found === null ? null : `${found.id}?icu.js`;
    },
    load(id) {
      if (id.startsWith(`\0${CARDINALS}`)) {
        const [, language] = id.split("?");
        return pluralsOf(language === undefined ? LANGUAGES : [language]);
      }
      if (id.startsWith(`\0${RUNTIME}?`)) return SMALL_RUNTIME;
      if (!id.endsWith(".json?icu.js")) return null;
      const file = id.slice(0, -"?icu.js".length);
      this.addWatchFile(file);
      return compileCatalogue(readFileSync(file, "utf8"), basename(file, ".json"));
    },
  };
}

/** The source of an ES module whose default export maps each key of `json` to a function. Throws on a bad message. */
export function compileCatalogue(json: string, locale: string): string {
  const messages: unknown = JSON.parse(json);
  if (typeof messages !== "object" || messages === null) throw new Error("a catalogue is one JSON object");
  const sources: Record<string, string> = {};
  for (const [key, text] of Object.entries(messages)) {
    if (typeof text !== "string") throw new Error(`${locale}.json: "${key}" is not a string`);
    sources[key] = text;
  }
  return compileModule(new MessageFormat(locale), sources);
}
