/** What the API says to a site's desk: that its configuration changed, and that somebody lost their place. */
import type { SiteKey } from "../../domain/ids.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";

type Desk = {
  publish(change: {
    version: number;
    settings: SiteSettings;
    skills: Record<string, string[]>;
  }): Promise<void>;
  revokeUser(who: { userId: string }): Promise<void>;
};

export function deskOf(env: Env, site: SiteKey): Desk {
  return env.SITE_DESK.getByName(site) as unknown as Desk;
}
