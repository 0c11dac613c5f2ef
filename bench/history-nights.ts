/**
 * Visits that last over the site's midnight: what their visitors do after it belongs to the day in which they came.
 *
 * By dice and ids of its own, beside everything else: nobody here meets a campaign.
 */
import type { HistoryRecord } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { diceOf } from "./dice.ts";
import { conversationFrom } from "./history-conversations.ts";
import { leadOf, orderAt } from "./history-orders.ts";
import type { CampaignTruth } from "./history-truth.ts";
import { type Pen, sessionOf, type Visit, type Visitor } from "./history-visit.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const A_NIGHT = 5;
const RATES = {
  talks: 0.6,
  again: 0.4,
  buys: 0.5,
  leads: 0.25,
  known: 0.3,
  before: 0.3,
  after: 0.5,
  later: 0.3,
};

type Night = {
  seed: number;
  /** Midnight of the site's winter or summer; with the other it is an hour later. */
  midnight: EpochMs;
  until: EpochMs;
  prefix: string;
  currency: string;
  campaigns: CampaignTruth[];
  onlineAt(at: EpochMs): readonly string[];
};

/** One night's visits. */
export function* nightOf({ seed, midnight, campaigns, onlineAt, ...of }: Night): Generator<HistoryRecord> {
  const dice = diceOf(seed);
  let count = 0;
  const idOf = (kind: string) => `${of.prefix}${kind}_night_${midnight / MINUTE_MS}_${(count += 1)}`;
  const pen: Pen = { ...of, dice, idOf };
  for (let nth = 0; nth < A_NIGHT; nth += 1) {
    const id = idOf("v");
    const user = dice.chance(RATES.known) ? `${of.prefix}night_user_${dice.below(40)}` : null;
    const visitor: Visitor = { id, keen: false, user };
    const at = midnight - (30 + dice.below(70)) * MINUTE_MS;
    const end = midnight + (75 + dice.below(75)) * MINUTE_MS + dice.below(MINUTE_MS);
    const moments = [at];
    if (dice.chance(RATES.before)) moments.unshift(at - 5 * HOUR_MS);
    if (dice.chance(RATES.after)) moments.push(at + 10 * HOUR_MS);
    // Some leave their address days after they talked.
    const later = dice.chance(RATES.later) ? at + 60 * HOUR_MS : null;
    if (later !== null) moments.push(later);
    if (user !== null) yield { table: "identities", id: user, revision: 1, visitor_id: id, at };
    for (const begins of moments) {
      const ends = begins === at ? end : begins + 4 * MINUTE_MS;
      if (ends + HOUR_MS >= of.until) continue;
      const agents = onlineAt(begins);
      const covered = agents.length > 0;
      const visit: Visit = { at: begins, end: ends, visitor, session: idOf("ses"), covered, agents };
      yield sessionOf(dice, visit, { seconds: (ends - begins) / 1_000, exposed: null, campaigns });
      if (begins === at) yield* doneIn(pen, visit);
      if (begins === later) yield leadOf(pen, visit);
    }
  }
}

/** Anything anywhere in a visit, on either side of midnight. */
function* doneIn(pen: Pen, visit: Visit): Generator<HistoryRecord> {
  const { dice } = pen;
  const moment = () => visit.at + Math.floor((visit.end - visit.at) * dice.next());
  if (dice.chance(RATES.talks)) yield* conversationFrom(pen, visit, { invited: null, from: moment() });
  if (dice.chance(RATES.again)) yield* conversationFrom(pen, visit, { invited: null, from: moment() });
  if (dice.chance(RATES.buys)) yield* orderAt(pen, visit, { at: moment(), session: visit.session });
  if (dice.chance(RATES.leads)) yield leadOf(pen, visit, moment());
}
