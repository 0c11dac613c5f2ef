/**
 * What a counted day has changed by since it was counted, so that a day which history has gone on from costs what happened
 * since, and not what ever happened on it.
 *
 * A day's figures are a sum over people, and over what belongs to nobody (`domain/kpi/measure.ts`). Whoever a write has
 * touched is counted twice, as they were when the day was counted and as they are, with whom they belong together; the
 * difference is what the day changes by. What belongs to agents and to nobody is counted both times from the hour on in
 * which it may differ: of an hour it only depends on who was there in it.
 * Everything is of one moment between two writes: rows that were read later are told as they were then.
 *
 * Errors  a day of which this cannot be told (nobody knows since when, too much has happened) is not among the answers.
 */
import type { EpochMs } from "../../domain/ids.ts";
import type { DayScope } from "../../domain/kpi/counting.ts";
import { EMPTY_HISTORY, type KpiHistory } from "../../domain/kpi/history.ts";
import { type HourTally, tallyDesk, tallyPeople } from "../../domain/kpi/measure.ts";
import { compare } from "../../domain/kpi/orders.ts";
import { type CountedSite, type LocalDay, subjectOf } from "./counted-site.ts";
import {
  type Cell,
  CELLS,
  type Cells,
  chatOf,
  exemptOf,
  exposureOf,
  leadOf,
  LONG_CHAT_MS,
  LONGEST_SHIFT_MS,
  orderOf,
  refundOf,
  stateOf,
  surveyOf,
  visitOf,
} from "./history-rows.ts";
import {
  cellsOf,
  EXEMPT_IN,
  LAST_SEQ,
  personsOf,
  RECONTACT_MS,
  SILENT_CHAT_MS,
  STATES_IN,
} from "./read-history.ts";
import { type Ended, findPeople, peopleStatements, rowsOfPeople, type RowsOfPeople } from "./read-people.ts";
import { changesAt } from "./rollup-body.ts";
import type { Claims, DayMark } from "./rollup-store.ts";
import { areWhole, type Before, RowsBefore, writesSince } from "./rows-before.ts";
import { changeBetween } from "./tally-change.ts";

/** What `day` has changed by since what is kept of it, which was `built`. */
export type DayChange = {
  day: LocalDay;
  built: number;
  change: HourTally[];
  changesAt: EpochMs | null;
};

/** A day that is known well enough to go on from: as it was counted at `countedAt`, before all of `writes`. */
type Known = { day: LocalDay; built: number; countedAt: EpochMs; writes: Before[]; deskFrom: EpochMs };

/** The changes of those of `days` that can be told, as of the last write before they were claimed. */
export async function readChanges(
  env: Env,
  site: CountedSite,
  days: readonly LocalDay[],
  claims: Claims,
  now: EpochMs,
): Promise<DayChange[]> {
  const known = days.flatMap((day) => knownOf(site, day, claims, now));
  const seeds = new RowsBefore(known.toSorted((a, b) => b.writes.length - a.writes.length)[0]?.writes ?? [])
    .seeds;
  if (known.length === 0) return [];
  const visitors = await findPeople(
    env,
    site.key,
    seeds,
    known.flatMap((one) => ripened(one, now)),
  );
  if (visitors === null) return [];
  const people = peopleStatements(env, site.key, visitors);
  const answers = await env.DB.batch<Record<string, Cell>>([
    env.DB.prepare(LAST_SEQ).bind(site.key),
    env.DB.prepare(LATER_WRITES).bind(site.key, claims.last + 1),
    ...people,
    ...known.flatMap((one) => deskStatements(env, site, one, now)),
  ]);
  const last = Number(answers[0]?.results[0]?.["seq"] ?? 0);
  const later = (answers[1]?.results ?? []).map(beforeOf);
  if (!areWhole(later, claims.last + 1, last)) return [];
  const rows = rowsOfPeople(answers.slice(2, 2 + people.length));
  return known.map((one, index): DayChange => {
    const at = 2 + people.length + index * DESK_STATEMENTS;
    const [ripens, ...desk] = answers.slice(at, at + DESK_STATEMENTS).map(cellsOf);
    const ripensAt = ripens?.[0]?.[0] ?? null;
    const read = { rows, desk, whom: new Set(visitors), later, now };
    return changeOf(site, one, read, ripensAt === null ? null : Number(ripensAt));
  });
}

const LATER_WRITES = writesSince("?2");

function beforeOf({ seq, form, body }: Record<string, Cell>): Before {
  return { seq: Number(seq), form: String(form), body: String(body) };
}

/** `day` if what is kept of it is a place to go on from: of this definition, with every write that has touched it since. */
function knownOf(
  { definition, calendar }: CountedSite,
  day: LocalDay,
  claims: Claims,
  now: EpochMs,
): Known[] {
  const mark = claims.marks.get(subjectOf(day));
  if (mark === undefined || mark.built === 0 || mark.definition !== definition || mark.built_at === null)
    return [];
  const since = mark.since ?? claims.last + 1;
  const writes = claims.writes.filter(({ seq }) => seq >= since);
  if (!areWhole(writes, since, claims.last) || (mark.since === null && !isUntouched(mark))) return [];
  const from = Math.min(mark.built_at, now, new RowsBefore(writes).deskFrom);
  const deskFrom = Math.min(day.to, Math.max(day.from, calendar.startOfHour(from)));
  return [{ day, built: mark.built, countedAt: mark.built_at, writes, deskFrom }];
}

/** Whether only time has passed. */
function isUntouched({ dirty, built }: DayMark): boolean {
  return dirty <= built;
}

/** The conversations of a day whose week was over by one of two moments and not by the other. */
function ripened({ day, countedAt }: Known, now: EpochMs): Ended[] {
  const [before, after] = [Math.min(countedAt, now), Math.max(countedAt, now)];
  if (after - RECONTACT_MS < day.from) return [];
  return [
    {
      madeFrom: day.from - SILENT_CHAT_MS,
      madeTo: day.to,
      endedFrom: before - RECONTACT_MS,
      endedTo: after - RECONTACT_MS,
    },
  ];
}

/** When the next conversation will have had its week; and shifts, conversations, page views that reach into the desk's span. */
function deskStatements(
  env: Env,
  { key }: CountedSite,
  { day: { from, to }, deskFrom }: Known,
  now: EpochMs,
): D1PreparedStatement[] {
  return [
    env.DB.prepare(RIPENS).bind(key, from - SILENT_CHAT_MS, to, from, now - RECONTACT_MS),
    env.DB.prepare(STATES_IN).bind(key, deskFrom - LONGEST_SHIFT_MS, to, deskFrom),
    env.DB.prepare(CHATS_IN).bind(key, deskFrom - LONG_CHAT_MS - SILENT_CHAT_MS, to, deskFrom),
    env.DB.prepare(EXEMPT_IN).bind(key, deskFrom, to),
  ];
}

const DESK_STATEMENTS = 4;
const CHATS_IN = `SELECT ${CELLS.conversations} FROM conversations c
  LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id
  WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3 AND (c.closed_at IS NULL OR c.closed_at >= ?4)
    AND c.first_visitor_message_at IS NOT NULL`;
const RIPENS = `SELECT min(ended) + ${RECONTACT_MS} AS at FROM (
  SELECT min(closed_at, first_visitor_message_at + ${LONG_CHAT_MS}) AS ended FROM conversations
  WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3 AND first_visitor_message_at >= ?4
    AND first_visitor_message_at < ?3 AND first_agent_message_at IS NOT NULL AND closed_at > ?5) WHERE ended > ?5`;

type Read = {
  rows: RowsOfPeople;
  desk: Cells[][];
  whom: ReadonlySet<string>;
  /** Writes after the moment that is counted: what was read after them is told as it was then. */
  later: readonly Before[];
  now: EpochMs;
};

function changeOf(
  site: CountedSite,
  { day, built, countedAt, writes, deskFrom }: Known,
  { rows, desk, whom, later, now }: Read,
  ripensAt: EpochMs | null,
): DayChange {
  const then = new RowsBefore([...writes, ...later]);
  const since = new RowsBefore(later);
  const before: DayScope = { ...site.rules, from: day.from, to: day.to, now: countedAt };
  const scope: DayScope = { ...before, now };
  const deskOf = (past: RowsBefore, of: DayScope) =>
    tallyDesk(deskHistory(desk, past, of), { ...of, from: deskFrom });
  const deskNow = deskOf(since, scope);
  const change = changeBetween(deskOf(then, before), deskNow);
  if (whom.size > 0) {
    const peopleThen = tallyPeople(historyOf(rows, then, whom), before);
    change.push(...changeBetween(peopleThen, tallyPeople(historyOf(rows, since, whom), scope)));
  }
  const moments = [changesAt(deskNow), ripensAt].filter((at) => at !== null);
  return { day, built, change, changesAt: moments.length === 0 ? null : Math.min(...moments) };
}

function historyOf(rows: RowsOfPeople, before: RowsBefore, whom: ReadonlySet<string>): KpiHistory {
  const identities = rows.identities.map(([visitor, user, at]): [string, string, EpochMs] => [
    String(visitor),
    String(user),
    Number(at),
  ]);
  return {
    ...EMPTY_HISTORY,
    visits: before.rowsOf("sessions", rows.sessions, whom).map(visitOf),
    exposures: before.rowsOf("exposures", rows.exposures, whom).map(exposureOf),
    chats: before.rowsOf("conversations", rows.conversations, whom).filter(hasBegun).map(chatOf),
    orders: before.rowsOf("orders", rows.orders, whom).map(orderOf),
    refunds: before.rowsOf("refunds", rows.refunds, whom).map(refundOf),
    leads: before.rowsOf("leads", rows.leads, whom).map(leadOf),
    surveys: before.rowsOf("surveys", rows.surveys, whom).map(surveyOf),
    persons: personsOf(
      before
        .usersOf(identities, whom)
        .toSorted(([, oneUser, one], [, otherUser, other]) => one - other || compare(oneUser, otherUser)),
    ),
  };
}

function deskHistory(
  [states = [], chats = [], exempt = []]: readonly Cells[][],
  before: RowsBefore,
  { now, to }: DayScope,
): KpiHistory {
  const latest = Math.min(now, to);
  return {
    ...EMPTY_HISTORY,
    agentStates: before.rowsOf("agent_states", states, null).map((cells) => stateOf(cells, latest)),
    chats: before.rowsOf("conversations", chats, null).filter(hasBegun).map(chatOf),
    exempt: before.rowsOf("exempt_counts", exempt, null).map(exemptOf),
  };
}

/** Before its visitor's first message there is no conversation to count. */
function hasBegun(cells: Cells): boolean {
  return (cells[7] ?? null) !== null;
}
