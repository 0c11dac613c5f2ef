/** How long agents were there. */
import { type Counting } from "./counting.ts";
import { isTime, NO_GROUP, timeGroup } from "./grouping.ts";
import { compare } from "./orders.ts";

const HOUR_MS = 3_600_000;

/** The hours in which agents were online, cut at the borders of the row. */
export function countAgentHours(counting: Counting): void {
  const { history, scope, calendar } = counting;
  const { groupBy } = scope;
  if (groupBy !== null && groupBy !== "agent" && !isTime(groupBy)) return;
  const states = history.agentStates.toSorted(
    (a, b) => a.startedAt - b.startedAt || compare(a.agent, b.agent),
  );
  for (const { agent, state, startedAt, endedAt } of states) {
    if (state !== "online") continue;
    const from = Math.max(startedAt, scope.from);
    const to = Math.min(endedAt ?? scope.now, scope.to);
    if (groupBy === null || groupBy === "agent") {
      const tally = counting.tallyOf(groupBy === null ? NO_GROUP : agent);
      tally.agent_hours_logged += Math.max(0, to - from) / HOUR_MS;
      continue;
    }
    const bucketOf = timeGroup(groupBy, calendar);
    for (let at = from; at < to;) {
      const next = Math.min(to, (Math.floor(at / (HOUR_MS / 4)) + 1) * (HOUR_MS / 4));
      counting.tallyOf(bucketOf(at)).agent_hours_logged += (next - at) / HOUR_MS;
      at = next;
    }
  }
}
