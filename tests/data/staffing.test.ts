/** Published and reference figures of Erlang's formulas, from the public data beside the checkout. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
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

type Input = {
  model: string;
  arrivals_per_hour: number;
  aht_s: number;
  agents: number;
  concurrency: number;
  aht_inflation_per_extra_chat: number;
  target_s: number;
  target_service_level?: number;
};
type VectorFile = { vectors: { id: string; input: Input; expected: Record<string, number | boolean> }[] };

const vectors = (
  JSON.parse(readFileSync("../shared/vectors/staffing.visible.json", "utf8")) as VectorFile
).vectors.filter(({ input }) => input.model === "erlang_c");

/** Everything the reference says of a queue, under its names. */
function answer(input: Input): Record<string, number | boolean | null> {
  const queue: Queue = {
    arrivalsPerHour: input.arrivals_per_hour,
    handleSeconds: input.aht_s,
    agents: input.agents,
    concurrency: input.concurrency,
    slowdown: input.aht_inflation_per_extra_chat,
  };
  const aim = { withinSeconds: input.target_s, share: input.target_service_level ?? 0 };
  const waiting = waitingIn(queue);
  const required = input.target_service_level === undefined ? null : agentsRequired(queue, aim);
  return {
    stable: waiting !== null,
    slots: slotsOf(queue),
    effective_aht_s: effectiveHandleSeconds(queue),
    offered_load: loadOf(queue),
    occupancy: occupancyOf(queue),
    erlang_b: erlangB(slotsOf(queue), loadOf(queue)),
    prob_wait: waiting?.probability ?? null,
    asa: waiting?.meanSeconds ?? null,
    asa_of_waiters: waiting?.meanOfWaitersSeconds ?? null,
    avg_queue: waiting?.meanQueue ?? null,
    service_level: serviceLevel(queue, input.target_s),
    p90_wait: waiting?.ninetiethSeconds ?? null,
    agents_required: required,
    service_level_at_required:
      required === null ? null : serviceLevel({ ...queue, agents: required }, input.target_s),
  };
}

test.each(vectors)("W19: reference queue $id has the figures of the reference", ({ input, expected }) => {
  const figures = answer(input);
  for (const [name, wanted] of Object.entries(expected)) {
    const got = figures[name];
    if (typeof wanted !== "number") expect(got, name).toBe(wanted);
    else
      expect(Math.abs(Number(got) - wanted), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
  }
});

test("W19: the reference has queues that are stable, that are not, and with several conversations at once", () => {
  expect(vectors.length).toBeGreaterThanOrEqual(10);
  expect(vectors.some(({ expected }) => expected["stable"] === false)).toBe(true);
  expect(vectors.some(({ input }) => input.concurrency > 1)).toBe(true);
});

type Published = {
  model: string;
  rate: number;
  handle: number;
  agents: number;
  quantity: string;
  value: string;
};

const published: Published[] = readFileSync("../shared/data/erlang-checks/published.csv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [model = "", rate = "", handle = "", , agents = "", quantity = "", value = ""] = line.split(",");
    return { model, rate: Number(rate), handle: Number(handle), agents: Number(agents), quantity, value };
  })
  .filter(({ model }) => model === "B" || model === "C");

test.each(published)("W19: published Erlang $model: $quantity is $value", (row) => {
  const queue: Queue = { arrivalsPerHour: row.rate * 60, handleSeconds: row.handle * 60, agents: row.agents };
  const decimals = row.value.split(".")[1]?.length ?? 0;
  // A published figure is right to half of its last digit, a rate of 3.3333333333 a minute to nine.
  const slack = Math.max(0.51 * 10 ** -decimals, 1e-8 * Number(row.value));
  expect(Math.abs(figureOf(row, queue) - Number(row.value))).toBeLessThanOrEqual(slack);
});

function figureOf({ model, quantity }: Published, queue: Queue): number {
  const level = /^service_level_(\d+)s$/.exec(quantity);
  if (level !== null) return Number(serviceLevel(queue, Number(level[1])));
  switch (quantity) {
    case "blocking":
      expect(model).toBe("B");
      return erlangB(queue.agents, loadOf(queue));
    case "waiting_probability":
      return Number(waitingIn(queue)?.probability);
    case "occupancy":
      return Number(occupancyOf(queue));
    case "asa_seconds":
      return Number(waitingIn(queue)?.meanSeconds);
    case "required_agents_for_SL80_20s_maxocc85":
      return Number(agentsRequired(queue, { withinSeconds: 20, share: 0.8 }, 0.85));
    default:
      throw new Error(`the reference has a figure that is not asked for here: ${quantity}`);
  }
}
