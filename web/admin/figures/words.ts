/** The words of the figures' screen: a catalogue that comes with it, so that others do not carry it. */
import { computed } from "@preact/signals";
import { translator, type Translate } from "../../shared/i18n.ts";
import { locale } from "../session.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

const words = computed(() => translator({ fr, en }, locale.value));

/** The words of `key` in the reader's language; a component that calls it is drawn again when that changes. */
export const f: Translate = (key, args) => words.value(key, args);
