/** Published and reference figures of Erlang's formulas, from the public data beside the checkout. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  agentsRequired,
  erlangB,
  loadOf,
  occupancyOf,
  type Queue,
  serviceLevel,
  waitingIn,
} from "../../domain/staffing/erlang.ts";
import { leavingFrom } from "../../domain/staffing/erlang-a.ts";
import { staffing } from "../../scripts/vector-sets/staffing.ts";
import { forecastDay, type PastDay } from "../../domain/staffing/forecast.ts";

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

/** What the product says of a queue, under the reference's names. */
function answer(id: string, input: Input): Record<string, number | boolean | null> {
  return { ...staffing({ id, kind: null, input }, {}) };
}

test.each(vectors)("W19: reference queue $id has the figures of the reference", ({ id, input, expected }) => {
  const figures = answer(id, input);
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

type ImpatientInput = Input & { patience_s: number; max_abandonment?: number | null };
const impatient = (
  JSON.parse(readFileSync("../shared/vectors/staffing.visible.json", "utf8")) as {
    vectors: { id: string; input: ImpatientInput; expected: Record<string, number> }[];
  }
).vectors.filter(({ input }) => input.model === "erlang_a");

test.each(impatient)(
  "STA1: reference queue $id has the figures of the reference",
  ({ id, input, expected }) => {
    const figures = answer(id, input);
    const named = Object.entries(figures).filter(([name]) => name in expected);
    expect(named.length).toBeGreaterThanOrEqual(10);
    for (const [name, got] of named) {
      const wanted = expected[name] ?? 0;
      if (name === "agents_required") expect(got, name).toBe(wanted);
      else expect(Math.abs(Number(got) - wanted), name).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
    }
  },
);

type Published = {
  model: string;
  rate: number;
  handle: number;
  patience: number;
  agents: number;
  quantity: string;
  value: string;
};

const published: Published[] = readFileSync("../shared/data/erlang-checks/published.csv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [model = "", rate, handle, patience, agents, quantity = "", value = ""] = line.split(",");
    return {
      model,
      rate: Number(rate),
      handle: Number(handle),
      patience: Number(patience),
      agents: Number(agents),
      quantity,
      value,
    };
  });
const leavers = published.filter(({ model }) => model === "A");
const stayers = published.filter(({ model }) => model !== "A");

test.each(leavers)("STA1: published Erlang A: $quantity is $value", (row) => {
  const leaving = leavingFrom({
    arrivalsPerHour: row.rate * 60,
    handleSeconds: row.handle * 60,
    patienceSeconds: row.patience * 60,
    agents: row.agents,
  });
  const figures: Record<string, number> = {
    waiting_probability: leaving.probability,
    abandonment_probability: leaving.abandonment,
    occupancy: leaving.occupancy,
    mean_wait_minutes: leaving.meanSeconds / 60,
    mean_wait_seconds: leaving.meanSeconds,
  };
  const decimals = row.value.split(".")[1]?.length ?? 0;
  // Some of them were cut off and not rounded, so that they are right to their last digit only.
  expect(Math.abs((figures[row.quantity] ?? Number.NaN) - Number(row.value))).toBeLessThan(10 ** -decimals);
});

test("STA1: the reference publishes figures of Erlang A", () => {
  expect(leavers.length).toBeGreaterThanOrEqual(7);
});

test.each(stayers)("W19: published Erlang $model: $quantity is $value", (row) => {
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

const calls = readFileSync("../shared/data/bank-calls-5min/bank_calls.csv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => ({ date: line.slice(0, 10), count: Number(line.split(",")[1]) }));

/** The bank's days by stretches of `perStretch` times five minutes. */
function bankDays(perStretch: number): PastDay[] {
  return [...Map.groupBy(calls, ({ date }) => date)].map(([date, rows]) => ({
    kind: String(new Date(`${date}T12:00:00Z`).getUTCDay()),
    counts: Array.from({ length: Math.ceil(rows.length / perStretch) }, (_, index) =>
      rows.slice(index * perStretch, (index + 1) * perStretch).reduce((sum, { count }) => sum + count, 0),
    ),
  }));
}

const UNSEEN_DAYS = 20;
const TO_BEAT = 20.44;

/** Forecasts of the last days, each from the days before it alone. */
function walk(days: readonly PastDay[], seen: (day: PastDay) => readonly number[]) {
  return days.slice(-UNSEEN_DAYS).map((day, index) => {
    const past = days.slice(0, days.length - UNSEEN_DAYS + index);
    const forecast = forecastDay(past, day.kind, seen(day));
    if (!forecast.ok) throw new Error("144 days are enough");
    const same = past.filter(({ kind }) => kind === day.kind).slice(-4);
    const plain = day.counts.map((_, at) => same.reduce((sum, one) => sum + (one.counts[at] ?? 0), 0) / 4);
    return { day, forecast, plain };
  });
}

function meanError(pairs: readonly (readonly [foretold: number | undefined, came: number])[]): number {
  return (
    pairs.reduce((sum, [foretold = Number.NaN, came]) => sum + Math.abs(foretold - came), 0) / pairs.length
  );
}

test("STA5: on the last 20 days of the bank's calls the forecast misses by less than the last four same weekdays", () => {
  const walked = walk(bankDays(1), () => []);
  const plain = meanError(
    walked.flatMap(({ day, plain: base }) => day.counts.map((came, at) => [base[at], came] as const)),
  );
  const ahead = meanError(
    walked.flatMap(({ day, forecast }) =>
      day.counts.map((came, at) => [forecast.expected[at], came] as const),
    ),
  );
  console.log(
    `mean absolute error per 5 minutes: ${ahead.toFixed(2)}, last four same weekdays ${plain.toFixed(2)}`,
  );
  expect(plain).toBeCloseTo(TO_BEAT, 2);
  expect(ahead).toBeLessThan(0.8 * TO_BEAT);
});

test("STA6: what has come by a third of the bank's day betters the rest of it, and the band holds its four in five", () => {
  const days = bankDays(3);
  const third = Math.floor((days[0]?.counts.length ?? 0) / 3);
  const before = walk(days, () => []);
  const updated = walk(days, (day) => day.counts.slice(0, third));
  const errorOf = (walked: typeof before) =>
    meanError(
      walked.flatMap(({ day, forecast }) =>
        day.counts.map((came, at) => [forecast.expected[at], came] as const).slice(third),
      ),
    );
  const held = before.flatMap(({ day, forecast }) =>
    day.counts.map((came, at) => came >= (forecast.low[at] ?? 0) && came <= (forecast.high[at] ?? 0)),
  );
  const share = held.filter(Boolean).length / held.length;
  console.log(
    `per 15 minutes of the last two thirds: ${errorOf(updated).toFixed(2)} updated, ${errorOf(before).toFixed(2)} before; band holds ${share.toFixed(3)}`,
  );
  expect(errorOf(updated)).toBeLessThan(0.85 * errorOf(before));
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.9);
});
