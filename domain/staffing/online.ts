/**
 * Who was there: the stretches in which agents took conversations, each agent once at any moment.
 *
 * Shapes  the stretches of one agent never overlap; where two were told for the same time, that with more places counts,
 *         as in the KPIs, and whoever was there had one place at least.
 * Units   moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import type { AgentStateRow } from "../kpi/history.ts";

/** A stretch in which an agent took conversations, so many at once. */
export type Online = { agent: string; from: EpochMs; to: EpochMs; capacity: number };

/** The stretches of `states` in which agents were online; one that lasts ends now. */
export function onlineOf(states: readonly AgentStateRow[], now: EpochMs): Online[] {
  const told = states.flatMap(({ agent, state, capacity, startedAt, endedAt }): Online[] => {
    const to = endedAt ?? now;
    return state !== "online" || to <= startedAt
      ? []
      : [{ agent, from: startedAt, to, capacity: Math.max(1, capacity) }];
  });
  return [...Map.groupBy(told, ({ agent }) => agent).values()].flatMap(apart);
}

/** The stretches of one agent, without what overlaps. */
function apart(unsorted: readonly Online[]): readonly Online[] {
  const own = unsorted.toSorted((a, b) => a.from - b.from);
  if (own.every(({ from }, index) => from >= (own[index - 1]?.to ?? from))) return own;
  const cuts = [...new Set(own.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b);
  return cuts.flatMap((from, index) => {
    const to = cuts[index + 1] ?? from;
    const there = own.filter((one) => one.from <= from && one.to >= to && to > from);
    const [first] = there;
    if (first === undefined) return [];
    return [{ agent: first.agent, from, to, capacity: Math.max(...there.map(({ capacity }) => capacity)) }];
  });
}

/** How many were there from `from` to `to`, on average. */
export function agentsIn(online: readonly Online[], { from, to }: { from: EpochMs; to: EpochMs }): number {
  let thereMs = 0;
  for (const shift of online) {
    thereMs += Math.max(0, Math.min(shift.to, to) - Math.max(shift.from, from));
  }
  return thereMs / (to - from);
}
