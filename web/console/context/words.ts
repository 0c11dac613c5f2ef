/** The words of the pane beside a conversation that the pane alone needs. */
import { translator, type Locale, type Translate } from "../../shared/i18n.ts";
import { locale } from "../words.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

const translators: Record<Locale, Translate> = {
  fr: translator({ fr, en }, "fr"),
  en: translator({ fr, en }, "en"),
};

/** The words for `key` in the console's language. */
export const t: Translate = (key, args) => translators[locale.value](key, args);
