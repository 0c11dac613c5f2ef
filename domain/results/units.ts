/**
 * The units of one phase, from its rows of history: who was first eligible when, in which arm, and what came of it.
 *
 * A unit is a visitor id at its first eligible moment: chance gave that id its arm, and nothing that is learned later about
 * who it was moves it (`whose.ts`). An id that was seen in two arms or two variants says nothing about either: left out, and
 * counted. What is a unit's counts from the eligible moment to the end of the window after that visit, in both arms alike:
 * what it bought, whether an agent spoke with it, what its chats are credited with and what they took of agents' time. What
 * agents spent on its later visits is told apart, because no effect here answers for it.
 *
 * Shapes  `PhaseHistory` in, `PhaseSums` out: sums by local day of the first moment and by arm. Pure, and of any order
 *         of rows the same.
 * Units   moments are `EpochMs`; money in hundredths.
 */
import type { EpochMs } from "../ids.ts";
import type { Credit } from "./credited.ts";
import { type ArmSums, emptySums } from "./sums.ts";
import { doingsOf, type Join } from "./whose.ts";

export type EligibleMoment = {
  id: string;
  visitor: string;
  variant: string;
  arm: "treated" | "holdout";
  eligibleAt: EpochMs;
  visitEndsAt: EpochMs;
  device: string | null;
  browser: string | null;
  shown: boolean;
  /** The visitor wrote in the conversation that came of it. */
  accepted: boolean;
  /** How long agents handled its conversations (`handling.ts`). */
  handleMs: number;
  /** What its chats are credited with (`credited.ts`). */
  credited: readonly Credit[];
};

/** A conversation that an agent answered, whatever opened it: an invitation, the button, another campaign. */
export type AnsweredTalk = { visitor: string; at: EpochMs };

/** An order, or a lead, that counts. */
export type Success = {
  id: string;
  visitor: string;
  at: EpochMs;
  cents: number;
  /** What the price was lowered by before that, of an order that tells it. */
  discountCents?: number;
  /** Its amount is in another currency than the site's, and is therefore 0 here. */
  isForeign?: boolean;
};

export type PhaseHistory = {
  moments: readonly EligibleMoment[];
  successes: readonly Success[];
  talks: readonly AnsweredTalk[];
  /** Who was proven to be whom, and when. */
  joins: readonly Join[];
};
export type PhaseRule = {
  windowMs: number;
  /** The plan's cap on what one unit spent; null for none. */
  capCents: number | null;
  /** The planned end: who comes from then on changes nothing. Null for none. */
  until: EpochMs | null;
  now: EpochMs;
  dayOf(at: EpochMs): string;
};

/** `day` → arm (`holdout`, or the variant's key after `treated:`) → sums. */
export type DaySums = Record<string, ArmSums>;
export type PhaseSums = {
  days: Record<string, DaySums>;
  /** Visitor ids seen in more than one arm or variant. */
  multiple: number;
  multipleByDay: Record<string, number>;
  /** When the last of these windows has passed; absent where nobody came. */
  maturesAt?: EpochMs;
  /** Who first came from the planned end on (`later-days.ts`): in no reading of that end. Absent where nobody did. */
  later?: PhaseSums;
};

export const HOLDOUT = "holdout";
const TREATED = "treated:";
/** How far back a unit's spending before is looked for. */
export const BEFORE_MS = 28 * 24 * 3_600_000;

export const armKey = ({ arm, variant }: Pick<EligibleMoment, "arm" | "variant">) =>
  arm === "holdout" ? HOLDOUT : `${TREATED}${variant}`;
/** The variant that an arm's key names; null for the hold-out. */
export const variantOf = (key: string) => (key === HOLDOUT ? null : key.slice(TREATED.length));

export function sumPhase({ moments, successes, talks, joins }: PhaseHistory, rule: PhaseRule): PhaseSums {
  // Both at once: whose they are is found once for each unit, of which there are many.
  const doneOf = doingsOf<Success | AnsweredTalk>([...successes, ...talks], joins);
  const result: PhaseSums = { days: {}, multiple: 0, multipleByDay: {} };
  for (const unit of unitsOf(momentsBefore(moments, rule.until), armKey)) {
    const { first } = unit;
    const day = rule.dayOf(first.eligibleAt);
    if (unit.isMultiple) {
      result.multiple += 1;
      result.multipleByDay[day] = (result.multipleByDay[day] ?? 0) + 1;
      continue;
    }
    const sums = ((result.days[day] ??= {})[armKey(first)] ??= emptySums());
    countUnit(sums, unit, doneOf(first.visitor, first.eligibleAt), rule);
    result.maturesAt = Math.max(result.maturesAt ?? 0, windowEnd(first, rule));
  }
  return result;
}

/** An end before which nobody came had passed when the phase began: then it is none. */
function momentsBefore(moments: readonly EligibleMoment[], until: EpochMs | null): readonly EligibleMoment[] {
  const before = until === null ? [] : moments.filter(({ eligibleAt }) => eligibleAt < until);
  return before.length === 0 ? moments : before;
}

/** Until when what is a unit's counts: its window begins with the end of the visit in which it was first eligible. */
export function windowEnd(
  { visitEndsAt, eligibleAt }: Pick<EligibleMoment, "visitEndsAt" | "eligibleAt">,
  { windowMs }: Pick<PhaseRule, "windowMs">,
): EpochMs {
  return Math.max(visitEndsAt, eligibleAt) + windowMs;
}

type Seen = Pick<EligibleMoment, "id" | "visitor" | "eligibleAt">;

/** Each visitor id with its moments and the first of them; `isMultiple` where they are of more than one arm. */
export function unitsOf<T extends Seen>(
  moments: readonly T[],
  armOf: (moment: T) => string,
): { first: T; seen: readonly T[]; isMultiple: boolean }[] {
  return [...Map.groupBy(moments, ({ visitor }) => visitor).values()].map((seen) => {
    const first = seen.reduce((a, b) => (isBefore(b, a) ? b : a));
    return { first, seen, isMultiple: seen.some((moment) => armOf(moment) !== armOf(first)) };
  });
}

function isBefore(one: Seen, other: Seen): boolean {
  if (one.eligibleAt !== other.eligibleAt) return one.eligibleAt < other.eligibleAt;
  return one.id < other.id;
}

type Unit = { first: EligibleMoment; seen: readonly EligibleMoment[] };

const isSuccess = (doing: Success | AnsweredTalk): doing is Success => "cents" in doing;

function countUnit(
  sums: ArmSums,
  { first, seen }: Unit,
  done: readonly (Success | AnsweredTalk)[],
  rule: PhaseRule,
): void {
  const endsAt = windowEnd(first, rule);
  const successes = done.filter(isSuccess);
  const within = seen.length === 1 ? seen : seen.filter(({ eligibleAt }) => eligibleAt <= endsAt);
  const credited = within.flatMap((moment) => moment.credited).filter(({ at }) => at <= endsAt);
  const handleMs = total(within, (moment) => moment.handleMs);
  const counted = successes.filter(({ at }) => at >= first.eligibleAt && at <= endsAt);
  const before = centsOf(
    successes.filter(({ at }) => at < first.eligibleAt && at >= first.eligibleAt - BEFORE_MS),
  );
  const spent = centsOf(counted);
  const discount = total(counted, ({ discountCents = 0 }) => discountCents);
  const capped = rule.capCents === null ? spent : Math.min(spent, rule.capCents);

  sums.n += 1;
  sums.moments += seen.length;
  sums.displayed += seen.filter(({ shown }) => shown).length;
  sums.accepted += within.some(({ accepted }) => accepted) ? 1 : 0;
  sums.conversions += counted.length > 0 ? 1 : 0;
  sums.orders += counted.length;
  sums.revenue_cents += spent;
  sums.revenue_sq += spent ** 2;
  sums.discount_cents += discount;
  sums.discount_sq += discount ** 2;
  sums.revenue_x_discount += spent * discount;
  sums.capped += capped < spent ? 1 : 0;
  sums.capped_cents += capped;
  sums.capped_sq += capped ** 2;
  sums.before_cents += before;
  sums.before_sq += before ** 2;
  sums.before_x_revenue += before * spent;
  sums.foreign_orders += counted.filter(({ isForeign = false }) => isForeign).length;
  sums.attributed_orders += credited.length;
  sums.attributed_cents += total(credited, ({ cents }) => cents);
  sums.handle_ms += handleMs;
  sums.later_handle_ms += total(seen, (moment) => moment.handleMs) - handleMs;
  sums.maturing += endsAt >= rule.now ? 1 : 0;
  if (done.some((doing) => !isSuccess(doing) && doing.at >= first.eligibleAt && doing.at <= endsAt)) {
    sums.reached += 1;
    sums.reached_conversions += counted.length > 0 ? 1 : 0;
    sums.reached_revenue_cents += spent;
  }
  count(sums.device, first.device);
  count(sums.browser, first.browser);
}

function count(counts: Record<string, number>, name: string | null): void {
  const key = name ?? "unknown";
  counts[key] = (counts[key] ?? 0) + 1;
}

function centsOf(successes: readonly Success[]): number {
  return total(successes, ({ cents }) => cents);
}

function total<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}
