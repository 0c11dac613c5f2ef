/**
 * What a business case comes to, as ranges: by a seeded simulation over its inputs.
 *
 * Each input is drawn from the triangle over its range, independently of the others, 10,000 times. Interval arithmetic
 * would be simpler, but adds every bad luck to every other: ten inputs at their worst at once, which never happens, make
 * a range so wide that it decides nothing. The triangle needs only what people can answer, and gives its ends more weight
 * than smoother shapes do, so it errs to the side of width. The seed is fixed: the same case gives the same figures, and
 * a change of one input leaves the throws of the others as they were.
 *
 * Shapes  an `Expected` range runs from the 5th to the 95th of 100 outcomes, around the middle one. A pay-back that may
 *         never come ends in null.
 * Units   money in the site's currency over all months unless named by the month; `roi` is (margin − cost) / cost.
 * Errors  none: what is divided by nothing is null.
 */
import { CASE_INPUTS, type CaseInput, type Range } from "./case-inputs.ts";

export type Expected = { low: number; middle: number; high: number };
export type PartlyExpected = { low: number | null; middle: number | null; high: number | null };

export type Expectation = {
  chats: Expected;
  incrementalOrders: Expected;
  incrementalRevenue: Expected;
  incrementalMargin: Expected;
  cost: Expected;
  net: Expected;
  /** Null where the cost may be nothing. */
  roi: Expected | null;
  /** In months; null where the months' margin may not cover their cost. */
  paybackMonths: PartlyExpected;
  /** In how many of the outcomes more came in than was paid. */
  chanceToPay: number;
  /** Which inputs the net hangs on most: the share of its variation that each explains, the largest first. */
  drivers: { input: CaseInput; share: number }[];
  /**
   * Of one visitor who could be invited, for a comparison with what was measured of some other number of them: `net` is
   * what is left after the agents' time, as a campaign's is; platform and set-up are nobody's in particular.
   */
  perVisitor: { orders: Expected; revenue: Expected; net: Expected };
};

export const DRAWS = 10_000;
const SEED = 0x5eed_ca5e;
const LOW = 0.05;
const HIGH = 0.95;

/** The part of a business case that its figures come from. */
export type CaseFigures = Record<CaseInput, Range> & { months: number };
type Inputs = Record<CaseInput, number>;
const NOTHING: Inputs = {
  visitors: 0,
  conversion: 0,
  basket: 0,
  margin: 0,
  acceptance: 0,
  lift: 0,
  agent_hour: 0,
  chats_per_agent_hour: 0,
  platform_month: 0,
  set_up: 0,
};
type Outcome = Inputs & {
  chats: number;
  orders: number;
  revenue: number;
  profit: number;
  agents: number;
  cost: number;
  net: number;
  payback: number;
};

export function expectationOf(given: CaseFigures): Expectation {
  const throwOne = dice(SEED);
  const outcomes = Array.from({ length: DRAWS }, () => outcomeOf(drawn(given, throwOne), given.months));
  const of = (read: (outcome: Outcome) => number): Expected => rangeOf(outcomes.map(read));
  const free = outcomes.some(({ cost }) => cost <= 0);
  const each = (read: (outcome: Outcome) => number): Expected =>
    of((outcome) => {
      const all = outcome.visitors * given.months;
      return all > 0 ? read(outcome) / all : 0;
    });
  return {
    chats: of(({ chats }) => chats),
    incrementalOrders: of(({ orders }) => orders),
    incrementalRevenue: of(({ revenue }) => revenue),
    incrementalMargin: of(({ profit }) => profit),
    cost: of(({ cost }) => cost),
    net: of(({ net }) => net),
    roi: free ? null : of(({ net, cost }) => net / cost),
    paybackMonths: finiteRange(of(({ payback }) => payback)),
    chanceToPay: outcomes.filter(({ net }) => net > 0).length / DRAWS,
    drivers: driversOf(given, outcomes),
    perVisitor: {
      orders: each(({ orders }) => orders),
      revenue: each(({ revenue }) => revenue),
      net: each(({ profit, agents }) => profit - agents),
    },
  };
}

function drawn(given: CaseFigures, throwOne: () => number): Inputs {
  const inputs: Inputs = { ...NOTHING };
  for (const input of CASE_INPUTS) inputs[input] = triangular(given[input], throwOne());
  return inputs;
}

function outcomeOf(inputs: Inputs, months: number): Outcome {
  const { visitors, acceptance, conversion, lift, basket, margin } = inputs;
  const chats = visitors * acceptance;
  // Nobody buys more than surely.
  const added = Math.min(1 - conversion, conversion * lift);
  const orders = chats * added;
  const revenue = orders * basket;
  const monthly = revenue * margin;
  const agents = (chats / inputs.chats_per_agent_hour) * inputs.agent_hour;
  const monthlyCost = agents + inputs.platform_month;
  const cost = monthlyCost * months + inputs.set_up;
  const left = monthly - monthlyCost;
  return {
    ...inputs,
    chats: chats * months,
    orders: orders * months,
    revenue: revenue * months,
    profit: monthly * months,
    agents: agents * months,
    cost,
    net: monthly * months - cost,
    payback: inputs.set_up === 0 && left >= 0 ? 0 : left > 0 ? inputs.set_up / left : Infinity,
  };
}

/** The value below which the share `u` of the triangle over `range` lies. */
export function triangular({ low, likely, high }: Range, u: number): number {
  const width = high - low;
  if (width === 0) return low;
  const peak = (likely - low) / width;
  return u < peak
    ? low + Math.sqrt(u * width * (likely - low))
    : high - Math.sqrt((1 - u) * width * (high - likely));
}

function rangeOf(values: number[]): Expected {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at(LOW), middle: at(0.5), high: at(HIGH) };
}

function finiteRange({ low, middle, high }: Expected): PartlyExpected {
  const known = (value: number) => (Number.isFinite(value) ? value : null);
  return { low: known(low), middle: known(middle), high: known(high) };
}

function driversOf(given: CaseFigures, outcomes: readonly Outcome[]): Expectation["drivers"] {
  const squares = CASE_INPUTS.filter((input) => given[input].low < given[input].high).map((input) => ({
    input,
    square: correlation(outcomes, (outcome) => outcome[input]) ** 2,
  }));
  const all = squares.reduce((sum, { square }) => sum + square, 0);
  if (!(all > 0)) return [];
  return squares
    .map(({ input, square }) => ({ input, share: square / all }))
    .toSorted((a, b) => b.share - a.share);
}

/** Of what `read` reads with the net. */
function correlation(outcomes: readonly Outcome[], read: (outcome: Outcome) => number): number {
  const n = outcomes.length;
  let [sum, net] = [0, 0];
  for (const outcome of outcomes) {
    sum += read(outcome);
    net += outcome.net;
  }
  let [together, own, nets] = [0, 0, 0];
  for (const outcome of outcomes) {
    const [a, b] = [read(outcome) - sum / n, outcome.net - net / n];
    together += a * b;
    own += a * a;
    nets += b * b;
  }
  return own > 0 && nets > 0 ? together / Math.sqrt(own * nets) : 0;
}

/** Numbers in [0, 1) that are the same for one seed: a counter, well mixed (Murmur3's finaliser). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
