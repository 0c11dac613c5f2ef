/** The settings of sites, as the figures need them. */
import { inArray } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SiteKey } from "../../domain/ids.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { sites } from "../../migrations/schema.ts";

/** The settings of those of `keys` that are sites. */
export async function settingsOf(env: Env, keys: readonly SiteKey[]): Promise<Map<SiteKey, SiteSettings>> {
  const rows = await drizzle(env.DB)
    .select({ key: sites.key, settings: sites.settings })
    .from(sites)
    .where(inArray(sites.key, [...keys]));
  return new Map(rows.map(({ key, settings }) => [key, SiteSettings.parse(JSON.parse(settings))]));
}

/** The settings of `site`; throws where there is no such site. */
export async function readSettings(env: Env, site: SiteKey): Promise<SiteSettings> {
  const settings = (await settingsOf(env, [site])).get(site);
  if (settings === undefined) throw new Error(`no site ${site}`);
  return settings;
}
