/**
 * Who had a generated conversation and when: from the queue to an agent, from hand to hand, back to the queue; and the
 * canned answers that were sent in it. By dice of its own, so that nothing else falls otherwise for it.
 */
import type { RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { type Dice, diceOf } from "./dice.ts";

type Conversation = RecordOf<"conversations">;
type Handover = NonNullable<Conversation["handovers"]>[number];
type Told = Pick<Conversation, "agent_id" | "answered_by" | "handovers" | "canned">;
/** `agent` has it at last, unless it goes back to the queue and nobody comes. */
type Talk = {
  seed: number;
  agent: string;
  colleagues: readonly string[];
  assigned: EpochMs;
  reply: EpochMs;
  left: EpochMs;
  prefix: string;
};

const ANSWERS = 12;
const RATES = {
  /** It ended before rooms told of hands at all, or of the queue. */
  untold: 0.03,
  older: 0.1,
  silent: 0.12,
  stranded: 0.03,
  same: 0.3,
  bySkill: 0.5,
  calledOff: 0.08,
  canned: 0.55,
  edited: 0.4,
};
/** How it goes on once somebody has answered. */
type Step = "transferred" | "taken_over" | "requeued";
const COURSES: { weight: number; steps: readonly Step[] }[] = [
  { weight: 70, steps: [] },
  { weight: 8, steps: ["transferred"] },
  { weight: 7, steps: ["taken_over"] },
  { weight: 5, steps: ["transferred", "taken_over"] },
  { weight: 3, steps: ["transferred", "transferred"] },
  { weight: 5, steps: ["requeued"] },
  { weight: 2, steps: ["transferred", "requeued"] },
];

/** The ids of a site's canned answers. */
export function cannedIds(prefix: string): string[] {
  return Array.from({ length: ANSWERS }, (_, nth) => `${prefix}can_${nth}`);
}

/** Of a conversation that somebody answered. */
export function handsOf(talk: Talk): Told {
  const dice = diceOf(talk.seed);
  const { agent } = talk;
  if (dice.chance(RATES.untold)) return { agent_id: agent };
  const { holders, handovers } = coursed(dice, talk);
  const canned = cannedOf(dice, talk, holders);
  if (dice.chance(RATES.older)) {
    const told = handovers.filter(({ kind }) => kind !== "assigned" && kind !== "requeued");
    return { agent_id: agent, handovers: told, canned };
  }
  const stranded = dice.chance(RATES.stranded);
  if (stranded) handovers.push(moved("requeued", talk.left, { from: agent }));
  const early = handovers.findLast(
    ({ at, to, kind }) => at <= talk.reply && to !== null && kind !== "taken_back",
  );
  return {
    agent_id: stranded ? null : agent,
    answered_by: early?.to ?? agent,
    handovers,
    canned,
  };
}

/** Of one that was assigned to an agent who stayed silent, in the queue again or not; of most nothing at all. */
export function silentHandsOf({
  seed,
  colleagues,
  first,
  left,
}: {
  seed: number;
  colleagues: readonly string[];
  first: EpochMs;
  left: EpochMs;
}): Pick<Conversation, "agent_id" | "assigned_at" | "handovers" | "canned"> {
  const dice = diceOf(seed);
  const none = { agent_id: null, assigned_at: null, handovers: [], canned: [] };
  if (colleagues.length === 0 || !dice.chance(RATES.silent)) return none;
  const agent = dice.pick(colleagues);
  const at = first + Math.floor((left - first) * dice.next());
  const handovers = [moved("assigned", at, { to: agent })];
  const isBack = dice.chance(0.5);
  if (isBack) handovers.push(moved("requeued", Math.floor((at + left) / 2), { from: agent }));
  return { agent_id: isBack ? null : agent, assigned_at: at, handovers, canned: [] };
}

function moved(
  kind: Handover["kind"],
  at: EpochMs,
  {
    from = null,
    to = null,
    skill = null,
  }: { from?: string | null; to?: string | null; skill?: string | null },
): Handover {
  return { at, kind, from, to, skill };
}

/** Everybody who had it, in turn, and how it came to each. */
function coursed(dice: Dice, talk: Talk): { holders: string[]; handovers: Handover[] } {
  const { agent, colleagues, assigned, reply, left } = talk;
  const others = colleagues.filter((one) => one !== agent);
  const early: Step[] = dice.chance(RATES.silent) ? ["requeued"] : [];
  const late = others.length === 0 ? [] : dice.weighted(COURSES).steps;
  const steps = [...early, ...late];
  const holders = holdersOf(dice, steps, { agent, others });
  const moments = late.map(() => reply + Math.floor((left - reply) * dice.next())).toSorted((a, b) => a - b);
  // The one who stayed silent had it for a third of the time to the reply, and the queue for another.
  if (early.length > 0) moments.unshift(assigned + Math.floor((reply - assigned) / 3));
  const handovers = [moved("assigned", assigned, { to: holders[0] ?? agent })];
  for (const [nth, kind] of steps.entries()) {
    const at = moments[nth] ?? left;
    const [from = agent, to = agent] = [holders[nth], holders[nth + 1]];
    if (kind !== "requeued") {
      const skill = kind === "transferred" && dice.chance(RATES.bySkill) ? "sizes" : null;
      handovers.push(moved(kind, at, { from, to, skill }));
      continue;
    }
    const next = nth < early.length ? reply : (moments[nth + 1] ?? left);
    handovers.push(moved(kind, at, { from }), moved("assigned", Math.floor((at + next) / 2), { to }));
  }
  if (others.length > 0 && dice.chance(RATES.calledOff)) {
    handovers.push(moved("taken_back", left, { from: agent, to: dice.pick(others) }));
  }
  return { holders, handovers };
}

/** From the last to the first: nobody hands on to themselves, but the queue may give back. */
function holdersOf(
  dice: Dice,
  steps: readonly Step[],
  { agent, others }: { agent: string; others: readonly string[] },
): string[] {
  const holders = [agent];
  for (const step of steps.toReversed()) {
    const next = holders[0] ?? agent;
    const possible = [agent, ...others].filter((one) => one !== next);
    const isSame = possible.length === 0 || (step === "requeued" && dice.chance(RATES.same));
    holders.unshift(isSame ? next : dice.pick(possible));
  }
  return holders;
}

/** Each agent has answers of their own that they send more often. */
function cannedOf(
  dice: Dice,
  { reply, prefix }: Talk,
  holders: readonly string[],
): NonNullable<Conversation["canned"]> {
  if (!dice.chance(RATES.canned)) return [];
  const ids = cannedIds(prefix);
  return Array.from({ length: 1 + dice.below(3) }, (_, nth) => {
    const agent = dice.pick(holders);
    const own = agent.length + (agent.codePointAt(agent.length - 1) ?? 0);
    const usual = dice.chance(0.6) ? ids[(own + dice.below(3)) % ids.length] : undefined;
    return {
      at: reply + nth * 1_000,
      agent,
      canned: usual ?? dice.pick(ids),
      edited: dice.chance(RATES.edited),
    };
  });
}
