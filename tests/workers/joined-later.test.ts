/** A log-in after the first exposure changes nothing: in a result, in what is paid for, in the hold-out over all campaigns. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { SiteSettings } from "../../domain/site/settings.ts";
import { countHoldout } from "../../workers/overview/site-holdout.ts";
import { countPhase } from "../../workers/results/phase-sums.ts";
import { readUnits } from "../../workers/returns/phase-units.ts";
import { keepCampaign } from "../fixtures/campaign-history.ts";
import { makeSite } from "./site.ts";

const DAY = 86_400_000;
const NOW = Date.now();
const PEOPLE = 120;
const BUYERS = 30;

/** Each invited visitor has a held-out one of the same rank, who turns out to be the same user. */
async function joinArms(site: string, campaign: string, at: number): Promise<void> {
  const rows = Array.from({ length: PEOPLE }, (_, rank) =>
    ["a", "holdout"].map((arm) => ({ user: `u${rank}`, visitor: `${campaign}-${arm}-${rank}`, at })),
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
    { site, campaign, phase: 1, goal: "sale", lead: null, settings, windowMs: 2 * DAY, capCents: null },
    NOW,
  );
  const arms = (name: string) =>
    Object.values(sums.days).reduce(
      ([n, x], day) => [n + (day[name]?.n ?? 0), x + (day[name]?.conversions ?? 0)],
      [0, 0],
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
  const arms = {
    a: { visitors: PEOPLE, buyers: BUYERS },
    holdout: { visitors: PEOPLE, buyers: BUYERS },
  };
  await keepCampaign(env.DB, key, { campaign: "cmp_a", days: 12, arms }, NOW);
  await env.DB.batch([
    env.DB.prepare("DELETE FROM orders WHERE site = ? AND visitor_id LIKE '%holdout%'").bind(key),
    env.DB.prepare(
      "UPDATE sessions SET global_holdout = 1 WHERE site = ? AND visitor_id LIKE '%holdout%'",
    ).bind(key),
  ]);
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
  await joinArms(key, "cmp_a", NOW - 1_000);
  expect(await told(key, "cmp_a")).toEqual(before);
  await joinArms(key, "cmp_a", NOW - 60 * DAY);
  const known = await told(key, "cmp_a");
  expect(known).toMatchObject({ multiple: 0, mixed: 0, seen: before.seen });
  expect(known.result).toEqual([
    [PEOPLE, BUYERS],
    [PEOPLE, BUYERS],
  ]);
  expect(known.paid).toEqual(known.result);
  expect(known.bought).toEqual({ invited: BUYERS, heldOut: BUYERS });
});
