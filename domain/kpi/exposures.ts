/** What was offered, shown, opened, declined and ignored, and what either arm's visitors did after. */
import { type Counting, countIn, countVisitorDaysOf, within } from "./counting.ts";
import { countArmIn } from "./arms.ts";
import { secondsBetween } from "./durations.ts";
import type { ExposureRow } from "./history.ts";
import { compare, personOf } from "./orders.ts";
import type { Tally } from "./tally.ts";

/** The kinds of offer that lead to a conversation: the invitations of the acceptance rate. */
export const CONVERSATION_KINDS: ReadonlySet<string> = new Set(["chat", "video"]);

type Seen = ReturnType<typeof seenExposures>[number];

/** Acceptance is a message of the visitor in a conversation with that decision; "accept" alone is `opened`. */
export function countExposures(counting: Counting): void {
  const seen = seenExposures(counting);
  for (const one of seen) {
    if (within(counting, one.at)) countIn(counting, one, (tally) => countExposure(tally, one));
  }
  const invitations = seen.filter(
    ({ isShown, exposure }) => isShown && CONVERSATION_KINDS.has(exposure.kind),
  );
  countVisitorDaysOf(counting, invitations, (tally, ofDay) => {
    tally.invited_visitors += 1;
    tally.invited_visitors_accepting += ofDay.some(({ isAccepted }) => isAccepted) ? 1 : 0;
  });
  countVisitorDaysOf(counting, seen, (tally, [first]) => countArm(counting, tally, first));
}

function seenExposures({ history, visitAt }: Counting) {
  const accepted = new Set(history.chats.map(({ decision }) => decision));
  return history.exposures
    .toSorted((a, b) => a.eligibleAt - b.eligibleAt || compare(a.id, b.id))
    .map((exposure) => {
      const { eligibleAt: at, visitor } = exposure;
      const isTreated = exposure.arm === "treated";
      const isAccepted = isTreated && accepted.has(exposure.id);
      return {
        at,
        exposure,
        person: personOf(history, visitor),
        visit: visitAt(visitor, at),
        isAccepted,
        isShown: isTreated && (isAccepted || wasSeen(exposure)),
      };
    });
}

/** Whoever answered an offer has seen it, also where the page could not tell that it was shown. */
function wasSeen({ shown, opened, declined, ignored }: ExposureRow): boolean {
  return shown || opened || declined || ignored;
}

function countExposure(tally: Tally, { exposure, isAccepted, isShown }: Seen): void {
  tally.triggered += 1;
  if (exposure.arm === "holdout") {
    tally.held_out += 1;
    return;
  }
  if (!isShown) return;
  const isOpened = exposure.opened || isAccepted;
  tally.displayed += 1;
  tally.opened += isOpened ? 1 : 0;
  tally.declined += exposure.declined ? 1 : 0;
  tally.ignored += exposure.ignored ? 1 : 0;
  if (!CONVERSATION_KINDS.has(exposure.kind)) return;
  tally.invites_displayed += 1;
  tally.invites_opened += isOpened ? 1 : 0;
  tally.invites_accepted += isAccepted ? 1 : 0;
}

/** What a visitor-day did from its first eligible moment to the end of its window, in the arm of that moment. */
function countArm(counting: Counting, tally: Tally, { at, exposure, person, visit }: Seen): void {
  const { scope, placedByPerson, leadsByPerson } = counting;
  const end = Math.max(at, visit?.endedAt ?? at);
  const bought = (placedByPerson.get(person) ?? []).filter(
    (order) => at <= order.at && order.at <= end + scope.attributionMs,
  );
  const kept = bought.filter((order) => order.kept);
  const leadsUntil = end + (scope.leadAttributionMs ?? scope.attributionMs);
  const leads = leadsByPerson.get(person)?.some((lead) => at <= lead.at && lead.at <= leadsUntil) ?? false;
  const { arm, campaign, phase } = exposure;
  tally[`${arm}_units`] += 1;
  tally[`${arm}_leads`] += leads ? 1 : 0;
  const [first] = kept;
  countArmIn(tally, arm, `${campaign}:${phase}`, {
    orders_placed: bought.length,
    returns: bought.filter(({ returned }) => returned).length,
    buyers: kept.length > 0 ? 1 : 0,
    rebuyers: kept.length > 1 ? 1 : 0,
    seconds: first === undefined ? null : secondsBetween(at, first.at),
  });
}
