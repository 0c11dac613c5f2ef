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
import { DAY_MS, localTime, type LocalTime, SECOND_MS, zoneClock } from "./zone.ts";

/** Two weeks and a day: what repeats weekly comes in it even where the clock once jumped over it. */
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

const SECONDS_FACTS = [
  { path: "page.seconds", group: "page", clock: "pageStartedAt" },
  { path: "session.seconds", group: "session", clock: "sessionStartedAt" },
  { path: "engagement.seconds_since_last", group: "engagement", clock: "lastEngagementAt" },
] as const;
const LOCAL_PATHS: ReadonlySet<string> = new Set(["time", "time.hour", "time.weekday"]);
/** Operators that see a number as text, so that it may change their answer anywhere. */
const TEXT_OPERATORS = ["$regex", "$regexi", "$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"];

type SecondsTiming = {
  clock: (typeof SECONDS_FACTS)[number]["clock"];
  /** The whole seconds at which an answer can change. */
  seconds: number[];
  everySecond: boolean;
};

/** How time can move a condition. */
export type Timing = { seconds: SecondsTiming[]; local: boolean };

/** Reads from a condition's leaves at which moments time can change its answer. */
export function timingOf(leaves: readonly Leaf[]): Timing {
  const seconds = SECONDS_FACTS.flatMap(({ path, group, clock }) => {
    const operands = leaves
      .filter((leaf) => leaf.path === path || leaf.path === group)
      .map((leaf) => leaf.operand);
    if (operands.length === 0) return [];
    const changes = new Set(operands.flatMap(numbersIn).flatMap((n) => [Math.ceil(n), Math.floor(n) + 1]));
    return [{ clock, seconds: [...changes], everySecond: operands.some(readsText) }];
  });
  return { seconds, local: leaves.some((leaf) => LOCAL_PATHS.has(leaf.path)) };
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
  local: LocalTime = localTime(at, clock.timezone),
): object {
  const groups = facts as Readonly<Record<string, unknown>>;
  const moved: Record<string, unknown> = { ...groups, time: { ...groupOf(groups.time), ...local } };
  for (const { path, group, clock: name } of SECONDS_FACTS) {
    const startedAt = clock[name];
    if (startedAt === null) continue;
    const seconds = Math.max(0, Math.floor((at - startedAt) / SECOND_MS));
    moved[group] = { ...groupOf(moved[group]), [path.slice(group.length + 1)]: seconds };
  }
  return moved;
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
  const { now, timezone } = clock;
  const end = now + HORIZON_MS;
  const zone = timing.local ? zoneClock(timezone, now, end) : null;
  // A condition that does not ask for the time of day may be given any.
  const here = localTime(now, timezone);
  const changes = zone?.hourStarts() ?? [];
  const starts = [...new Set([now, ...changes, ...secondsChanges(timing, clock)])].sort((a, b) => a - b);
  const still = { ...facts, event: { name: WAKE_EVENT, properties: {} } };

  for (const [index, start] of starts.entries()) {
    const at = openFrom(start);
    if (at === null) return null;
    if (
      at > now &&
      at < (starts[index + 1] ?? end) &&
      test(factsAt(still, clock, at, zone?.local(at) ?? here))
    )
      return at;
  }
  return null;
}

/** The moments inside the horizon at which a comparison with elapsed seconds can change. */
function secondsChanges({ seconds: timings }: Timing, clock: Clock): EpochMs[] {
  const { now } = clock;
  return timings.flatMap(({ clock: name, seconds, everySecond }) => {
    const startedAt = clock[name];
    if (startedAt === null) return [];
    const passed = Math.floor((now - startedAt) / SECOND_MS);
    const each = everySecond ? Array.from({ length: TEXT_SECONDS }, (_, index) => passed + 1 + index) : [];
    return [...seconds, ...each]
      .map((second) => startedAt + second * SECOND_MS)
      .filter((at) => at > now && at < now + HORIZON_MS);
  });
}
