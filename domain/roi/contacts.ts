/**
 * Contacts by phone and e-mail that inviting spared, or brought: by arm, within a span after the eligible moment.
 *
 * Everybody who could have been invited counts, in the arm that chance gave them, whether or not they had a chat; only
 * those whose span has passed, so that both arms had as long. Whoever called once or five times counts once in the share,
 * and five times in the mean.
 *
 * Shapes  a `difference` is treated minus held out: below 0, contacts were spared. `deflected` turns its sign and counts
 *         them over all treated.
 * Units   shares of visitors; contacts per visitor; spans in hours.
 * Errors  null where an arm is empty or nothing varied.
 */
import { compare, type Interval } from "../experiments/effect.ts";
import { newcombe } from "../experiments/small-counts.ts";
import type { EpochMs } from "../ids.ts";
import type { Ranged } from "../objectives/ledger.ts";

export const CONTACT_CHANNELS = ["phone", "email"] as const;
export type ContactChannel = (typeof CONTACT_CHANNELS)[number];
export const CONTACT_SPANS = [1, 24, 168] as const;
export type ContactSpan = (typeof CONTACT_SPANS)[number];

/** A person at the first eligible moment. */
export type ContactUnit = { person: string; arm: "treated" | "holdout"; eligibleAt: EpochMs };
export type Contact = { person: string; channel: ContactChannel; at: EpochMs };

export type ContactEffect = {
  channel: ContactChannel | "any";
  hours: ContactSpan;
  treated: ContactArm;
  holdout: ContactArm;
  /** Of the share of visitors who made contact; Newcombe's interval, which few contacts do not mislead. */
  difference: Ranged | null;
  /** Contacts that did not come, over everybody treated. */
  deflected: Ranged | null;
};
export type ContactArm = { visitors: number; contacting: number; contacts: number };

const HOUR_MS = 3_600_000;

export function contactEffects(
  units: readonly ContactUnit[],
  contacts: readonly Contact[],
  now: EpochMs,
): ContactEffect[] {
  const byPerson = Map.groupBy(contacts, ({ person }) => person);
  return (["any", ...CONTACT_CHANNELS] as const).flatMap((channel) =>
    CONTACT_SPANS.map((hours) => effectWithin(units, byPerson, { channel, hours, now })),
  );
}

type Asked = { channel: ContactEffect["channel"]; hours: ContactSpan; now: EpochMs };
type Sums = ContactArm & { squares: number };

function effectWithin(
  units: readonly ContactUnit[],
  byPerson: ReadonlyMap<string, readonly Contact[]>,
  { channel, hours, now }: Asked,
): ContactEffect {
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
  return {
    channel,
    hours,
    treated: armOf(treated),
    holdout: armOf(holdout),
    difference: differenceOf(treated, holdout),
    deflected: deflectedOf(treated, holdout),
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

function differenceOf(treated: ContactArm, holdout: ContactArm): Ranged | null {
  const counts = {
    treatment: { n: treated.visitors, x: treated.contacting },
    control: { n: holdout.visitors, x: holdout.contacting },
  };
  const interval = newcombe(counts);
  if (interval === null) return null;
  return ranged(treated.contacting / treated.visitors - holdout.contacting / holdout.visitors, interval);
}

/** Of contacts, not of visitors: who calls twice costs twice. */
function deflectedOf(treated: Sums, holdout: Sums): Ranged | null {
  const read = ({ visitors, contacts, squares }: Sums) => ({ n: visitors, sum: contacts, sumsq: squares });
  const found = compare({ kind: "mean", control: read(holdout), treatment: read(treated) }, "absolute");
  if (!found.ok) return null;
  const [low, high] = found.ci;
  const all = treated.visitors;
  return { value: -found.effect * all, low: -high * all, high: -low * all };
}

function ranged(value: number, [low, high]: Interval): Ranged {
  return { value, low, high };
}
