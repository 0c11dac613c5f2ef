/** What was offered, shown, opened, declined and ignored. */
import { type Counting, tallyFor, within } from "./counting.ts";

/** The kinds of offer that lead to a conversation: the invitations of the acceptance rate. */
export const CONVERSATION_KINDS: ReadonlySet<string> = new Set(["chat", "video"]);

/** Acceptance is a message of the visitor in a conversation with that decision; "accept" alone is `opened`. */
export function countExposures(counting: Counting): void {
  const { history, visitAt } = counting;
  const accepted = new Set(history.chats.map(({ decision }) => decision));
  for (const exposure of history.exposures) {
    if (!within(counting, exposure.eligibleAt)) continue;
    const { eligibleAt: at, visitor } = exposure;
    const tally = tallyFor(counting, { at, exposure, visit: visitAt(visitor, at) });
    if (tally === null) continue;
    tally.triggered += 1;
    if (exposure.arm === "holdout") {
      tally.held_out += 1;
      continue;
    }
    const isAccepted = accepted.has(exposure.id);
    const isShown = exposure.shown || exposure.opened || exposure.declined || exposure.ignored || isAccepted;
    if (!isShown) continue;
    tally.displayed += 1;
    tally.opened += exposure.opened || isAccepted ? 1 : 0;
    tally.declined += exposure.declined ? 1 : 0;
    tally.ignored += exposure.ignored ? 1 : 0;
    if (!CONVERSATION_KINDS.has(exposure.kind)) continue;
    tally.invites_displayed += 1;
    tally.invites_accepted += isAccepted ? 1 : 0;
  }
}
