/**
 * Whose an order, a lead or a contact is, for everybody who is compared in two arms.
 *
 * Chance gave the arm to a visitor id, so the unit is that id as it was when chance spoke. Its own doings are the unit's;
 * so are those of the ids that the same user had proven to be by then. Whoever logs in later does so because of what came
 * after, buying above all: that neither takes a unit out of its arm nor gives it what another id did.
 *
 * A server may tell a doing for a user alone, without the browser's id. It is that of the id by which the user was proven
 * last before it (or first after it, of one who was not yet), and of every unit that was this user when chance spoke.
 *
 * Shapes  `doingsOf` reads the rows once and answers for any unit: its visitor id, and since when it is one. Of any order
 *         of rows the same. One doing may be that of several units.
 * Units   moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";

/** `visitor` was proven to be `user` then. */
export type Join = { visitor: string; user: string; at: EpochMs };
export type Doing = { visitor: string; at: EpochMs };

/** What a unit did, its visitor id and the moment of its first exposure given. */
export type DoingsOf<T extends Doing> = (visitor: string, since: EpochMs) => T[];

/** How a visitor is named whom a server told by a proven user alone (`workers/ingest/visitor-id.ts`). */
export const USER_ALONE = "u:";

/** The user that a visitor id stands for by itself; null for a browser's. */
const aloneAs = (visitor: string) =>
  visitor.startsWith(USER_ALONE) ? visitor.slice(USER_ALONE.length) : null;

export function doingsOf<T extends Doing>(doings: readonly T[], joins: readonly Join[]): DoingsOf<T> {
  const byVisitor = Map.groupBy(doings, ({ visitor }) => visitor);
  const sorted = joins.filter(({ visitor }) => aloneAs(visitor) === null).toSorted(byMoment);
  const ofVisitor = Map.groupBy(sorted, ({ visitor }) => visitor);
  const ofUser = Map.groupBy(sorted, ({ user }) => user);
  const active = new Map(
    [...ofUser].map(([user, own]) => [user, own.filter(({ visitor }) => byVisitor.has(visitor))]),
  );
  const alone = (user: string) => byVisitor.get(USER_ALONE + user) ?? [];

  return (visitor, since) => {
    const found = new Set(byVisitor.get(visitor));
    const known = ofVisitor.get(visitor) ?? [];
    const user = aloneAs(visitor) ?? known.findLast(({ at }) => at <= since)?.user;
    if (user !== undefined) {
      for (const doing of alone(user)) found.add(doing);
      for (const other of active.get(user) ?? []) {
        if (other.at > since) break;
        for (const doing of byVisitor.get(other.visitor) ?? []) found.add(doing);
      }
    }
    for (const { user: later } of known) {
      for (const doing of alone(later)) {
        if (doing.at >= since && bearer(ofUser.get(later) ?? [], doing.at) === visitor) found.add(doing);
      }
    }
    return [...found];
  };
}

/** The id by which a user was there at a moment. */
function bearer(joins: readonly Join[], at: EpochMs): string | undefined {
  return (joins.findLast((join) => join.at <= at) ?? joins[0])?.visitor;
}

function byMoment(a: Join, b: Join): number {
  return a.at - b.at || compare(a.user, b.user) || compare(a.visitor, b.visitor);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
