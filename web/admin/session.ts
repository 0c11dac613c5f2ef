/**
 * Who is here, in which language: the few things that every screen of the admin shares.
 *
 * Shapes  `me` is undefined while unknown and null when nobody is signed in.
 */
import { computed, signal } from "@preact/signals";
import { ApiFailure } from "../shared/api.ts";
import { preferredLocale, rememberLocale, translator, type Locale, type Translate } from "../shared/i18n.ts";
import { signOut as endLogin, whoAmI, type Me, type Membership } from "../shared/session.ts";
import en from "./messages/en.json?icu";
import fr from "./messages/fr.json?icu";

export type SiteSeat = Membership;

export const me = signal<Me | null | undefined>(undefined);
export const meFailure = signal<ApiFailure | null>(null);
export const locale = signal<Locale>(preferredLocale());

const words = computed(() => translator({ fr, en }, locale.value));

/** The words of `key` in the reader's language; a component that calls it is drawn again when that changes. */
export const t: Translate = (key, args) => words.value(key, args);

export function chooseLanguage(next: Locale): void {
  rememberLocale(next);
  locale.value = next;
}

/** Ask who is signed in. */
export async function loadMe(): Promise<void> {
  meFailure.value = null;
  try {
    me.value = await whoAmI();
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    meFailure.value = error;
  }
}

export async function signOut(): Promise<void> {
  try {
    await endLogin();
    me.value = null;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    // A login that is gone already is signed out; for anything else the person stays, and is told.
    if (error.status === 401) me.value = null;
    else meFailure.value = error;
  }
}
