/** The set `staffing`: Erlang C and A of one queue, and how many agents its aim takes. */
import * as z from "zod";
import {
  agentsRequired,
  effectiveHandleSeconds,
  erlangB,
  loadOf,
  occupancyOf,
  type Queue,
  serviceLevel,
  slotsOf,
  waitingIn,
} from "../../domain/staffing/erlang.ts";
import { agentsRequiredWithPatience, leavingFrom, serviceLevels } from "../../domain/staffing/erlang-a.ts";
import type { VectorSet } from "./vector-set.ts";

const Input = z.object({
  model: z.enum(["erlang_c", "erlang_a"]),
  arrivals_per_hour: z.number().min(0),
  aht_s: z.number().positive(),
  patience_s: z.number().positive().nullish(),
  agents: z.int().min(0),
  concurrency: z.int().min(1).default(1),
  aht_inflation_per_extra_chat: z.number().default(0),
  target_s: z.number().min(0),
  target_service_level: z.number().nullish(),
  max_abandonment: z.number().nullish(),
});
type Input = z.infer<typeof Input>;

function queueOf(input: Input): Queue {
  return {
    arrivalsPerHour: input.arrivals_per_hour,
    handleSeconds: input.aht_s,
    agents: input.agents,
    concurrency: input.concurrency,
    slowdown: input.aht_inflation_per_extra_chat,
  };
}

function patient(input: Input): object {
  const queue = queueOf(input);
  const waiting = waitingIn(queue);
  const share = input.target_service_level ?? null;
  const required = share === null ? null : agentsRequired(queue, { withinSeconds: input.target_s, share });
  return {
    stable: waiting !== null,
    slots: slotsOf(queue),
    effective_aht_s: effectiveHandleSeconds(queue),
    offered_load: loadOf(queue),
    ...(waiting === null
      ? {}
      : {
          occupancy: occupancyOf(queue),
          erlang_b: erlangB(slotsOf(queue), loadOf(queue)),
          prob_wait: waiting.probability,
          asa: waiting.meanSeconds,
          asa_of_waiters: waiting.meanOfWaitersSeconds,
          avg_queue: waiting.meanQueue,
          service_level: serviceLevel(queue, input.target_s),
          p90_wait: waiting.ninetiethSeconds,
        }),
    ...(share === null
      ? {}
      : {
          agents_required: required,
          service_level_at_required:
            required === null ? null : serviceLevel({ ...queue, agents: required }, input.target_s),
        }),
  };
}

function impatient(input: Input): object {
  const { patience_s } = input;
  if (patience_s == null) throw new Error("Erlang A needs a patience");
  const queue = { ...queueOf(input), patienceSeconds: patience_s };
  const leaving = leavingFrom(queue);
  const levels = serviceLevels(queue, input.target_s);
  const share = input.target_service_level ?? null;
  const maxAbandonment = input.max_abandonment ?? null;
  const within = share === null ? null : { withinSeconds: input.target_s, share };
  const asked = within !== null || maxAbandonment !== null;
  const required = asked ? agentsRequiredWithPatience(queue, { within, maxAbandonment }) : null;
  const then = required === null ? null : { ...queue, agents: required };
  return {
    slots: slotsOf(queue),
    effective_aht_s: effectiveHandleSeconds(queue),
    offered_load: loadOf(queue),
    occupancy: leaving.occupancy,
    prob_wait: leaving.probability,
    abandonment: leaving.abandonment,
    avg_wait_all: leaving.meanSeconds,
    avg_queue: leaving.meanQueue,
    served_rate: leaving.servedPerSecond,
    service_level_all: levels.ofAll,
    service_level_served: levels.ofServed,
    abandoned_within_T: levels.leftWithin,
    sl_answered_or_excl_short_abandons: levels.withoutShortLeavers,
    ...(asked
      ? {
          agents_required: required,
          service_level_at_required: then === null ? null : serviceLevels(then, input.target_s).ofAll,
          abandonment_at_required: then === null ? null : leavingFrom(then).abandonment,
        }
      : {}),
  };
}

export const staffing: VectorSet = ({ input }) => {
  const asked = Input.parse(input);
  return asked.model === "erlang_c" ? patient(asked) : impatient(asked);
};
