/**
 * Sealed days: figures that are final, because the rows they were counted from are being forgotten.
 *
 * Whatever has happened since to a sealed day's mark, to the site's settings or to the definitions, what is kept of it is
 * served and nobody counts it again (`docs/rules/retention.md`). What was kept in another zone is told by its hours, and
 * in another currency without its money.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type CountName, COUNTS } from "../../domain/kpi/tally.ts";
import { currencyAt, isSealed, isSealedAs, Sealed, UNSEALED } from "../../domain/kpi/seals.ts";
import type { CountedSite, LocalDay } from "./counted-site.ts";
import type { PackedTally } from "../../domain/kpi/packed-tally.ts";
import type { KeptGroup } from "./rollup-body.ts";

/** Under which key `installation` has how far a site is sealed. */
export const SEALED_KEY = "sealed:";

export function sealedFrom(value: string | null): Sealed {
  return value === null ? UNSEALED : Sealed.parse(JSON.parse(value));
}

/** SQL that holds where the day that ends at `to` is not sealed: nothing that was counted before is kept after. */
export const stillOpen = (site: string, to: string) =>
  `NOT EXISTS (SELECT 1 FROM installation WHERE key = '${SEALED_KEY}' || ${site} AND value ->> '$.until' >= ${to})`;

/** The same of a day by its date. */
export const stillOpenDate = (site: string, date: string) =>
  `NOT EXISTS (SELECT 1 FROM installation WHERE key = '${SEALED_KEY}' || ${site} AND value ->> '$.openDay' > ${date})`;

/** How far \`site\` is sealed. */
export async function readSealed(env: Env, site: SiteKey): Promise<Sealed> {
  const value = await env.DB.prepare("SELECT value FROM installation WHERE key = ?")
    .bind(`${SEALED_KEY}${site}`)
    .first<string>("value");
  return sealedFrom(value);
}

export function isFinal({ sealed }: CountedSite, day: LocalDay): boolean {
  return isSealed(sealed, day);
}

/** Whether `day` is final, and was counted with other days or in other money than the site has now. */
export function isCountedElse({ sealed, rules }: CountedSite, day: LocalDay): boolean {
  return isSealed(sealed, day) && !isSealedAs(sealed, day, rules);
}

/** The first subject of a day that is not sealed; all of them after it are not, either. */
export function firstOpenSubject({ sealed, calendar }: CountedSite): string {
  return sealed.until === 0 ? "day:" : `day:${calendar.dayOf(sealed.until)}`;
}

/** `groups` of what was counted at `start`, without money of another currency than the site's. */
export function inOwnMoney(
  { sealed, rules }: CountedSite,
  start: EpochMs,
  groups: readonly KeptGroup[],
): KeptGroup[] {
  const currency = currencyAt(sealed, start);
  if (currency === null || currency === rules.currency) return [...groups];
  return groups.map(([group, tally]) => [group, withoutMoney(tally)]);
}

const isMoney = (name: CountName) => /revenue|cents/.test(name);
/** Of each kind of orders, those whose money is in no sum: as many, where no money of theirs is. */
const FOREIGN: Partial<Record<CountName, CountName>> = {
  total_orders: "orders_in_other_currency",
  assisted_orders: "assisted_in_other_currency",
  row_assisted_orders: "row_assisted_in_other_currency",
};
const IS_FOREIGN = new Set(Object.values(FOREIGN));
/** Made of orders in the own currency alone. */
const OF_OWN: ReadonlySet<CountName> = new Set([
  "buyers",
  "orders_sq",
  "unassisted_buyers",
  "unassisted_orders_sq",
  "assisted_buyers",
  "assisted_orders_sq",
]);

/** As it would have been counted: orders count, all of them as orders in another currency, and their money does not. */
function withoutMoney([counts, ...spreads]: PackedTally): PackedTally {
  const kept: number[] = [];
  for (let at = 0; at + 1 < counts.length; at += 2) {
    const [place = -1, count = 0] = counts.slice(at, at + 2);
    const name = COUNTS[place];
    if (name === undefined || isMoney(name) || IS_FOREIGN.has(name) || OF_OWN.has(name)) continue;
    kept.push(place, count);
    const foreign = FOREIGN[name];
    if (foreign !== undefined) kept.push(COUNTS.indexOf(foreign), count);
  }
  return [kept, ...spreads];
}
