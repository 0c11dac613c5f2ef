/**
 * Within how long after a chat or an eligible moment a lead counts.
 *
 * In the figures of the site a lead is a lead whichever goals it reached, so the longest window of the site's lead goals
 * goes for all of them; a goal without one has the site's.
 *
 * Units   hours.
 */
import type { Goal } from "./resources.ts";
import type { SiteSettings } from "./settings.ts";

export function leadHours(
  { attribution_hours }: Pick<SiteSettings, "attribution_hours">,
  goals: readonly Pick<Goal, "kind" | "window_hours">[],
): number {
  const windows = goals
    .filter(({ kind }) => kind === "lead")
    .map(({ window_hours }) => window_hours ?? attribution_hours);
  return windows.length === 0 ? attribution_hours : Math.max(...windows);
}
