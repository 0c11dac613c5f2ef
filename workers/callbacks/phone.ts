/** The number that a visitor typed, read as the country would where it names none. */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

const OF_LOCALE: Readonly<Record<string, CountryCode>> = { fr: "FR", en: "GB" };
/** Numbers that charge whoever calls them: nobody books a call to one in good faith. */
const CHARGING = /^\+33(?:8[129]|3\d{3}$)/;

/** The country whose numbers may be typed without their prefix. */
export function countryOf(country: string | null, locale: string): CountryCode {
  return country !== null && isSupportedCountry(country) ? country : (OF_LOCALE[locale] ?? "FR");
}

/** `typed` in E.164, or null where nobody can be called there. */
export function phoneOf(typed: string, country: CountryCode): string | null {
  const parsed = parsePhoneNumberFromString(typed, country);
  if (parsed === undefined || !parsed.isValid() || CHARGING.test(parsed.number)) return null;
  return parsed.number;
}

/** `phone` as people write it. */
export function shownPhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}
