/** When somebody is there again, by the site's clock, and whose clock that is. */
import type { Availability } from "./server.ts";
import type { Words } from "./words.ts";

const WEEK_MS = 7 * 86_400_000;

/** "De retour lundi à 9:00"; null where nobody knows, or where a weekday would mislead. */
export function openingOf(
  { opens_at: at, timezone }: Pick<Availability, "opens_at" | "timezone">,
  { t, tag }: Pick<Words, "t" | "tag">,
  now: number,
): string | null {
  if (at === null || Date.parse(at) - now >= WEEK_MS) return null;
  const zone = timezone ? { timeZone: timezone } : {};
  const say = (format: Intl.DateTimeFormatOptions, moment: number = Date.parse(at)): string =>
    new Intl.DateTimeFormat(tag, { ...zone, ...format }).format(new Date(moment));
  const time = say({ hour: "numeric", minute: "2-digit" });
  const isToday = say({ dateStyle: "short" }) === say({ dateStyle: "short" }, now);
  return isToday ? t("backToday", { time }) : t("backOn", { day: say({ weekday: "long" }), time });
}

/** "Heure de Paris". */
export function zoneOf(timezone: string, { t }: Pick<Words, "t">): string {
  const city = timezone.split("/").at(-1)?.replaceAll("_", " ") ?? "";
  return t("zone", { city, vowel: /^[aeiouyh]/i.test(city) ? "yes" : "no" });
}
