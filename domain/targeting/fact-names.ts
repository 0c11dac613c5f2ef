/**
 * The names a condition may ask about (`contract.md` §3), and the nearest one to a name that is not among them.
 */
import { SIGNALS } from "../visit/facts.ts";

const FIXED: Readonly<Record<string, readonly string[]>> = {
  page: ["url", "path", "title", "referrer", "status", "seconds", "scroll"],
  session: ["pages", "seconds", "entry_path", "channel", "search_terms", "affiliate"],
  cart: ["value", "items", "views", "views_since_add", "currency"],
  funnel: ["name", "step", "steps"],
  form: ["id", "field", "seconds", "refilled", "abandoned"],
  signals: SIGNALS,
  visitor: ["visits", "orders", "lifetime_value", "identified", "last_call_outcome"],
  device: ["type", "browser", "os", "language"],
  geo: ["country", "region", "city"],
  time: ["hour", "weekday"],
  desk: ["covered", "free_slots", "wait_seconds"],
  engagement: ["shown", "accepted", "declined", "last_kind", "seconds_since_last"],
  score: ["purchase", "abandon", "uplift"],
  event: ["name"],
};

export const FACT_NAMES: readonly string[] = Object.entries(FIXED).flatMap(([group, names]) =>
  names.map((name) => `${group}.${name}`),
);

/** Below these, the site's own names follow. */
export const OPEN_GROUPS: readonly string[] = [
  "session.utm",
  "visitor.traits",
  "desk.skills",
  "event.properties",
];

/** Below it, the keys of the site's segments follow, each a fact that says whether it holds. */
export const SEGMENT = "segment";
const SEGMENT_KEY = /^[a-z0-9][a-z0-9_-]{0,39}$/;

const KNOWN: ReadonlySet<string> = new Set(FACT_NAMES);

/** Whether `path` is a fact that a condition may ask about. */
export function isFactName(path: string): boolean {
  if (KNOWN.has(path) || segmentKeyOf(path) !== null) return true;
  return OPEN_GROUPS.some((group) => path.startsWith(`${group}.`) && isFilled(path));
}

/** The key of the segment that `path` asks about; null where it is another fact. */
export function segmentKeyOf(path: string): string | null {
  if (!path.startsWith(`${SEGMENT}.`)) return null;
  const key = path.slice(SEGMENT.length + 1);
  return SEGMENT_KEY.test(key) ? key : null;
}

function isFilled(path: string): boolean {
  return path.split(".").every((step) => step !== "");
}

/** The known name that `path` was most likely meant to be. */
export function nearestFactName(path: string): string {
  const [first = path] = path.split(".");
  const last = path.split(".").at(-1) ?? path;
  const open = OPEN_GROUPS.find((each) => each.endsWith(`.${first}`));
  if (open !== undefined) return `${open}.${last}`;
  const all = [...FACT_NAMES, ...[...OPEN_GROUPS, SEGMENT].map((each) => `${each}.*`)];
  const inGroup = all.filter((name) => name.startsWith(`${first}.`));
  const names = inGroup.length > 0 ? inGroup : all;
  const distances = names.map((name) => {
    const ending = name.slice(name.indexOf(".") + 1);
    return Math.min(editDistance(path, name), editDistance(last, ending) + 1);
  });
  return names[distances.indexOf(Math.min(...distances))] ?? "page.path";
}

/** The one of `names` that `given` was most likely meant to be; null where there are none. */
export function nearestOf(given: string, names: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(given, name);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

const MAX_COMPARED = 60;

/** How many letters must change to make `a` into `b`. */
function editDistance(a: string, b: string): number {
  const from = a.slice(0, MAX_COMPARED).toLowerCase();
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = from[i - 1] === b[j - 1];
      const replaced = (row[j - 1] ?? 0) + (same ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
