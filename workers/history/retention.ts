/**
 * Forgetting visitors who stayed away: history knows when each was last here, so that their objects need no alarm for
 * it. Every run goes on where the one before it stopped, along the index of visits by their beginning; what a visitor's
 * object keeps is dropped by the object itself, by what it knows (`forget`). History's own rows stay.
 *
 * Every step may be repeated, so that a run may be killed anywhere: the place of a site moves on only once its objects
 * have answered, and those that could not are kept with it and asked again. Visitors whose visits never reached D1 are
 * not found here; they are forgotten by the alarm of what they still owe.
 *
 * Units   `EpochMs`. A run calls at most `PAGES_A_RUN * PAGE` objects, some 230,000 a day at a run in five minutes.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { RETENTION_MS } from "../../domain/visit/settled.ts";
import { visitorObject } from "../site/visitor.ts";

const DAY_MS = 86_400_000;
/** Visits are looked at by their beginning; most are over and due so long after it, and longer ones see to themselves. */
const LONGEST_USUAL_MS = DAY_MS / 2;
/** What a Worker may call in one run is limited to 1,000; the rest is for D1 and what else the schedule does. */
const PAGE = 100;
const PAGES_A_RUN = 8;

/** A visit of `visitor` that was over at `lastAt`. */
type Due = { visitor: string; lastAt: EpochMs };
/** The visit up to which a site has been gone through, and whose objects could not be asked. */
type Place = { startedAt: EpochMs; id: string; again: Due[] };
type Row = {
  id: string;
  visitor_id: string;
  started_at: EpochMs;
  last_at: EpochMs;
  came_back: number | null;
};

const BEGINNING: Place = { startedAt: 0, id: "", again: [] };

/** The sites with something to do, each found by one step along the key of visits, whatever became of the site. */
export const SITES_DUE = `
  with recursive known (site) as (
    select min(site) from sessions
    union all
    select (select min(site) from sessions where site > known.site) from known where known.site is not null
  )
  select known.site, place.value as place from known
  left join installation place on place.key = 'forgotten:' || known.site
  where known.site is not null and (
    json_array_length(place.value, '$.again') > 0
    or exists (
      select 1 from sessions
      where sessions.site = known.site and sessions.started_at < ?1
        and (sessions.started_at, sessions.id)
          > (coalesce(place.value ->> '$.startedAt', 0), coalesce(place.value ->> '$.id', ''))
    )
  )`;

/**
 * Visits in the order in which they began. Who came back since is met again at a later visit: whichever is found to be
 * later by its beginning will do, and its id, which grows with time, finds the last in one step.
 */
export const NEXT_VISITS = `
  select id, visitor_id, started_at, last_at, (
    select later.started_at from sessions later indexed by sessions_visitor
    where later.site = sessions.site and later.visitor_id = sessions.visitor_id
    order by later.id desc limit 1
  ) > started_at as came_back
  from sessions
  where site = ?1 and (started_at, id) > (?2, ?3) and started_at < ?4
  order by started_at, id limit ?5`;

/** Have everybody forgotten whose last visit is older than `RETENTION_MS`, as many as one run may; returns how many. */
export async function forgetVisitors(env: Env, now: EpochMs): Promise<number> {
  const before = now - RETENTION_MS - LONGEST_USUAL_MS;
  const { results } = await env.DB.prepare(SITES_DUE)
    .bind(before)
    .all<{ site: SiteKey; place: string | null }>();
  let pages = PAGES_A_RUN;
  let forgotten = 0;
  for (const { site, place } of results) {
    if (pages === 0) break;
    const went = await goThrough(env, site, placeOf(place), { now, before, pages });
    pages -= went.pages;
    forgotten += went.forgotten;
  }
  return forgotten;
}

/** Go on in `site` from `place`: those first who could not be asked before, then page by page. */
async function goThrough(
  env: Env,
  site: SiteKey,
  place: Place,
  { now, before, pages: most }: { now: EpochMs; before: EpochMs; pages: number },
): Promise<{ pages: number; forgotten: number }> {
  let at = place;
  let pages = 0;
  let forgotten = 0;
  if (at.again.length > 0) {
    const asked = await askAll(env, site, at.again, now);
    forgotten += asked.forgotten;
    pages += 1;
    at = { ...at, again: asked.failed };
    if (asked.failed.length < place.again.length) await keepPlace(env, site, at);
  }
  while (pages < most) {
    const { results } = await env.DB.prepare(NEXT_VISITS)
      .bind(site, at.startedAt, at.id, before, PAGE)
      .all<Row>();
    const last = results.at(-1);
    if (last === undefined) return { pages, forgotten };
    const gone = results.filter(({ came_back }) => came_back !== 1);
    const due = gone.map(({ visitor_id, last_at }) => ({ visitor: visitor_id, lastAt: last_at }));
    const asked = await askAll(env, site, due, now);
    forgotten += asked.forgotten;
    pages += 1;
    const again = [...at.again, ...asked.failed];
    // Where so many fail, it is not they that are ill: the page is gone through once more by the next run.
    if (again.length > PAGE) return { pages, forgotten };
    at = { startedAt: last.started_at, id: last.id, again };
    await keepPlace(env, site, at);
    if (results.length < PAGE) return { pages, forgotten };
  }
  if (at.startedAt < before - DAY_MS) alert({ what: "forgetting is behind", site, since: at.startedAt });
  return { pages, forgotten };
}

/** Ask the object of each of `due`; those that did not answer are `failed`. */
async function askAll(
  env: Env,
  site: SiteKey,
  due: readonly Due[],
  now: EpochMs,
): Promise<{ forgotten: number; failed: Due[] }> {
  const answers = await Promise.allSettled(
    due.map(({ visitor, lastAt }) => visitorObject(env, site, visitor).forget({ lastAt, now })),
  );
  const failed = due.filter((_, index) => answers[index]?.status === "rejected");
  const reason = answers.find((answer) => answer.status === "rejected")?.reason as unknown;
  if (failed.length > 0) {
    alert({ what: "visitors not forgotten yet", site, count: failed.length, error: String(reason) });
  }
  const forgotten = answers.filter((answer) => answer.status === "fulfilled" && answer.value === "forgotten");
  return { forgotten: forgotten.length, failed };
}

function placeOf(value: string | null): Place {
  return value === null ? BEGINNING : (JSON.parse(value) as Place);
}

async function keepPlace(env: Env, site: SiteKey, place: Place): Promise<void> {
  await env.DB.prepare("insert or replace into installation (key, value) values (?, ?)")
    .bind(`forgotten:${site}`, JSON.stringify(place))
    .run();
}

function alert(what: Record<string, unknown>): void {
  console.error(JSON.stringify({ level: "alert", ...what }));
}
