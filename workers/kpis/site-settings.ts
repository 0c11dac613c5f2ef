/** The settings of sites, as the figures need them: with what their goals add. */
import { asc, inArray, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SiteKey } from "../../domain/ids.ts";
import { leadHours } from "../../domain/site/lead-window.ts";
import type { Sealed } from "../../domain/kpi/seals.ts";
import { Goal } from "../../domain/site/resources.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { installation, resources, sites } from "../../migrations/schema.ts";
import { SEALED_KEY, sealedFrom } from "./sealed-days.ts";

/** `lead_hours`: within how long a lead counts; `sealed`: how far the figures are final. */
export type CountedSettings = SiteSettings & { lead_hours: number; sealed: Sealed };

/** The settings of those of `keys` that are sites. */
export function settingsOf(env: Env, keys: readonly SiteKey[]): Promise<Map<SiteKey, CountedSettings>> {
  return readSites(env, { site: inArray(sites.key, [...keys]), goal: inArray(resources.site, [...keys]) });
}

/** The settings of every site, in the order of their keys. */
export function everySettings(env: Env): Promise<Map<SiteKey, CountedSettings>> {
  return readSites(env, { site: sql`TRUE`, goal: sql`TRUE` });
}

/** The settings of `site`; throws where there is no such site. */
export async function readSettings(env: Env, site: SiteKey): Promise<CountedSettings> {
  const settings = (await settingsOf(env, [site])).get(site);
  if (settings === undefined) throw new Error(`no site ${site}`);
  return settings;
}

/** Both are read at one moment. */
async function readSites(env: Env, of: { site: SQL; goal: SQL }): Promise<Map<SiteKey, CountedSettings>> {
  const db = drizzle(env.DB);
  const [rows, goals] = await db.batch([
    db
      .select({ key: sites.key, settings: sites.settings, sealed: installation.value })
      .from(sites)
      .leftJoin(installation, sql`${installation.key} = ${SEALED_KEY} || ${sites.key}`)
      .where(of.site)
      .orderBy(asc(sites.key)),
    db
      .select({ site: resources.site, body: resources.body })
      .from(resources)
      .where(sql`${of.goal} AND ${resources.noun} = 'goals'`),
  ]);
  const bySite = Map.groupBy(goals, ({ site }) => site);
  return new Map(
    rows.map(({ key, settings: told, sealed }) => {
      const settings = settingsFrom(told);
      const own = (bySite.get(key) ?? []).map(({ body }) => goalFrom(body));
      return [key, { ...settings, lead_hours: leadHours(settings, own), sealed: sealedFrom(sealed) }];
    }),
  );
}

/** What was read before, by its text: reading settings is dear, and their text says all that they depend on. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = read(text);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, made);
    return made;
  };
}
const REMEMBERED = 500;

const settingsFrom = remembered((text) => SiteSettings.parse(JSON.parse(text)));
const goalFrom = remembered((text) => Goal.parse(JSON.parse(text)));
