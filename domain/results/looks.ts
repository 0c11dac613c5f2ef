/**
 * A phase as the decision rule looks at it: day by day, in the order in which its visitors came.
 *
 * A look is of the days of which everybody's window has passed, and comes when it has. The sequence therefore grows by whole
 * days of visitors, each with all that it did, and looks that are made up again later are those that were shown then, but
 * for what is learned late. Who is assigned is checked at once: the split waits for nothing.
 *
 * Shapes  the last look is always that of now, of everybody assigned so far.
 * Units   moments are `EpochMs`.
 */
import { finalReadingAt, type Look } from "../experiments/hybrid.ts";
import {
  countedDays,
  type Day,
  dayOver,
  hasVisitors,
  type PhaseFacts,
  readDays,
  rulePlan,
  totalsOf,
} from "./phase.ts";
import { splitGroups, usersOf } from "./split.ts";
import { HOLDOUT, variantOf } from "./units.ts";

/** `which` sums of a day are compared with the hold-out: all variants', or one's. */
export function looksOf(facts: PhaseFacts, which: "all" | string): Look[] {
  const days = countedDays(facts);
  const read = readDays(facts);
  if (days.length === 0) return [];
  const now = lookedAt(facts, read.length === days.length);
  const looks: Look[] = [];
  const so = { control: { n: 0, x: 0 }, treatment: { n: 0, x: 0 }, days: 0 };
  const users = new Map<string, number>();
  for (const day of read) {
    addDay(so, day, which);
    addUsers(users, day);
    looks.push({
      at: dayOver(facts, day[0]) + facts.windowMs,
      control: { ...so.control },
      treatment: { ...so.treatment },
      users: usersOf(facts, (key) => users.get(key) ?? 0),
      days: so.days,
    });
  }
  const totals = totalsOf(facts);
  const everybody = {
    users: usersOf(facts, (key) =>
      key === HOLDOUT ? totals.control.n : (totals.variants.get(variantOf(key) ?? "")?.n ?? 0),
    ),
    groups: splitGroups(facts, totals),
  };
  return [...looks.filter(({ at }) => at < now), { ...so, ...everybody, at: now }];
}

/**
 * Nothing changes after the final reading, so that is the last look, however late somebody looks; and it is none while a day
 * is not read, where what is kept was counted before the last window had passed.
 */
function lookedAt(facts: PhaseFacts, isAllRead: boolean): number {
  const due = finalReadingAt(rulePlan(facts, 1));
  return Math.min(facts.now, isAllRead ? due : due - 1);
}

type So = { control: { n: number; x: number }; treatment: { n: number; x: number }; days: number };

function addDay(so: So, day: Day, which: "all" | string): void {
  so.days += hasVisitors(day) ? 1 : 0;
  for (const [key, { n, conversions }] of Object.entries(day[1])) {
    const variant = variantOf(key);
    if (variant !== null && which !== "all" && variant !== which) continue;
    const side = variant === null ? so.control : so.treatment;
    side.n += n;
    side.x += conversions;
  }
}

function addUsers(users: Map<string, number>, [, arms]: Day): void {
  for (const [key, { n }] of Object.entries(arms)) users.set(key, (users.get(key) ?? 0) + n);
}
