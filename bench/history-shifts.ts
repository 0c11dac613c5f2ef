/** The shifts of one day's agents, with their breaks, and who was there at a moment. */
import type { RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Dice } from "./dice.ts";

const HOUR_MS = 3_600_000;
const AGENTS = 24;
const CAPACITY = 3;
const SHIFT_MS = 8 * HOUR_MS;
const BREAK_MS = HOUR_MS / 2;

export type Shifts = {
  records: RecordOf<"agent_states">[];
  onlineAt(at: EpochMs): readonly string[];
};

/** Agents work from about 07:00 or 12:00 UTC, fewer at the weekend, some over midnight. */
export function shiftsOf(dice: Dice, day: EpochMs, prefix: string, until: EpochMs): Shifts {
  const weekday = new Date(day).getUTCDay();
  const records: RecordOf<"agent_states">[] = [];
  for (let index = 0; index < AGENTS; index += 1) {
    if (!dice.chance(weekday === 0 ? 0.15 : weekday === 6 ? 0.3 : 0.6)) continue;
    const agent = `${prefix}agent_${index}`;
    const late = index === AGENTS - 1 ? 18 : index % 2 === 0 ? 7 : 12;
    const from = day + late * HOUR_MS + dice.below(HOUR_MS);
    const pause = from + SHIFT_MS / 2 + dice.below(HOUR_MS);
    const stretches = [
      ["online", from, pause],
      ["away", pause, pause + BREAK_MS],
      ["online", pause + BREAK_MS, from + SHIFT_MS],
    ] as const;
    for (const [state, started_at, ended] of stretches) {
      if (started_at >= until) break;
      records.push({
        table: "agent_states",
        id: `${prefix}${agent}:${started_at}`,
        revision: 2,
        agent_id: agent,
        state,
        capacity: CAPACITY,
        started_at,
        ended_at: ended < until ? ended : null,
      });
    }
  }
  return {
    records,
    onlineAt: (at) =>
      records
        .filter(
          ({ state, started_at, ended_at }) =>
            state === "online" && started_at <= at && (ended_at === null || at < ended_at),
        )
        .map(({ agent_id }) => agent_id),
  };
}
