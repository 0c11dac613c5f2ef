/**
 * The hold-out over all campaigns as history has it: every visitor id seen since its share was set, and what is its own of
 * what was bought in the weeks of the last reading (`domain/results/whose.ts`); beside it who of them came in those weeks.
 *
 * It walks all visits since then, so nobody waits for it: what was counted is kept, told with its time, and counted anew
 * after the answer once it is old. A reading stays for its week; what is returned meanwhile restates it.
 */
import { and, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { holdoutPeriod } from "../../domain/experiments/holdout-periods.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { readingAt } from "../../domain/incrementality/holdout-report.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { EMPTY_HISTORY } from "../../domain/kpi/history.ts";
import { cents, countedOrders, type PlacedOrder } from "../../domain/kpi/orders.ts";
import type { ArmOrder, People } from "../../domain/overview/holdout-course.ts";
import { discountLeft } from "../../domain/results/margin.ts";
import { doingsOf } from "../../domain/results/whose.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { audit, sites } from "../../migrations/schema.ts";
import { nextDay } from "../kpis/counted-site.ts";
import { joinOf } from "../results/read-phase.ts";

const DAY_MS = 86_400_000;
/** Counted so long ago, it is counted anew after the answer. */
const STALE_MS = 60 * 60_000;
const KEPT_AS = "site_holdout";
const VERSION = 4;

export type HoldoutWindow = { since: EpochMs; from: EpochMs; to: EpochMs; daysSinceSeed: number };
export type CountedHoldout = {
  /** Seen since the share was set: what chance split. */
  people: People;
  /** Of them, who came in the weeks that are read, and who of these bought. */
  came: People;
  bought: People;
  mixed: number;
  orders: ArmOrder[];
  countedAt: EpochMs;
};
/** `isAnonymous`: what it was counted from is forgotten (`kept-holdouts.ts`), so it stands as it is. */
type Kept = CountedHoldout & { made: string; isAnonymous?: true };

/**
 * The weeks of the last reading before `to`, by days of the site's zone, in the period of the hold-out in which the last
 * day began; all days since that was drawn before the first. What two periods held out is never read together.
 */
export async function holdoutWindow(
  env: Env,
  site: SiteKey,
  settings: SiteSettings,
  { to, now }: { to: EpochMs; now: EpochMs },
): Promise<HoldoutWindow> {
  const calendar = calendarOf(settings.timezone);
  const last = calendar.startOfDay(calendar.startOfDay(Math.min(to, now)) - 1);
  const period = holdoutPeriod(settings, last);
  const since = period.since ?? (await shareSetAt(env, site));
  const end = calendar.startOfDay(Math.min(to, now, period.until));
  const first = calendar.startOfDay(since) === since ? since : nextDay(calendar, since);
  // Days have 23 to 25 hours; half a day further steps over that.
  const daysSinceSeed = Math.max(0, Math.round((end - first) / DAY_MS));
  const days = readingAt(daysSinceSeed);
  const startOf = (day: number) => calendar.startOfDay(first + day * DAY_MS + DAY_MS / 2);
  if (days === null) return { since, from: Math.min(since, end), to: end, daysSinceSeed };
  return { since, from: startOf(days.from), to: startOf(days.to), daysSinceSeed };
}

/** When the share was last changed, where nothing was kept of the draw. */
async function shareSetAt(env: Env, site: SiteKey): Promise<EpochMs> {
  const db = drizzle(env.DB);
  const [made, changed] = await db.batch([
    db.select({ at: sites.createdAt }).from(sites).where(eq(sites.key, site)),
    db
      .select({ at: audit.at })
      .from(audit)
      .where(
        and(
          eq(audit.site, site),
          eq(audit.action, "site.update"),
          sql`EXISTS (SELECT 1 FROM json_each(${audit.detail}, '$.keys') WHERE value = 'global_holdout')`,
        ),
      )
      .orderBy(desc(audit.at))
      .limit(1),
  ]);
  return changed[0]?.at ?? made[0]?.at ?? 0;
}

/** What is kept of it, and whether it should be counted anew. */
export async function readHoldout(
  env: Env,
  site: SiteKey,
  settings: SiteSettings,
  window: HoldoutWindow,
  now: EpochMs,
): Promise<{ counted: CountedHoldout | null; isOld: boolean }> {
  const row = await env.DB.prepare(
    "SELECT body FROM kpi_rollups WHERE site = ?1 AND dimension = ?2 AND level = 'day' AND start = ?3",
  )
    .bind(site, KEPT_AS, window.to)
    .first<{ body: string }>();
  const kept = row === null ? null : (JSON.parse(row.body) as Kept);
  const stands = kept?.isAnonymous === true || kept?.made === madeOf(settings, window);
  if (kept === null || !stands) return { counted: null, isOld: true };
  return { counted: kept, isOld: now - kept.countedAt > STALE_MS };
}

const madeOf = (
  { currency, orders, timezone, global_holdout }: SiteSettings,
  { since, from }: HoldoutWindow,
) => JSON.stringify([VERSION, currency, orders, timezone, global_holdout, since, from]);

export async function countHoldout(
  env: Env,
  site: SiteKey,
  settings: SiteSettings,
  window: HoldoutWindow,
  now: EpochMs,
): Promise<CountedHoldout> {
  const { since, from, to } = window;
  const rows = (text: string) =>
    env.DB.prepare(text).bind(site, since, to, from).raw<(string | number | null)[]>();
  const [people, orders, refunds, buyers, joins] = await Promise.all([
    rows(PEOPLE),
    rows(ORDERS),
    rows(REFUNDS),
    rows(BUYERS),
    rows(JOINS),
  ]);
  const peopleAt = (column: number): People & { mixed: number } => {
    const numberAt = (lo: number, hi: number) =>
      Number(people.find(([low, high]) => low === lo && high === hi)?.[column] ?? 0);
    return { invited: numberAt(0, 0), heldOut: numberAt(1, 1), mixed: numberAt(0, 1) };
  };
  const history = {
    ...EMPTY_HISTORY,
    orders: orders.map(([id, visitor, at, total, currency, status]) => ({
      id: String(id),
      visitor: String(visitor),
      session: null,
      at: Number(at),
      total: Number(total),
      currency: String(currency),
      status: status === "confirmed" ? ("confirmed" as const) : ("claimed" as const),
      covered: false,
    })),
    refunds: refunds.map(([id, order, amount, status]) => ({
      id: String(id),
      order: String(order),
      amount: amount === null || amount === undefined ? null : Number(amount),
      status: status === "confirmed" ? ("confirmed" as const) : ("claimed" as const),
    })),
  };
  const { dayOf } = calendarOf(settings.timezone);
  const bought = { invited: new Set<string>(), heldOut: new Set<string>() };
  const ordersOf = doingsOf(countedOrders(history, { ...settings, attributionMs: 0 }), joins.map(joinOf));
  const discounts = new Map(orders.map((cells) => [String(cells[0]), cents(Number(cells[6] ?? 0))]));
  const offOf = (order: PlacedOrder) => {
    const off = discountLeft(order, discounts.get(order.id) ?? 0, settings.currency);
    return off === 0 ? {} : { off };
  };
  const told = buyers.flatMap(([id, lo, hi, came, first]): ArmOrder[] => {
    if (lo !== hi) return [];
    const [person, isHeldOut] = [String(id), lo === 1];
    const own = ordersOf(person, Number(first));
    if (came === 1 && own.length > 0) bought[isHeldOut ? "heldOut" : "invited"].add(person);
    return own.map((order) => ({
      person,
      isHeldOut,
      day: dayOf(order.at),
      cents: order.netCents,
      ...offOf(order),
    }));
  });
  const { mixed, ...seen } = peopleAt(2);
  const { invited, heldOut } = peopleAt(3);
  const counted: CountedHoldout = {
    people: seen,
    came: { invited, heldOut },
    bought: { invited: bought.invited.size, heldOut: bought.heldOut.size },
    mixed,
    orders: told,
    countedAt: now,
  };
  await env.DB.prepare(
    `INSERT INTO kpi_rollups (site, dimension, level, start, body) VALUES (?1, ?2, 'day', ?3, ?4)
     ON CONFLICT (site, dimension, level, start) DO UPDATE SET body = excluded.body`,
  )
    .bind(site, KEPT_AS, to, JSON.stringify({ ...counted, made: madeOf(settings, window) } satisfies Kept))
    .run();
  return counted;
}

/** ?1 site, ?2 since the share was set, ?3 the end, ?4 the beginning of the weeks. */
const PEOPLE = `WITH seen AS MATERIALIZED (SELECT min(global_holdout) AS lo, max(global_holdout) AS hi,
    max(started_at) >= ?4 AS came FROM sessions WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3 GROUP BY visitor_id)
  SELECT lo, hi, count(*), sum(came) FROM seen GROUP BY lo, hi`;
const IN_WEEKS = "o.site = ?1 AND o.at >= ?4 AND o.at < ?3 AND ?2 IS NOT NULL";
const ORDERS = `SELECT o.order_id, o.visitor_id, o.at, o.total, o.currency, o.status, o.discount
  FROM orders o WHERE ${IN_WEEKS}`;
const REFUNDS = `SELECT r.id, r.order_id, r.amount, r.status FROM orders o
  JOIN refunds r ON r.site = o.site AND r.order_id = o.order_id WHERE ${IN_WEEKS}`;
/** Everybody who bought, and whom else these users have been. */
const NAMES = `bought AS MATERIALIZED (SELECT DISTINCT o.visitor_id AS v FROM orders o WHERE ${IN_WEEKS}),
  names AS MATERIALIZED (SELECT v FROM bought UNION SELECT other.visitor_id FROM bought
    CROSS JOIN identities own INDEXED BY identities_visitor ON own.site = ?1 AND own.visitor_id = bought.v
    CROSS JOIN identities other ON other.site = ?1 AND other.user_id = own.user_id)`;
const JOINS = `WITH ${NAMES} SELECT i.visitor_id, i.user_id, i.at FROM names
  CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = names.v`;
/** Each of them whom this hold-out saw: in which arms, whether in the weeks, and since when. */
const BUYERS = `WITH ${NAMES} SELECT s.visitor_id, min(s.global_holdout), max(s.global_holdout),
    max(s.started_at) >= ?4, min(s.started_at)
  FROM names CROSS JOIN sessions s INDEXED BY sessions_visitor
    ON s.site = ?1 AND s.visitor_id = names.v AND s.started_at >= ?2 AND s.started_at < ?3
  GROUP BY s.visitor_id`;
