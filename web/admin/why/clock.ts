/** A moment to the second, as data: "14:31:47". */
import { locale } from "../session.ts";

const TAG = { fr: "fr-FR", en: "en-GB" } as const;

export function clock(at: string, zone: string): string {
  return new Intl.DateTimeFormat(TAG[locale.value], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  }).format(new Date(at));
}
