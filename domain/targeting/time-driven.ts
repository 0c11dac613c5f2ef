/**
 * Facts that move by themselves, and the earliest moment at which they alone make a condition true.
 *
 * A condition is constant between the moments at which one of its comparisons with a time-driven fact can change, so
 * it is evaluated once at each of those, in order: the answer is exact, never early and never late.
 * What comes then is a `Wake`, so later moments are judged as one.
 *
 * Units   moments are `EpochMs`; the facts are whole seconds, rounded down.
 * Bounds  nothing is looked for beyond `HORIZON_MS`. A text operator (`$regex`, versions) on seconds is followed
 *         second by second for `TEXT_SECONDS`.
 */
import type { EpochMs } from "../ids.ts";
import type { Leaf } from "./condition.ts";
import { isRecord } from "./fact-values.ts";
import { EXPRESSIONS } from "./operators.ts";
import { DAY_MS, type LocalTime, SECOND_MS, zoneClock } from "./zone.ts";

/**
 * Two weeks and a day: what repeats weekly comes in it even where the clock once jumped over it, and a browser's timer
 * (2^31 ms) can count it.
 */
export const HORIZON_MS = 15 * DAY_MS;
export const TEXT_SECONDS = 3_600;
export const WAKE_EVENT = "Wake";

/** When the clocks behind the time-driven facts started; null where they have not. */
export type Clock = {
  now: EpochMs;
  pageStartedAt: EpochMs | null;
  sessionStartedAt: EpochMs | null;
  lastEngagementAt: EpochMs | null;
  timezone: string;
};

export const SECONDS_FACTS = [
  { path: "page.seconds", group: "page", clock: "pageStartedAt" },
  { path: "session.seconds", group: "session", clock: "sessionStartedAt" },
  { path: "engagement.seconds_since_last", group: "engagement", clock: "lastEngagementAt" },
] as const;
const LOCAL_PATHS: ReadonlySet<string> = new Set(["time", "time.hour", "time.weekday"]);
/** Operators that see a number as text, so that it may change their answer anywhere. */
const TEXT_OPERATORS = [...EXPRESSIONS, "$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"];

type SecondsTiming = {
  clock: (typeof SECONDS_FACTS)[number]["clock"];
  /** The whole seconds at which an answer can change, in order. */
  seconds: number[];
  everySecond: boolean;
};

/** How time can move a condition. */
export type Timing = { seconds: SecondsTiming[]; local: boolean };

const STILL: Timing = { seconds: [], local: false };

/** Whether time can move it at all. */
export function isTimed({ seconds, local }: Timing): boolean {
  return local || seconds.length > 0;
}

/** Reads from a condition's leaves at which moments time can change its answer. */
export function timingOf(leaves: readonly Leaf[]): Timing {
  const local = leaves.some((leaf) => LOCAL_PATHS.has(leaf.path));
  const seconds = SECONDS_FACTS.flatMap(({ path, group, clock }) => {
    const asked = leaves.filter((leaf) => leaf.path === path || leaf.path === group);
    if (asked.length === 0) return [];
    const operands = asked.map((leaf) => leaf.operand);
    return [{ clock, seconds: changesOf(operands), everySecond: operands.some(readsText) }];
  });
  return seconds.length === 0 && !local ? STILL : { seconds, local };
}

/** The whole numbers, in order, at which a comparison of a whole number with `operands` can change. */
export function changesOf(operands: readonly unknown[]): number[] {
  const changes = new Set(operands.flatMap(numbersIn).flatMap((n) => [Math.ceil(n), Math.floor(n) + 1]));
  return [...changes].sort((a, b) => a - b);
}

/** Every number that a value could be compared with as `operand` is written. */
function numbersIn(operand: unknown): number[] {
  if (typeof operand === "object" && operand !== null) return Object.values(operand).flatMap(numbersIn);
  const number = Number(operand);
  return Number.isFinite(number) ? [number, 0] : [0];
}

function readsText(operand: unknown): boolean {
  if (Array.isArray(operand)) return operand.some(readsText);
  if (!isRecord(operand)) return false;
  return Object.entries(operand).some(([key, inner]) => TEXT_OPERATORS.includes(key) || readsText(inner));
}

/** `facts` as they are at `at` if nothing but time has passed; `event` is the event that is judged then. */
export function factsAt(
  facts: object,
  clock: Clock,
  at: EpochMs,
  local: LocalTime = wallOf(clock.timezone, at, at).local(at),
): object {
  const groups = facts as Readonly<Record<string, unknown>>;
  const moved: Record<string, unknown> = { ...groups, time: { ...groupOf(groups.time), ...local } };
  for (const { path, group, clock: name } of SECONDS_FACTS) {
    const seconds = secondsAt(clock, name, at);
    if (seconds !== null)
      moved[group] = { ...groupOf(moved[group]), [path.slice(group.length + 1)]: seconds };
  }
  return moved;
}

/** The whole seconds that the clock `name` shows at `at`; null where it has not started. */
export function secondsAt(clock: Clock, name: SecondsTiming["clock"], at: EpochMs): number | null {
  const startedAt = clock[name];
  return startedAt === null ? null : Math.max(0, Math.floor((at - startedAt) / SECOND_MS));
}

function groupOf(value: unknown): object {
  return isRecord(value) ? value : {};
}

/**
 * The earliest moment after `clock.now` at which `test` holds, if nothing else happens; null when time alone does
 * not bring it about.
 *
 * @param openFrom the earliest moment at or after the given one at which it may count at all
 */
export function earliestTrue(
  { test, timing }: { test: (facts: object) => boolean; timing: Timing },
  facts: object,
  clock: Clock,
  openFrom: (at: EpochMs) => EpochMs | null = (at) => at,
): EpochMs | null {
  const still = { ...facts, event: { name: WAKE_EVENT, properties: {} } };
  const horizon = clock.now + HORIZON_MS;
  return firstMoment([timing], clock, horizon, openFrom, (at) => test(factsAt(still, clock, at)));
}

/**
 * The first moment after `clock.now` and before `end` that `openFrom` lets pass and at which `holds` says so. It is
 * asked once for each stretch in which nothing of `timings` changes.
 */
export function firstMoment(
  timings: readonly Timing[],
  clock: Clock,
  end: EpochMs,
  openFrom: (at: EpochMs) => EpochMs | null,
  holds: (at: EpochMs) => boolean,
): EpochMs | null {
  const { now } = clock;
  let at = openFrom(now);
  while (at !== null && at < end) {
    if (at > now && holds(at)) return at;
    const change = nextChange(timings, clock, at);
    at = change < end ? openFrom(change) : null;
  }
  return null;
}

/** The first moment after `at` at which time can change an answer. */
export function nextChange(timings: readonly Timing[], clock: Clock, at: EpochMs): EpochMs {
  let next = Number.POSITIVE_INFINITY;
  let hours = false;
  for (const { seconds, local } of timings) {
    for (const each of seconds) next = Math.min(next, nextSecond(each, clock, at));
    hours ||= local;
  }
  return hours ? Math.min(next, wallOf(clock.timezone, at, at).nextHour(at)) : next;
}

function nextSecond(
  { clock: name, seconds, everySecond }: SecondsTiming,
  clock: Clock,
  at: EpochMs,
): EpochMs {
  const startedAt = clock[name];
  if (startedAt === null) return Number.POSITIVE_INFINITY;
  const passed = Math.floor((at - startedAt) / SECOND_MS);
  if (everySecond && at < clock.now + TEXT_SECONDS * SECOND_MS) return startedAt + (passed + 1) * SECOND_MS;
  const second = firstAbove(seconds, passed);
  return second === undefined ? Number.POSITIVE_INFINITY : startedAt + second * SECOND_MS;
}

/** The first of `sorted` above `least`. */
function firstAbove(sorted: readonly number[], least: number): number | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) > least) high = middle;
    else low = middle + 1;
  }
  return sorted[low];
}

/** The clock on a site's wall over the days that lie before it. */
export type Wall = { local: (at: EpochMs) => LocalTime; nextHour: (at: EpochMs) => EpochMs };

const MAX_WALLS = 64;
const walls = new Map<string, { from: EpochMs; to: EpochMs; wall: Wall }>();

/** The clock of `timezone` between two moments; asking the calendar is dear, so an answer is kept for a day. */
export function wallOf(timezone: string, from: EpochMs, to: EpochMs): Wall {
  const known = walls.get(timezone);
  if (known !== undefined && from >= known.from && to <= known.to) return known.wall;
  if (walls.size >= MAX_WALLS) walls.clear();
  const end = Math.max(to, from + HORIZON_MS) + DAY_MS;
  const zone = zoneClock(timezone, from, end);
  const starts = zone.hourStarts();
  const wall = { local: zone.local, nextHour: rememberedNext(starts) };
  walls.set(timezone, { from, to: end, wall });
  return wall;
}

/** The first of `starts` above a moment. Questions come close together, so the last answer is nearly always the next. */
function rememberedNext(starts: readonly EpochMs[]): (at: EpochMs) => EpochMs {
  let asked = Number.POSITIVE_INFINITY;
  let answer = Number.NEGATIVE_INFINITY;
  return (at) => {
    if (at >= asked && at < answer) return answer;
    asked = at;
    answer = firstAbove(starts, at) ?? Number.POSITIVE_INFINITY;
    return answer;
  };
}
