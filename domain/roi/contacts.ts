/**
 * Contacts by phone and e-mail that inviting spared, or brought: by arm, within a span after the eligible moment.
 *
 * Everybody who could have been invited counts, in the arm that chance gave them, whether or not they had a chat; only
 * those whose span has passed, so that both arms had as long. Whoever called once or five times counts once in the share,
 * and five times in the mean.
 *
 * What is said of it obeys the rule of results (`experiments/hybrid.ts`): nothing of arms whose sizes contradict the plan,
 * before seven days of visitors, or of fewer than ten who did or did not make contact in either arm. While the phase runs
 * the intervals are those of the confidence sequence, which hold however often one looks; once the planned end and the
 * span after it have passed, they are those of the one final reading. All of the table hold together: each is given its
 * part of the error.
 *
 * Shapes  a `difference` is treated minus held out: below 0, contacts were spared. `deflected` turns its sign and counts
 *         them over all treated.
 * Units   shares of visitors; contacts per visitor; spans in hours.
 * Errors  what may not be said is null, and `state` says why; `deflected` is null also where nothing varied.
 */
import type { Interval, Pair } from "../experiments/effect.ts";
import { type Basis, finalReadingAt, MIN_RUNTIME_MS, type Plan, readPair } from "../experiments/hybrid.ts";
import { fewest } from "../experiments/small-counts.ts";
import { checkSplit, enoughToCheck } from "../experiments/srm.ts";
import type { EpochMs } from "../ids.ts";
import type { Ranged } from "../objectives/ledger.ts";

export const CONTACT_CHANNELS = ["phone", "email"] as const;
export type ContactChannel = (typeof CONTACT_CHANNELS)[number];
export const CONTACT_SPANS = [1, 24, 168] as const;
export type ContactSpan = (typeof CONTACT_SPANS)[number];

/** A person at the first eligible moment. */
export type ContactUnit = { person: string; arm: "treated" | "holdout"; eligibleAt: EpochMs };
export type Contact = { person: string; channel: ContactChannel; at: EpochMs };

/** What was fixed of the phase, and when it stopped letting anybody in; null while it does. */
export type ContactPhase = {
  startedAt: EpochMs;
  stoppedAt: EpochMs | null;
  /** The end at which the final reading is due; null where none was planned. */
  plannedEnd: EpochMs | null;
  /** Of both arms; null where nobody planned. */
  plannedVisitors: number | null;
  /** The share that was to be held out. */
  holdout: number;
};

export const CONTACT_STATES = ["read", "not_measurable", "unusable_split", "collecting", "too_few"] as const;
export type ContactState = (typeof CONTACT_STATES)[number];

export type ContactEffect = {
  channel: ContactChannel | "any";
  hours: ContactSpan;
  treated: ContactArm;
  holdout: ContactArm;
  state: ContactState;
  /** How its intervals were made; null where there are none. */
  basis: Basis | null;
  /** Of the share of visitors who made contact. */
  difference: Ranged | null;
  /** Contacts that did not come, over everybody treated. */
  deflected: Ranged | null;
};
export type ContactArm = { visitors: number; contacting: number; contacts: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Without a plan, the number of visitors at which the sequence is narrowest, as of any result. */
const UNPLANNED_VISITORS = 5_000;
const CHANNELS = ["any", ...CONTACT_CHANNELS] as const;

export function contactEffects(
  units: readonly ContactUnit[],
  contacts: readonly Contact[],
  { phase, now }: { phase: ContactPhase; now: EpochMs },
): ContactEffect[] {
  // Who comes after the planned end changes nothing.
  const end = phase.plannedEnd ?? Infinity;
  const counted = units.filter(({ eligibleAt }) => eligibleAt < end);
  const fault = faultOf(counted, phase, now);
  const byPerson = Map.groupBy(contacts, ({ person }) => person);
  return CHANNELS.flatMap((channel) =>
    CONTACT_SPANS.map((hours) => {
      const asked = { channel, hours, now };
      const arms = armsWithin(counted, byPerson, asked);
      return { channel, hours, ...arms.told, ...saidOf(arms, fault, planOf(phase, asked), now) };
    }),
  );
}

/** What forbids to say anything of the phase, whatever is counted; null where nothing does. */
function faultOf(
  units: readonly ContactUnit[],
  { holdout: share, startedAt, stoppedAt }: ContactPhase,
  now: EpochMs,
): Exclude<ContactState, "read" | "too_few"> | null {
  if (share <= 0 || share >= 1) return "not_measurable";
  const held = units.filter(({ arm }) => arm === "holdout").length;
  const [users, weights] = [
    [held, units.length - held],
    [share, 1 - share],
  ];
  if (enoughToCheck(users, weights) && checkSplit(users, weights).flag) return "unusable_split";
  const days = new Set(units.map(({ eligibleAt }) => Math.floor((eligibleAt - startedAt) / DAY_MS)));
  const ran = Math.min(now, stoppedAt ?? Infinity) - startedAt;
  // Days on which nobody could be invited, such as those of a pause, are none of its runtime.
  return ran < MIN_RUNTIME_MS || days.size * DAY_MS < MIN_RUNTIME_MS ? "collecting" : null;
}

type Asked = { channel: ContactEffect["channel"]; hours: ContactSpan; now: EpochMs };
type Sums = ContactArm & { squares: number };
type Arms = { treated: Sums; holdout: Sums; told: Pick<ContactEffect, "treated" | "holdout"> };

function planOf(
  { startedAt, stoppedAt, plannedEnd, plannedVisitors, holdout }: ContactPhase,
  { hours }: Asked,
): Plan {
  return {
    startedAt,
    stoppedAt,
    plannedEnd: plannedEnd ?? Infinity,
    plannedVisitors: plannedVisitors ?? UNPLANNED_VISITORS,
    weights: [holdout, 1 - holdout],
    mde: null,
    maturityMs: hours * HOUR_MS,
    comparisons: CHANNELS.length * CONTACT_SPANS.length,
  };
}

function armsWithin(
  units: readonly ContactUnit[],
  byPerson: ReadonlyMap<string, readonly Contact[]>,
  { channel, hours, now }: Asked,
): Arms {
  const arms: Record<"treated" | "holdout", Sums> = { treated: emptySums(), holdout: emptySums() };
  for (const { person, arm, eligibleAt } of units) {
    const until = eligibleAt + hours * HOUR_MS;
    if (until > now) continue;
    const made = contactsWithin(byPerson.get(person) ?? [], { channel, from: eligibleAt, until });
    const sums = arms[arm];
    sums.visitors += 1;
    sums.contacting += made > 0 ? 1 : 0;
    sums.contacts += made;
    sums.squares += made ** 2;
  }
  const { treated, holdout } = arms;
  return { treated, holdout, told: { treated: armOf(treated), holdout: armOf(holdout) } };
}

type Said = Pick<ContactEffect, "state" | "basis" | "difference" | "deflected">;

function saidOf({ treated, holdout }: Arms, fault: ContactState | null, plan: Plan, now: EpochMs): Said {
  const nothing = { basis: null, difference: null, deflected: null };
  if (fault !== null) return { state: fault, ...nothing };
  const counts = { treatment: countsOf(treated), control: countsOf(holdout) };
  if (fewest(counts) !== null) return { state: "too_few", ...nothing };
  const basis = now >= finalReadingAt(plan) ? "final" : "sequential";
  // Of contacts, not of visitors: who calls twice costs twice.
  const made: Pair = { kind: "mean", control: meanOf(holdout), treatment: meanOf(treated) };
  const perVisitor = readPair(made, basis, plan);
  const share = readPair({ kind: "proportion", ...counts }, basis, plan);
  const all = treated.visitors;
  return {
    state: "read",
    basis,
    difference: share && ranged(share.difference, share.interval),
    deflected:
      perVisitor &&
      ranged(-perVisitor.difference * all, [-perVisitor.interval[1] * all, -perVisitor.interval[0] * all]),
  };
}

export function contactsWithin(
  contacts: readonly Contact[],
  { channel, from, until }: { channel: ContactEffect["channel"]; from: EpochMs; until: EpochMs },
): number {
  return contacts.filter(
    (contact) =>
      contact.at >= from && contact.at < until && (channel === "any" || contact.channel === channel),
  ).length;
}

function emptySums(): Sums {
  return { visitors: 0, contacting: 0, contacts: 0, squares: 0 };
}

function armOf({ visitors, contacting, contacts }: Sums): ContactArm {
  return { visitors, contacting, contacts };
}

const countsOf = ({ visitors, contacting }: Sums) => ({ n: visitors, x: contacting });
const meanOf = ({ visitors, contacts, squares }: Sums) => ({ n: visitors, sum: contacts, sumsq: squares });

function ranged(value: number, [low, high]: Interval): Ranged {
  return { value, low, high };
}
