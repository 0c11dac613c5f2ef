/** The words of the screens for canned answers and conclusions: a catalogue that comes with them alone. */
import { computed } from "@preact/signals";
import { translator, type Translate } from "../../shared/i18n.ts";
import { locale } from "../session.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

const words = computed(() => translator({ fr, en }, locale.value));

/** The words of `key` in the reader's language; a component that calls it is drawn again when that changes. */
export const w: Translate = (key, args) => words.value(key, args);
