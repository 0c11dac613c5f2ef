/** How many conversations a visitor, and an address, may open at a site within an hour. */
import type { SiteSettings } from "../site/settings.ts";

export type OpeningLimit = { who: string; max: number };

/** The limits that an opening counts against; `address` is a hash. Before the first publication: the defaults. */
export function openingLimits(
  settings: SiteSettings | undefined,
  visitor: string,
  address: string,
): [OpeningLimit, OpeningLimit] {
  return [
    { who: `visitor:${visitor}`, max: settings?.conversations_per_visitor_hour ?? 20 },
    { who: `address:${address}`, max: settings?.conversations_per_address_hour ?? 60 },
  ];
}
