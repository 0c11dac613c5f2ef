/**
 * Readings of the hold-out over all campaigns are kept with the orders that they rest on, each with whose it was. Once the
 * rows of those visitors are forgotten, who they were goes from here as well: a number in their place tells them apart.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";

type Kept = { orders: { person: string }[]; isAnonymous?: true };

/** Take the names out of the readings of `site` that ended before `before`; returns how many there were. */
export async function anonymiseHoldouts(env: Env, site: SiteKey, before: EpochMs): Promise<number> {
  const { results } = await env.DB.prepare(DUE).bind(site, before).all<{ start: EpochMs; body: string }>();
  if (results.length === 0) return 0;
  await env.DB.batch(
    results.map(({ start, body }) =>
      env.DB.prepare(KEEP).bind(site, start, JSON.stringify(anonymous(JSON.parse(body) as Kept))),
    ),
  );
  return results.length;
}

function anonymous(kept: Kept): Kept {
  const numbers = new Map<string, string>();
  const numberOf = (person: string) => {
    const known = numbers.get(person) ?? String(numbers.size + 1);
    numbers.set(person, known);
    return known;
  };
  const orders = kept.orders.map((order) => ({ ...order, person: numberOf(order.person) }));
  return { ...kept, orders, isAnonymous: true };
}

const OF_HOLDOUT = "site = ?1 AND dimension = 'site_holdout' AND level = 'day'";
const DUE = `SELECT start, body FROM kpi_rollups
  WHERE ${OF_HOLDOUT} AND start < ?2 AND body ->> '$.isAnonymous' IS NULL`;
const KEEP = `UPDATE kpi_rollups SET body = ?3 WHERE ${OF_HOLDOUT} AND start = ?2`;
