/** A log-in after the first exposure changes nothing: in a result, in what is paid for, in the hold-out over all campaigns. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { SiteSettings } from "../../domain/site/settings.ts";
import { countHoldout } from "../../workers/overview/site-holdout.ts";
import { countPhase } from "../../workers/results/phase-sums.ts";
import { readUnits } from "../../workers/returns/phase-units.ts";
import { makeSite } from "./site.ts";

const DAY = 86_400_000;
const NOW = Date.now();
const PEOPLE = 120;
const BUYERS = 30;

const OF = "FROM json_each(?2) j CROSS JOIN (SELECT 'a' AS arm UNION SELECT 'holdout') WHERE ?1 <> ''";
const VISITOR = "arm || '-' || (j.value ->> 'rank')";
const AT = "(j.value ->> 'at')";
const SESSIONS = `INSERT INTO sessions (site, id, revision, visitor_id, started_at, last_at, ended_at, pages, events,
    seconds, utm, cart_value, cart_items, global_holdout, covered, eligible)
  SELECT ?1, 'ses_' || ${VISITOR}, 1, ${VISITOR}, ${AT}, ${AT}, ${AT}, 1, 1, 1, '{}', 0, 0, arm = 'holdout', 1, 1 ${OF}`;
const EXPOSURES = `INSERT INTO exposures (site, id, revision, visitor_id, session_id, campaign_id, phase, variant, kind, arm,
    probability, eligible_at)
  SELECT ?1, 'dec_' || ${VISITOR}, 1, ${VISITOR}, 'ses_' || ${VISITOR}, 'cmp_a', 1, 'a', 'chat',
    iif(arm = 'a', 'treated', arm), 0.5, ${AT} ${OF}`;
const ORDERS = `INSERT INTO orders (site, order_id, revision, visitor_id, at, received_at, total, currency, status, items, covered)
  SELECT ?1, 'ord_' || ${VISITOR}, 1, ${VISITOR}, ${AT} + 60000, ${AT}, 90, 'EUR', 'confirmed', 1, 1 ${OF}
    AND arm = 'a' AND (j.value ->> 'rank') < ${BUYERS}`;

/** As many of either arm, of whom some that were invited buy. */
async function keepVisitors(site: string): Promise<void> {
  const ranks = Array.from({ length: PEOPLE }, (_, rank) => ({ rank, at: NOW - (1 + (rank % 12)) * DAY }));
  await env.DB.batch(
    [SESSIONS, EXPOSURES, ORDERS].map((sql) => env.DB.prepare(sql).bind(site, JSON.stringify(ranks))),
  );
}

/** Each invited visitor has a held-out one of the same rank, who turns out to be the same user. */
async function joinArms(site: string, at: number): Promise<void> {
  const rows = Array.from({ length: PEOPLE }, (_, rank) =>
    ["a", "holdout"].map((arm) => ({ user: `u${rank}`, visitor: `${arm}-${rank}`, at })),
  ).flat();
  await env.DB.prepare(
    `INSERT INTO identities (site, user_id, visitor_id, revision, at)
     SELECT ?1, value ->> 'user', value ->> 'visitor', 1, value ->> 'at' FROM json_each(?2) WHERE true
     ON CONFLICT DO UPDATE SET at = excluded.at`,
  )
    .bind(site, JSON.stringify(rows))
    .run();
}

async function told(site: string, campaign: string) {
  const settings = SiteSettings.parse({ key: site, name: "Site", timezone: "UTC", global_holdout: 0.5 });
  const sums = await countPhase(
    env,
    {
      site,
      campaign,
      phase: 1,
      goal: "sale",
      lead: null,
      settings,
      windowMs: 2 * DAY,
      capCents: null,
      until: null,
      attributionMs: 2 * DAY,
    },
    NOW,
  );
  const arms = (name: string) =>
    (["n", "conversions"] as const).map((sum) =>
      Object.values(sums.days).reduce((all, day) => all + (day[name]?.[sum] ?? 0), 0),
    );
  const paid = await readUnits(env, site, campaign, { from: 0, to: NOW + 1, currency: "EUR", of: "orders" });
  const bought = new Set(paid.orders.map(({ person }) => person));
  const paidOf = (arm: string) => {
    const own = paid.units.filter((unit) => unit.arm === arm);
    return [own.length, own.filter(({ person }) => bought.has(person)).length];
  };
  const window = { since: NOW - 20 * DAY, from: NOW - 14 * DAY, to: NOW, daysSinceSeed: 20 };
  const held = await countHoldout(env, site, settings, window, NOW);
  return {
    multiple: sums.multiple,
    result: [arms("treated:a"), arms("holdout")],
    paid: [paidOf("treated"), paidOf("holdout")],
    seen: held.people,
    mixed: held.mixed,
    bought: held.bought,
  };
}

test("RES26: joined by a log-in after it, nobody is dropped and nothing moves; joined before, both are who bought", async () => {
  const { key } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  await keepVisitors(key);
  const before = await told(key, "cmp_a");
  expect(before).toEqual({
    multiple: 0,
    result: [
      [PEOPLE, BUYERS],
      [PEOPLE, 0],
    ],
    paid: [
      [PEOPLE, BUYERS],
      [PEOPLE, 0],
    ],
    seen: { invited: PEOPLE, heldOut: PEOPLE },
    mixed: 0,
    bought: { invited: BUYERS, heldOut: 0 },
  });
  await joinArms(key, NOW - 1_000);
  expect(await told(key, "cmp_a")).toEqual(before);
  await joinArms(key, NOW - 60 * DAY);
  const known = await told(key, "cmp_a");
  expect(known).toMatchObject({ multiple: 0, mixed: 0, seen: before.seen });
  expect(known.result).toEqual([
    [PEOPLE, BUYERS],
    [PEOPLE, BUYERS],
  ]);
  expect(known.paid).toEqual(known.result);
  expect(known.bought).toEqual({ invited: BUYERS, heldOut: BUYERS });
});
