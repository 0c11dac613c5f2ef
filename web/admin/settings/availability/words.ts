/** The words of what visitors are offered and of call-backs: a catalogue that comes with the settings alone. */
import { computed } from "@preact/signals";
import { translator, type Translate } from "../../../shared/i18n.ts";
import { locale } from "../../session.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

const words = computed(() => translator({ fr, en }, locale.value));

/** The words of `key` in the reader's language; a component that calls it is drawn again when that changes. */
export const a: Translate = (key, args) => words.value(key, args);
