/**
 * How a generated conversation changed hands, and the canned answers that were sent in it: by dice of its own, so that
 * nothing else falls otherwise for it.
 */
import type { RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { type Dice, diceOf } from "./dice.ts";

type Conversation = RecordOf<"conversations">;
type Told = Pick<Conversation, "handovers" | "canned">;
type Talk = { seed: number; agent: string; colleagues: readonly string[]; at: EpochMs; prefix: string };

const ANSWERS = 12;
const RATES = {
  transferred: 0.18,
  takenOver: 0.4,
  bySkill: 0.5,
  calledOff: 0.08,
  canned: 0.55,
  edited: 0.4,
};

/** The ids of a site's canned answers. */
export function cannedIds(prefix: string): string[] {
  return Array.from({ length: ANSWERS }, (_, nth) => `${prefix}can_${nth}`);
}

/** Of an answered conversation that is `agent`'s at last. */
export function handsOf(talk: Talk): Told {
  const dice = diceOf(talk.seed);
  // Some ended before rooms told of this.
  if (dice.chance(0.03)) return {};
  const handovers = handoversOf(dice, talk);
  const canned = cannedOf(dice, talk);
  return { handovers, canned };
}

function handoversOf(dice: Dice, { agent, colleagues, at }: Talk): NonNullable<Conversation["handovers"]> {
  const others = colleagues.filter((one) => one !== agent);
  if (others.length === 0) return [];
  const handovers: NonNullable<Conversation["handovers"]> = [];
  if (dice.chance(RATES.calledOff)) {
    handovers.push({ at, kind: "taken_back", from: agent, to: dice.pick(others), skill: null });
  }
  if (!dice.chance(RATES.transferred)) return handovers;
  const first = dice.pick(others);
  const kind = dice.chance(RATES.takenOver) ? "taken_over" : "transferred";
  const skill = kind === "transferred" && dice.chance(RATES.bySkill) ? "sizes" : null;
  // One in three goes there and back, and then to the agent who has it at last.
  if (dice.chance(0.35)) {
    handovers.push({ at: at + 1_000, kind: "transferred", from: agent, to: first, skill: "sizes" });
  }
  handovers.push({ at: at + 2_000, kind, from: first, to: agent, skill });
  return handovers;
}

/** Each agent has answers of their own that they send more often. */
function cannedOf(dice: Dice, { agent, at, prefix }: Talk): NonNullable<Conversation["canned"]> {
  if (!dice.chance(RATES.canned)) return [];
  const ids = cannedIds(prefix);
  const own = agent.length + (agent.codePointAt(agent.length - 1) ?? 0);
  return Array.from({ length: 1 + dice.below(3) }, (_, nth) => ({
    at: at + nth * 1_000,
    agent,
    canned: (dice.chance(0.6) ? ids[(own + dice.below(3)) % ids.length] : undefined) ?? dice.pick(ids),
    edited: dice.chance(RATES.edited),
  }));
}
