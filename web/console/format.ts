/** Figures as the console says them: the shared ones, and sizes of files. Units: bytes. */
import { number } from "../shared/format.ts";
import type { Locale } from "../shared/i18n.ts";

export { money } from "../shared/format.ts";

const KILO = 1_000;
const UNITS: Record<Locale, readonly string[]> = { fr: ["o", "ko", "Mo"], en: ["B", "kB", "MB"] };

/** "820 o", "24 ko", "1,2 Mo". */
export function bytesOf(locale: Locale, bytes: number): string {
  const power = bytes < KILO ? 0 : bytes < KILO ** 2 ? 1 : 2;
  return `${number(locale, bytes / KILO ** power, power === 2 ? 1 : 0)}\u00a0${UNITS[locale][power]}`;
}
