/**
 * What happened in a day and its quarter hours: who came, how soon they were answered, who left, how busy the agents were.
 *
 * All but the service level are the KPIs' own figures of the stretch (`domain/kpi`): handle time, waiting, abandonment,
 * occupancy and concurrency have no second definition here. A conversation counts in the quarter in which its visitor
 * wrote first. For the service level, whoever still waits is too late once the limit is over, and not told before.
 *
 * Shapes  every ratio carries numerator and denominator; its value is null where there is nothing to divide by.
 * Units   moments are `EpochMs`, the rest is in seconds.
 */
import type { EpochMs } from "../ids.ts";
import { leftUnansweredAt } from "../kpi/chat-moments.ts";
import { type Figure, share } from "../kpi/figure.ts";
import { figuresAmong } from "../kpi/figures.ts";
import type { ChatRow } from "../kpi/history.ts";
import type * as Kpi from "../kpi/ratios.ts";
import { addTally, emptyTally, type Tally } from "../kpi/tally.ts";
import { QUARTER_MS } from "./local-day.ts";
import type { Online } from "./online.ts";
import { tallyQuarters } from "./quarter-tallies.ts";

export type Ratio = { value: number | null; numerator: number; denominator: number };
/** Seconds within which half of `n` were over, and nine in ten. */
export type Times = { median: number | null; p90: number | null; n: number };
export type Actual = {
  arrivals: number;
  /** Gone within five seconds. */
  shortLeavers: number;
  /** Answered within the limit: of all, of those answered, of all but short leavers. */
  level: { ofAll: Ratio; ofServed: Ratio; withoutShortLeavers: Ratio };
  /** Left before an answer, of all but short leavers. */
  abandonment: Ratio;
  /** In the queue, of those who were answered. */
  waiting: Times;
  /** Until they left, of those who left: the median. */
  leftAfterSeconds: number | null;
  /** With an agent, of conversations that were answered and are over. */
  handling: Times;
  /** Places filled while their agents were there, over the places that there were; place-seconds. */
  occupancy: Ratio;
  /** Conversations at once of a busy agent. */
  concurrency: Ratio;
};

export type Told = { chats: readonly ChatRow[]; online: readonly Online[]; now: EpochMs };
/** What a day is told by beside another: with intervals, where there can be one. */
export type DayFigures = Record<
  "arrivals" | "service_level" | "waiting" | "abandonment" | "occupancy",
  Figure
>;
export type Actuals = { whole: Actual; figures: DayFigures; of: (quarterFrom: EpochMs) => Actual };

const SECOND_MS = 1_000;
const NAMES = [
  "conversations",
  "abandoned_short",
  "abandonment_rate",
  "waiting_median",
  "waiting_p90",
  "abandoned_after_median",
  "handle_time_median",
  "handle_time_p90",
  "occupancy",
  "concurrency",
] as const;

/** What happened from `from` to `to`, as far as it is over: in all of it, and in each of its quarter hours. */
export function actualsOf(told: Told, span: { from: EpochMs; to: EpochMs }, withinSeconds: number): Actuals {
  const tallies = tallyQuarters(told, span);
  const answers = answersByQuarter(told, span, withinSeconds);
  const whole = emptyTally();
  for (const tally of tallies.values()) addTally(whole, tally);
  const sum = noAnswers();
  for (const one of answers.values()) addAnswers(sum, one);
  return {
    whole: actualOf(whole, sum),
    figures: dayFigures(whole, sum),
    of: (quarterFrom) =>
      actualOf(tallies.get(quarterFrom) ?? NO_TALLY, answers.get(quarterFrom) ?? NO_ANSWERS),
  };
}

const NO_TALLY = emptyTally();

function actualOf(tally: Tally, { soon, answered, decided }: Answers): Actual {
  const kpis = figuresAmong(NAMES, tally);
  const shortLeavers = kpis.abandoned_short.value ?? 0;
  return {
    arrivals: kpis.conversations.value ?? 0,
    shortLeavers,
    level: {
      ofAll: ratio(soon, decided),
      ofServed: ratio(soon, answered),
      withoutShortLeavers: ratio(soon, decided - shortLeavers),
    },
    abandonment: asRatio(kpis.abandonment_rate),
    waiting: timesOf(kpis.waiting_median, kpis.waiting_p90),
    leftAfterSeconds: kpis.abandoned_after_median.value,
    handling: timesOf(kpis.handle_time_median, kpis.handle_time_p90),
    occupancy: asRatio(kpis.occupancy),
    concurrency: asRatio(kpis.concurrency),
  };
}

function dayFigures(tally: Tally, { soon, decided }: Answers): DayFigures {
  const kpis = figuresAmong(NAMES, tally);
  return {
    arrivals: kpis.conversations,
    service_level: share(soon, decided),
    waiting: kpis.waiting_median,
    abandonment: kpis.abandonment_rate,
    occupancy: kpis.occupancy,
  };
}

type Quantile = { value: number | null; n: number };

function timesOf(median: Quantile, p90: Quantile): Times {
  return { median: median.value, p90: p90.value, n: median.n };
}

function asRatio({ value, numerator, denominator }: Kpi.Ratio): Ratio {
  return { value, numerator: numerator ?? 0, denominator: denominator ?? 0 };
}

function ratio(numerator: number, denominator: number): Ratio {
  return { value: denominator > 0 ? numerator / denominator : null, numerator, denominator };
}

/** Of those who came: answered within the limit, answered at all, and those of whom it is known whether they were. */
type Answers = { soon: number; answered: number; decided: number };
const noAnswers = (): Answers => ({ soon: 0, answered: 0, decided: 0 });
const NO_ANSWERS: Readonly<Answers> = noAnswers();

function addAnswers(into: Answers, from: Answers): void {
  into.soon += from.soon;
  into.answered += from.answered;
  into.decided += from.decided;
}

function answersByQuarter(
  { chats, now }: Told,
  { from, to }: { from: EpochMs; to: EpochMs },
  withinSeconds: number,
): Map<EpochMs, Answers> {
  const limit = withinSeconds * SECOND_MS;
  const quarters = new Map<EpochMs, Answers>();
  for (const chat of chats) {
    const { startedAt, answeredAt } = chat;
    if (startedAt < from || startedAt >= to) continue;
    const quarter = Math.floor(startedAt / QUARTER_MS) * QUARTER_MS;
    const answers = quarters.get(quarter) ?? noAnswers();
    quarters.set(quarter, answers);
    if (answeredAt !== null) {
      addAnswers(answers, { soon: answeredAt - startedAt <= limit ? 1 : 0, answered: 1, decided: 1 });
    } else if (leftUnansweredAt(chat) !== null || now - startedAt > limit) answers.decided += 1;
  }
  return quarters;
}
