/**
 * The pages of a visit one after another, for who looks at the visitor: the kept moments tell the newest, `trail` those
 * before them.
 */
import { MAX_TRAIL, type Moment, type Step, type Visit } from "./state.ts";

/** The last pages of `visit`, oldest first. */
export function trailOf(visit: Pick<Visit, "trail" | "recent">): Step[] {
  return [...visit.trail, ...visit.recent.flatMap(stepsOf)].slice(-MAX_TRAIL);
}

/** `trail` with `moment`, which is no longer kept. */
export function trailAfter(trail: Step[], moment: Moment): Step[] {
  return moment.page === null ? trail : [...trail, ...stepsOf(moment)].slice(-MAX_TRAIL);
}

function stepsOf({ at, page }: Moment): Step[] {
  if (page === null) return [];
  const { path, url, title, status } = page;
  return [{ at, path, url, title, ...(status === 404 || status === 410 ? { missing: true as const } : {}) }];
}
