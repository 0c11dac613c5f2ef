/**
 * The way of a visit that is over, short enough for its row of history: where it went, how far it came, what it did not
 * find. Counting funnels and paths reads nothing else of it.
 *
 * Shapes  `Way` has only the keys of which there is something to tell.
 * Units   a step's seconds are counted from the visit's beginning.
 */
import type { Walk } from "../history/records.ts";
import { OTHER_PAGES, pageGroup } from "../journeys/page-group.ts";
import { type FunnelProgress, MAX_TRAIL, type Step, type Visit } from "./state.ts";
import { trailOf } from "./trail.ts";

/** Groups of pages that are named, the last one not counted. */
const MAX_NAMED = 11;
export const MAX_WALKED = 20;
const MAX_MISSING = 5;
const SECOND_MS = 1_000;

export type Way = {
  funnels?: Record<string, Walk>;
  /** The last is where the visit ended. */
  path?: string[];
  /** Pages that were not found, each with the page or the site that led there. */
  not_found?: [page: string, from: string | null][];
};

type Visited = Pick<Step, "at"> & { group: string; missing: boolean };

export function wayOf(visit: Visit): Way {
  const trail = trailOf(visit);
  const visited = trail.map(({ at, path, missing }) => ({
    at,
    group: pageGroup(path),
    missing: missing === true,
  }));
  const walked = Object.entries(visit.funnels).slice(-MAX_WALKED);
  const missing = missingOf(visit, visited);
  return {
    ...(walked.length === 0
      ? {}
      : {
          funnels: Object.fromEntries(
            walked.map(([key, progress]) => [key, walkOf(visit, progress, visited)]),
          ),
        }),
    ...(visited.length === 0 ? {} : { path: pathOf(visit, visited) }),
    ...(missing.length === 0 ? {} : { not_found: missing }),
  };
}

function pathOf({ arrival }: Visit, visited: readonly Visited[]): string[] {
  // Of a visit whose first pages are forgotten, where it arrived is known and what came next is not.
  const isWhole = visited.length < MAX_TRAIL || arrival.path === null;
  const before = isWhole ? [] : [pageGroup(arrival.path ?? ""), OTHER_PAGES];
  const groups = [...before, ...visited.map(({ group }) => group)].filter(
    (group, index, all) => group !== all[index - 1],
  );
  const last = groups.at(-1);
  if (last === undefined || groups.length <= MAX_NAMED + 1) return groups;
  return [...groups.slice(0, MAX_NAMED), OTHER_PAGES, last];
}

function walkOf(
  { startedAt }: Visit,
  { reached, reachedAt = [], step }: FunnelProgress,
  visited: readonly Visited[],
): Walk {
  const atOf = (key: string) => reachedAt[reached.indexOf(key)];
  const furthestAt = atOf(step);
  const next = furthestAt === undefined ? undefined : visited.find(({ at }) => at > furthestAt);
  const seconds = (key: string) => {
    const at = atOf(key);
    return at === undefined ? null : Math.max(0, Math.round((at - startedAt) / SECOND_MS));
  };
  return {
    steps: Object.fromEntries(reached.map((key) => [key, seconds(key)])),
    next: next?.group ?? null,
  };
}

function missingOf({ arrival }: Visit, visited: readonly Visited[]): NonNullable<Way["not_found"]> {
  const found = new Map<string, [string, string | null]>();
  visited.forEach(({ group, missing }, index) => {
    if (!missing || found.has(group)) return;
    found.set(group, [group, index === 0 ? hostOf(arrival.referrer) : (visited[index - 1]?.group ?? null)]);
  });
  return [...found.values()].slice(0, MAX_MISSING);
}

/** The site that `referrer` is a page of: what stands behind its name may be somebody's. */
function hostOf(referrer: string | null): string | null {
  return referrer !== null && URL.canParse(referrer) ? new URL(referrer).host : null;
}
