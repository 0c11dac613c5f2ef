/** What the hosted chat page says around the chat, and how it writes times. */
import type { EpochMs } from "../../domain/ids.ts";

export type PageLocale = "fr" | "en";

export const PAGE_WORDS = {
  fr: {
    title: (site: string) => `${site} · Discuter`,
    online: "Posez votre question, quelqu’un vous répond maintenant.",
    busy: "Tout le monde est en conversation. Écrivez, vous gardez votre place.",
    closed: "Personne n’est là pour l’instant. Laissez votre question.",
    hidden: "Personne n’est là pour l’instant.",
    opens: (when: string) => `De retour ${when}.`,
    zone: (zone: string) => `Heure de ${zone}`,
    open: "Ouvrir la conversation",
    script: "La conversation a besoin de JavaScript.",
    hours: "Horaires",
    shut: "Fermé",
    allDay: "Jour et nuit",
    lost: "Cette page n’existe pas",
    lostText: "Le lien est incomplet ou n’est plus en service.",
  },
  en: {
    title: (site: string) => `${site} · Chat`,
    online: "Ask your question, somebody answers now.",
    busy: "Everybody is in a conversation. Write, and you keep your place.",
    closed: "Nobody is here right now. Leave your question.",
    hidden: "Nobody is here right now.",
    opens: (when: string) => `Back ${when}.`,
    zone: (zone: string) => `${zone} time`,
    open: "Open the chat",
    script: "The chat needs JavaScript.",
    hours: "Opening hours",
    shut: "Closed",
    allDay: "Day and night",
    lost: "This page does not exist",
    lostText: "The link is incomplete or no longer in use.",
  },
} as const;

const TAGS: Readonly<Record<PageLocale, string>> = { fr: "fr-FR", en: "en-GB" };

/** How `locale` writes times of `timeZone`. */
export function timesOf(locale: PageLocale, timeZone: string) {
  const form = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(TAGS[locale], { ...options, timeZone });
  const weekday = form({ weekday: "long" });
  const date = form({ weekday: "long", day: "numeric", month: "long" });
  const day = form({ year: "numeric", month: "2-digit", day: "2-digit" });
  const clock = form({ hour: "2-digit", minute: "2-digit" });
  const WEEK_MS = 6 * 86_400_000;
  return {
    weekday: (at: EpochMs) => weekday.format(at),
    clock: (at: EpochMs) => clock.format(at),
    /** "à 14:00" today, "lundi à 9:00" within the week, with the date beyond. */
    when(at: EpochMs, now: EpochMs): string {
      const time = locale === "fr" ? `à\u00a0${clock.format(at)}` : `at ${clock.format(at)}`;
      if (day.format(at) === day.format(now)) return time;
      const named = at - now < WEEK_MS ? weekday.format(at) : date.format(at);
      return `${locale === "en" ? "on " : ""}${named} ${time}`;
    },
  };
}

/** The city of an IANA zone, as one says it. */
export function placeOf(timezone: string): string {
  return (timezone.split("/").at(-1) ?? timezone).replaceAll("_", " ");
}

/** The language of `asked` (a query's `lang`), else the first of `accepted` (Accept-Language) that is known. */
export function pageLocale(
  asked: string | undefined,
  accepted: string | undefined,
  own: PageLocale,
): PageLocale {
  const known = (tag: string): PageLocale | null => {
    const [language] = tag.trim().toLowerCase().split("-");
    return language === "fr" || language === "en" ? language : null;
  };
  const stated = asked === undefined ? null : known(asked);
  if (stated !== null) return stated;
  const wanted = (accepted ?? "")
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.split(";");
      const weight = parameters.find((each) => each.trim().startsWith("q="));
      return { locale: known(tag), weight: weight === undefined ? 1 : Number(weight.trim().slice(2)) || 0 };
    })
    .filter(({ locale, weight }) => locale !== null && weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  return wanted[0]?.locale ?? own;
}
