/** The console's words in the language of whoever sits here, and the clock that its waits run on. */
import { signal } from "@preact/signals";
import { preferredLocale, rememberLocale, translator, type Locale, type Translate } from "../shared/i18n.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

export const locale = signal<Locale>(preferredLocale());
const translators: Record<Locale, Translate> = {
  fr: translator({ fr, en }, "fr"),
  en: translator({ fr, en }, "en"),
};

/** The words for `key` now; a component that calls it follows the language. */
export const t: Translate = (key, args) => translators[locale.value](key, args);

/** Speak `next` from now on. */
export function speak(next: Locale): void {
  rememberLocale(next);
  locale.value = next;
}

/** This machine's time, each second: what waiting clocks read. */
export const tick = signal(Date.now());
setInterval(() => (tick.value = Date.now()), 1_000);
