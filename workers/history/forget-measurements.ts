/**
 * Forgetting what single visitors did: once a site's months are over, the rows of history that say so are gone. What was
 * counted of them was sealed before (`workers/kpis/seal-days.ts`) and stays.
 *
 * Once a day each site is gone through, in steps that may each be repeated: rows that have a moment are found by it, so
 * that what came late or was told again is found as well; those that have none by themselves are looked at in the order of
 * their keys. The place of a site moves on only once a step is done, so that a run may be killed anywhere.
 *
 * Nothing is forgotten that somebody still needs: no row less than `FINAL_AHEAD_MS` before the first day that is open, no
 * visit by which its visitor is yet to be forgotten (`retention.ts`), no conversation of which the words are kept.
 *
 * Units   `EpochMs`. A run takes `STEPS_A_RUN` steps at most, of some `AT_ONCE` rows a table.
 */
import { FINAL_AHEAD_MS, measuredSince } from "../../domain/history/measurement-retention.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { Sealed } from "../../domain/kpi/seals.ts";
import { everySettings } from "../kpis/site-settings.ts";
import { anonymiseHoldouts } from "../overview/kept-holdouts.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AT_ONCE = 500;
const STEPS_A_RUN = 200;
/** Looked at, of which most are to stay. */
const KEYS_AT_ONCE = 2_000;
/** A seal stands so long before anything goes: who read that its days were open has counted them by then. */
const STANDS_MS = HOUR_MS;

/** How far a site is: `before` is where this round forgets up to, `step` what it is at, `after` the last key of that. */
type Place = { before: EpochMs; step: number; after: string[] };
type Round = { env: Env; site: SiteKey; before: EpochMs };
/** Does some of a step from `after` on: how many rows it dropped, and where to go on, null where it is done. */
type Step = (round: Round, after: readonly string[]) => Promise<{ dropped: number; next: string[] | null }>;

/** Forget what is due at every site; returns how many rows. */
export async function forgetMeasurements(env: Env, now: EpochMs): Promise<number> {
  const places = await readPlaces(env);
  let steps = STEPS_A_RUN;
  let dropped = 0;
  for (const [site, settings] of await everySettings(env)) {
    const before = dueBefore(settings, now);
    let place = nextRound(places.get(site), before);
    while (place !== null && steps > 0) {
      const step = STEPS[place.step];
      if (step === undefined) break;
      const did = await step({ env, site, before: place.before }, place.after);
      steps -= 1;
      dropped += did.dropped;
      place =
        did.next === null ? { ...place, step: place.step + 1, after: [] } : { ...place, after: did.next };
      await keepPlace(env, site, place);
    }
  }
  return dropped;
}

/** Up to where rows of the site may go at `now`; 0 where none may. */
function dueBefore(
  { measurement_months, sealed }: { measurement_months: number; sealed: Sealed },
  now: EpochMs,
): EpochMs {
  if (now - sealed.at < STANDS_MS) return 0;
  return Math.max(0, Math.min(measuredSince(now, measurement_months), sealed.until - FINAL_AHEAD_MS));
}

/** The round that is not finished, else a new one where a day has passed since the last; null: nothing to do. */
function nextRound(last: Place | undefined, before: EpochMs): Place | null {
  if (last !== undefined && last.step < STEPS.length) return before === 0 ? null : last;
  const lastDay = Math.floor((last?.before ?? 0) / DAY_MS);
  return Math.floor(before / DAY_MS) > lastDay ? { before, step: 0, after: [] } : null;
}

const dueOf = (table: string, key: string, moment: string, more = "") =>
  `SELECT ${key} FROM ${table} WHERE site = ?1 AND ${moment} < ?2 ${more} ORDER BY ${moment} LIMIT ${AT_ONCE}`;
const drop = (table: string, key: string, due: string) =>
  `DELETE FROM ${table} WHERE site = ?1 AND ${key} IN (${due})`;
const droppedBy = (table: string, key: string, moment: string, more = "") =>
  drop(table, key, dueOf(table, key, moment, more));

/** The run that forgets visitors has come by it. */
const VISIT_IS_SEEN = `AND EXISTS (SELECT 1 FROM installation p WHERE p.key = 'forgotten:' || ?1
    AND (started_at, id) <= (p.value ->> '$.startedAt', p.value ->> '$.id'))`;
const DUE_ORDERS = dueOf("orders", "order_id", "at");
/** Its words are gone, and so is its room. */
const WORDS_ARE_GONE = `AND EXISTS (SELECT 1 FROM installation p WHERE p.key = 'transcripts:' || ?1
    AND (created_at, id) <= (p.value ->> '$.createdAt', p.value ->> '$.id')
    AND id NOT IN (SELECT value FROM json_each(p.value, '$.again')))`;
const DUE_CONVERSATIONS = dueOf("conversations", "id", "created_at", WORDS_ARE_GONE);

/** In this order: an order's refunds and a conversation's answers go before it, by the same list. */
const BY_MOMENT = [
  droppedBy("sessions", "id", "started_at", VISIT_IS_SEEN),
  droppedBy("exposures", "id", "eligible_at"),
  drop("refunds", "order_id", DUE_ORDERS),
  drop("orders", "order_id", DUE_ORDERS),
  droppedBy("leads", "id", "at"),
  drop("surveys", "conversation_id", DUE_CONVERSATIONS),
  drop("conversations", "id", DUE_CONVERSATIONS),
  droppedBy(
    "surveys",
    "conversation_id",
    "at",
    `AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.site = ?1 AND c.id = surveys.conversation_id)`,
  ),
  droppedBy("agent_states", "id", "started_at", "AND ended_at IS NOT NULL"),
  droppedBy("exempt_counts", "id", "hour"),
  `DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters
    WHERE (site = ?1 OR site IS NULL) AND received_at < ?2 LIMIT ${AT_ONCE})`,
];

async function dropByMoment({ env, site, before }: Round): ReturnType<Step> {
  const done = await env.DB.batch(BY_MOMENT.map((sql) => env.DB.prepare(sql).bind(site, before)));
  const dropped = done.reduce((sum, { meta }) => sum + meta.changes, 0);
  // Refunds go by the list of their orders, whose number says whether there are more.
  return { dropped, next: done.some(({ meta }) => meta.changes >= AT_ONCE) ? [] : null };
}

const isLeft = (table: string, index: string) =>
  `EXISTS (SELECT 1 FROM ${table} t INDEXED BY ${index} WHERE t.site = ?1 AND t.visitor_id = identities.visitor_id)`;
/** Who a visitor has been is known as long as something of that visitor is kept. */
const NOTHING_IS_LEFT = [
  ["sessions", "sessions_visitor"],
  ["exposures", "exposures_visitor"],
  ["orders", "orders_visitor"],
  ["leads", "leads_visitor"],
  ["conversations", "conversations_visitor"],
  ["contacts", "contacts_visitor"],
]
  .map(([table = "", index = ""]) => `NOT ${isLeft(table, index)}`)
  .join(" AND ");

/** Goes along the keys of `table`, and drops what is older and `also` holds for. */
function dropAlongKeys(table: string, keys: readonly [string, string?], also = "true"): Step {
  const names = keys.filter((key) => key !== undefined);
  const key = `(${names.join(", ")})`;
  const from = names.map((_, index) => `?${index + 3}`).join(", ");
  const to = names.map((_, index) => `?${index + 3 + names.length}`).join(", ");
  const LAST = `SELECT ${names.join(", ")} FROM ${table}
    WHERE site = ?1 AND ${key} > (${from}) AND ?2 IS NOT NULL
    ORDER BY ${names.join(", ")} LIMIT 1 OFFSET ${KEYS_AT_ONCE - 1}`;
  const dropIn = (end: string) => `DELETE FROM ${table}
    WHERE site = ?1 AND ${key} > (${from}) ${end} AND at < ?2 AND ${also}`;
  return async ({ env, site, before }, after) => {
    const since = after.length === 0 ? names.map(() => "") : after;
    const last = await env.DB.prepare(LAST)
      .bind(site, before, ...since)
      .first<Record<string, string>>();
    const next = last === null ? null : names.map((name) => last[name] ?? "");
    const statement =
      next === null
        ? env.DB.prepare(dropIn("")).bind(site, before, ...since)
        : env.DB.prepare(dropIn(`AND ${key} <= (${to})`)).bind(site, before, ...since, ...next);
    const { meta } = await statement.run();
    return { dropped: meta.changes, next };
  };
}

const ORDER_IS_GONE = `NOT EXISTS (SELECT 1 FROM orders o WHERE o.site = ?1 AND o.order_id = refunds.order_id)`;

const STEPS: readonly Step[] = [
  dropByMoment,
  dropAlongKeys("refunds", ["id"], ORDER_IS_GONE),
  dropAlongKeys("contacts", ["id"]),
  dropAlongKeys("identities", ["user_id", "visitor_id"], NOTHING_IS_LEFT),
  async ({ env, site, before }) => ({ dropped: await anonymiseHoldouts(env, site, before), next: null }),
];

async function readPlaces(env: Env): Promise<ReadonlyMap<SiteKey, Place>> {
  const { results } = await env.DB.prepare(
    "SELECT substr(key, 10) AS site, value FROM installation WHERE key >= 'measured:' AND key < 'measured;'",
  ).all<{ site: SiteKey; value: string }>();
  return new Map(results.map(({ site, value }) => [site, JSON.parse(value) as Place]));
}

async function keepPlace(env: Env, site: SiteKey, place: Place): Promise<void> {
  await env.DB.prepare("INSERT OR REPLACE INTO installation (key, value) VALUES (?, ?)")
    .bind(`measured:${site}`, JSON.stringify(place))
    .run();
}
