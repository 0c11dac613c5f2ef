/** What time alone does to the desk: offers and held places lapse, lost agents go, closed conversations are forgotten. */
import type { EpochMs } from "../ids.ts";
import { GRACE_MS } from "./capacity.ts";
import { type Desk, type Effect, findItem, type Item, type Step } from "./desk.ts";
import { miss } from "./offers.ts";
import { RETURN_AFTER_MS, returnItems, setState } from "./presence.ts";
import { route } from "./queue.ts";

export const REMEMBER_CLOSED_MS = 60 * 60_000;

/** Everything that time alone changes by `now`, then an offer for each conversation that can have one. */
export function settle(desk: Desk, now: EpochMs): Step {
  const expired = expire(desk, now);
  const routed = route(expired.desk, now);
  return { desk: routed.desk, effects: [...expired.effects, ...routed.effects] };
}

/** The earliest moment at which time alone changes something; null where it never does. */
export function nextChangeAt(desk: Desk, now: EpochMs): EpochMs | null {
  const moments = [
    ...desk.holds.map((each) => each.expiresAt),
    ...desk.items.flatMap((item) => [
      ...(item.offer === null ? [] : [item.offer.expiresAt]),
      ...(item.closedAt === null
        ? Object.values(item.declined).filter((until) => until > now)
        : [item.closedAt + REMEMBER_CLOSED_MS]),
    ]),
    ...desk.agents.flatMap((agent) => {
      if (agent.lostAt === null) return [];
      const has = desk.items.some((item) => item.agent === agent.id && item.closedAt === null);
      return [
        ...(agent.state === "offline" ? [] : [agent.lostAt + GRACE_MS]),
        ...(has ? [agent.lostAt + RETURN_AFTER_MS] : []),
      ];
    }),
  ];
  return moments.length === 0 ? null : Math.min(...moments);
}

function expire(desk: Desk, now: EpochMs): Step {
  let next = desk;
  const effects: Effect[] = [];
  const then = (step: Step) => {
    next = step.desk;
    effects.push(...step.effects);
  };
  if (next.holds.some((each) => each.expiresAt <= now)) {
    next = { ...next, holds: next.holds.filter((each) => each.expiresAt > now) };
  }
  for (const { conversation } of desk.items) {
    const item = findItem(next, conversation);
    if (item?.offer && item.offer.expiresAt <= now) then(miss(next, item, now));
  }
  for (const agent of desk.agents) {
    if (agent.lostAt === null) continue;
    const gone = now - agent.lostAt;
    if (gone >= GRACE_MS) then(setState(next, agent.id, "offline", agent.capacity, now));
    if (gone >= RETURN_AFTER_MS) then(returnItems(next, agent.id, "agent_left", now));
  }
  const isForgotten = (item: Item) => item.closedAt !== null && now - item.closedAt >= REMEMBER_CLOSED_MS;
  if (next.items.some(isForgotten))
    next = { ...next, items: next.items.filter((item) => !isForgotten(item)) };
  return { desk: next, effects };
}
