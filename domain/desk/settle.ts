/** What time alone does to the desk: offers and held places lapse, lost agents go, closed conversations are forgotten. */
import type { EpochMs } from "../ids.ts";
import type { Desk, Effect, Step, Timer } from "./desk.ts";
import { dropHold, dropItem, dropTimer, widen } from "./entries.ts";
import { miss } from "./offers.ts";
import { returnItems, setState } from "./presence.ts";
import { route } from "./queue.ts";

/** Everything that time alone changes by `now`, then an offer for each conversation that can have one. */
export function settle(desk: Desk, now: EpochMs): Step {
  const effects: Effect[] = [];
  let next = desk;
  for (let timer = next.timers.first(); timer !== null && timer.at <= now; timer = next.timers.first()) {
    const step = ring(dropTimer(next, timer), timer, now);
    next = step.desk;
    effects.push(...step.effects);
  }
  const routed = route(next, now);
  return { desk: routed.desk, effects: [...effects, ...routed.effects] };
}

/** The earliest moment at which time alone changes something; null where it never does. */
export function nextChangeAt(desk: Desk): EpochMs | null {
  return desk.timers.first()?.at ?? null;
}

function ring(desk: Desk, { kind, of }: Timer, now: EpochMs): Step {
  switch (kind) {
    case "offer": {
      const item = desk.items.get(of);
      return item === null ? silent(desk) : miss(desk, item, now);
    }
    case "hold":
      return silent(dropHold(desk, of));
    case "forget":
      return silent(dropItem(desk, of));
    case "language":
      return silent(widen(desk, of));
    case "grace":
      return setState(desk, of, "offline", desk.agents.get(of)?.capacity ?? 0, now);
    case "return":
      return returnItems(desk, of, "agent_left", now);
    case "decline":
      // Routing follows, and finds that this agent may be asked again.
      return silent(desk);
    default:
      return kind satisfies never;
  }
}

function silent(desk: Desk): Step {
  return { desk, effects: [] };
}
