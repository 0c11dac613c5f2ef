/**
 * The KPIs of one day of the desk by quarter hours: counted by the functions of `domain/kpi`, with quarters for hours, so
 * that a quarter, the day and any report of the same stretch say the same.
 *
 * Shapes  a tally by the moment at which its quarter begins; quarters in which nothing was have none.
 * Units   moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import { countAgentHours } from "../kpi/agent-hours.ts";
import { type Calendar, calendarOf } from "../kpi/calendar.ts";
import { countChats } from "../kpi/chats.ts";
import type { Counting } from "../kpi/counting.ts";
import { NO_GROUP } from "../kpi/grouping.ts";
import { type AgentStateRow, type ChatRow, EMPTY_HISTORY } from "../kpi/history.ts";
import { emptyTally, type Tally } from "../kpi/tally.ts";
import { QUARTER_MS } from "./local-day.ts";
import type { Online } from "./online.ts";

export type DeskDay = { chats: readonly ChatRow[]; online: readonly Online[]; now: EpochMs };

/** The tally of each quarter hour of the span. */
export function tallyQuarters(
  { chats, online, now }: DeskDay,
  { from, to }: { from: EpochMs; to: EpochMs },
): Map<EpochMs, Tally> {
  const tallies = new Map<EpochMs, Tally>();
  const agentStates = online.map((shift): AgentStateRow => ({
    agent: shift.agent,
    state: "online",
    capacity: shift.capacity,
    startedAt: shift.from,
    endedAt: shift.to,
  }));
  const counting: Counting = {
    ...NO_ORDERS,
    history: { ...EMPTY_HISTORY, chats, agentStates },
    scope: { from, to, now, zone: "UTC", orders: "claimed", currency: "EUR", attributionMs: 0 },
    calendar: QUARTERS,
    dimensions: [NO_GROUP],
    tallyOf(at) {
      const quarter = startOf(at);
      const tally = tallies.get(quarter) ?? emptyTally();
      tallies.set(quarter, tally);
      return tally;
    },
  };
  countChats(counting);
  countAgentHours(counting);
  return tallies;
}

const startOf = (at: EpochMs): EpochMs => Math.floor(at / QUARTER_MS) * QUARTER_MS;
/** Every zone's quarters are those of UTC; what is counted here asks for no day. */
const QUARTERS: Calendar = {
  ...calendarOf("UTC"),
  startOfHour: startOf,
  endOfHour: (at) => startOf(at) + QUARTER_MS,
};
/** What neither conversations nor the time of agents are counted from. */
const NO_ORDERS = {
  orders: [],
  answered: [],
  ordersByPerson: new Map(),
  placed: [],
  placedByPerson: new Map(),
  leadsByPerson: new Map(),
  visitAt: () => undefined,
  entries: new Map(),
};
