/**
 * Who is first eligible after the planned end of a phase that goes on: in no reading of that end, but served all the same.
 *
 * Their days are kept beside the others, so that whoever adds up what a span brought finds everybody whom it served. A
 * phase without a final reading has no such end, and reads all of its days alike.
 *
 * Pure.
 *
 * Shapes  the day of the end may stand in both, with those who came before that moment and those who came from it on.
 */
import { finalEnd, type PhaseFacts } from "./phase.ts";
import { totalOf } from "./sums.ts";
import { type DaySums, type PhaseHistory, type PhaseRule, type PhaseSums, sumPhase } from "./units.ts";

/** The sums of `history`; `hasEarly` says that others were counted for good who came before the end. */
export function sumWithLater(history: PhaseHistory, rule: PhaseRule, hasEarly: boolean): PhaseSums {
  const { until } = rule;
  if (until === null) return sumPhase(history, rule);
  const early = history.moments.filter(({ eligibleAt }) => eligibleAt < until);
  // An end before which nobody came had passed when the phase began.
  if (early.length === 0 && !hasEarly) return sumPhase(history, rule);
  const known = new Set(early.map(({ visitor }) => visitor));
  const moments = history.moments.filter(({ visitor }) => !known.has(visitor));
  const sums = sumPhase({ ...history, moments: early }, rule);
  return moments.length === 0
    ? sums
    : { ...sums, later: sumPhase({ ...history, moments }, { ...rule, until: null }) };
}

/** `facts` with the days that are to be read: all of them where no final reading is due. */
export function withReadDays<T extends PhaseFacts>(facts: T): T {
  const { later, ...sums } = facts.sums;
  if (later === undefined || finalEnd(facts) !== null) return facts;
  return { ...facts, sums: joined(sums, later) };
}

function joined(sums: PhaseSums, later: PhaseSums): PhaseSums {
  const days = { ...sums.days };
  for (const [day, arms] of Object.entries(later.days)) days[day] = addDays(days[day] ?? {}, arms);
  const multipleByDay = { ...sums.multipleByDay };
  for (const [day, count] of Object.entries(later.multipleByDay))
    multipleByDay[day] = (multipleByDay[day] ?? 0) + count;
  const maturesAt = Math.max(sums.maturesAt ?? 0, later.maturesAt ?? 0);
  return {
    ...sums,
    days,
    multiple: sums.multiple + later.multiple,
    multipleByDay,
    ...(maturesAt > 0 && { maturesAt }),
  };
}

function addDays(one: DaySums, other: DaySums): DaySums {
  const arms = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...arms].map((arm) => [arm, totalOf([one[arm], other[arm]].filter((sums) => sums !== undefined))]),
  );
}
