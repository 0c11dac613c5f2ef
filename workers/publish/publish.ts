/**
 * From D1 to the edge: a site's settings, live campaigns, segments, funnels and goals of leads as one validated, immutable JSON in KV.
 *
 * D1 is the fact. Each change raises `config_version` in its own transaction; publishing copies what that version
 * says to KV under `config:{site}:{version}`, tells the site's desk, and only then raises `published_version`.
 * So whatever fails in between is done again by `republishStale`, and doing it twice changes nothing.
 */
import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { isoOf, type EpochMs, type SiteKey } from "../../domain/ids.ts";
import { Languages, type Member, staffOf } from "../../domain/site/staff.ts";
import type { Staff } from "../../domain/desk/desk.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { Goal, Skill } from "../../domain/site/resources.ts";
import { PublishedSite } from "../../domain/targeting/campaign.ts";
import { campaigns, members, resources, sites, user } from "../../migrations/schema.ts";
import { latestPeriods, withBandit } from "../experiments/bandit-periods.ts";
import { staffHash } from "../staff-visits/staff-word.ts";
import { campaignOf } from "./campaign-row.ts";

/** The key under which KV holds one version of one site; immutable once written. */
export function configKey(site: SiteKey, version: number): string {
  return `config:${site}:${version}`;
}

/** The statement that marks a site as changed; put it into the batch of the change itself. */
export function raiseConfigVersion(db: ReturnType<typeof drizzle>, site: SiteKey) {
  return db
    .update(sites)
    .set({ configVersion: sql`${sites.configVersion} + 1` })
    .where(eq(sites.key, site));
}

type Readable = { published: PublishedSite; staff: Record<string, Staff> };

/** What the edge and the desk must know of `site`, read in one transaction. */
async function readSite(env: Env, site: SiteKey, now: EpochMs): Promise<Readable> {
  const db = drizzle(env.DB);
  const [rows, live, nouns, people, periods] = await db.batch([
    db.select().from(sites).where(eq(sites.key, site)),
    db
      .select()
      .from(campaigns)
      .where(and(eq(campaigns.site, site), eq(campaigns.status, "live"), isNull(campaigns.deletedAt))),
    db
      .select({ noun: resources.noun, body: resources.body })
      .from(resources)
      .where(
        and(eq(resources.site, site), inArray(resources.noun, ["skills", "segments", "funnels", "goals"])),
      )
      .orderBy(resources.id),
    db
      .select({
        id: members.userId,
        email: user.email,
        languages: members.languages,
        capacity: members.capacity,
      })
      .from(members)
      .innerJoin(user, eq(user.id, members.userId))
      .where(eq(members.site, site)),
    latestPeriods(db, site),
  ]);
  const row = rows[0];
  if (row === undefined) throw new Error(`no site ${site} to publish`);
  const published = PublishedSite.parse({
    site,
    version: row.configVersion,
    published_at: isoOf(now),
    settings: SiteSettings.parse(JSON.parse(row.settings)),
    campaigns: live.map((each) => withBandit(campaignOf(each), periods)),
    segments: bodiesOf(nouns, "segments"),
    funnels: bodiesOf(nouns, "funnels"),
    leads: bodiesOf(nouns, "goals")
      .map((body) => Goal.parse(body))
      .filter(({ kind }) => kind === "lead"),
    staff: await Promise.all(
      people.flatMap(({ id, email }) => [id, email]).map((name) => staffHash(site, name)),
    ),
  });
  const skills = bodiesOf(nouns, "skills").map((body) => Skill.parse(body));
  return { published, staff: staffOf(people.map(memberOf), skills) };
}

function memberOf({ id, languages, capacity }: Omit<Member, "languages"> & { languages: string }): Member {
  return { id, capacity, languages: Languages.parse(JSON.parse(languages)) };
}

function bodiesOf(rows: readonly { noun: string; body: string }[], noun: string): unknown[] {
  return rows.filter((row) => row.noun === noun).map(({ body }) => JSON.parse(body));
}

/** Publishes the newest version of `site` and returns it. Throws where the site, KV or the desk cannot be reached. */
export async function publish(env: Env, site: SiteKey, now: EpochMs): Promise<PublishedSite> {
  const { published, staff } = await readSite(env, site, now);
  const { version, settings } = published;
  await env.CONFIG.put(configKey(site, version), JSON.stringify(published));
  await env.SITE_DESK.getByName(site).publish({ version, settings, staff });
  await drizzle(env.DB)
    .update(sites)
    .set({ publishedVersion: version })
    .where(and(eq(sites.key, site), lt(sites.publishedVersion, version)));
  return published;
}

/** Publishes after a save. The save stands whatever happens here: a failure is logged, and the cron repeats it. */
export async function publishChange(env: Env, site: SiteKey, now: EpochMs): Promise<void> {
  try {
    await publish(env, site, now);
  } catch (error) {
    console.error(JSON.stringify({ level: "error", event: "publish_failed", site, error: String(error) }));
  }
}

/** Publishes each site whose newest version has not reached the edge. */
export async function republishStale(env: Env, now: EpochMs): Promise<void> {
  const stale = await drizzle(env.DB)
    .select({ key: sites.key })
    .from(sites)
    .where(lt(sites.publishedVersion, sites.configVersion))
    .limit(100);
  for (const { key } of stale) await publishChange(env, key, now);
}
