/**
 * Weeks of a desk in D1, as the queue's consumer leaves them: who came when, who answered, who was online.
 *
 * Weekdays from 9 to 19 of the clock in UTC; arrivals, waits and handle times from a seed.
 */
import { mulberry } from "../mulberry.ts";

/** D1, as the Worker has it and as a local server lends it. */
type Database = { prepare(sql: string): { bind(...values: string[]): { run(): Promise<unknown> } } };

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const OPENS = 9;
const CLOSES = 19;
const EVENING = 17;

export type DeskConversation = {
  id: string;
  agentId: string | null;
  decisionId: string | null;
  createdAt: number;
  assignedAt: number | null;
  answeredAt: number | null;
  closedAt: number | null;
};
export type DeskState = {
  id: string;
  agentId: string;
  capacity: number;
  startedAt: number;
  endedAt: number | null;
};
export type DeskHistory = { conversations: DeskConversation[]; states: DeskState[] };

/** `days` whole days before `today` (a moment at 00:00 UTC), and today until `now`. */
export function deskHistory(today: number, now: number, days: number, perHour = 12): DeskHistory {
  const random = mulberry(20_261_122);
  const draw = (mean: number) => -mean * Math.log(1 - random());
  const history: DeskHistory = { conversations: [], states: [] };
  for (let back = days; back >= 0; back -= 1) {
    const day = today - back * DAY_MS;
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0) continue;
    onlineOn(day, now, history);
    const opens = day + OPENS * HOUR_MS;
    for (let at = opens; ;) {
      const busy = at >= day + EVENING * HOUR_MS ? 2.2 : 1;
      at += Math.round(draw(HOUR_MS / (perHour * busy)));
      if (at >= day + CLOSES * HOUR_MS || at >= now) break;
      history.conversations.push(conversation(at, history.conversations.length, draw, now));
    }
  }
  return history;
}

/** Léa all day, Hugo until the evening. */
function onlineOn(day: number, now: number, { states }: DeskHistory): void {
  for (const [agentId, until] of [
    ["usr_lea", CLOSES],
    ["usr_hugo", EVENING],
  ] as const) {
    const startedAt = day + OPENS * HOUR_MS;
    if (startedAt >= now) continue;
    const ends = day + until * HOUR_MS;
    states.push({
      id: `${agentId}-${startedAt}`,
      agentId,
      capacity: 2,
      startedAt,
      endedAt: ends <= now ? ends : null,
    });
  }
}

function conversation(
  at: number,
  index: number,
  draw: (mean: number) => number,
  now: number,
): DeskConversation {
  const wait = Math.round(draw(25_000));
  const leaves = index % 9 === 4;
  const answeredAt = leaves ? null : at + wait;
  const closedAt = leaves ? at + 10_000 + wait : at + wait + 60_000 + Math.round(draw(420_000));
  const over = (moment: number | null) => (moment !== null && moment <= now ? moment : null);
  return {
    id: `cnv_${index}`,
    agentId: leaves ? null : index % 3 === 0 ? "usr_lea" : "usr_hugo",
    decisionId: index % 4 === 0 ? `dec_${index}` : null,
    createdAt: at,
    assignedAt: over(answeredAt),
    answeredAt: over(answeredAt),
    closedAt: over(closedAt),
  };
}

/** Writes `history` as rows of `site`, its decisions as exposures of `campaign`; each table in one statement. */
export async function keepDesk(
  db: Database,
  site: string,
  history: DeskHistory,
  campaign: string,
): Promise<void> {
  const write = (sql: string, rows: readonly object[]) =>
    db.prepare(`${sql} FROM json_each(?2)`).bind(site, JSON.stringify(rows), campaign).run();
  await write(
    `INSERT INTO conversations (site, id, revision, visitor_id, decision_id, status, agent_id, created_at,
       assigned_at, first_visitor_message_at, first_agent_message_at, closed_at, visitor_messages, agent_messages)
     SELECT ?1, value ->> 'id', 1, ?3 || (value ->> 'id'), value ->> 'decisionId',
       iif(value ->> 'closedAt' IS NULL, 'open', 'closed'), value ->> 'agentId', value ->> 'createdAt',
       value ->> 'assignedAt', value ->> 'createdAt', value ->> 'answeredAt', value ->> 'closedAt', 1, 1`,
    history.conversations,
  );
  await write(
    `INSERT INTO exposures (site, id, revision, visitor_id, session_id, campaign_id, phase, variant, kind, arm,
       probability, eligible_at)
     SELECT ?1, value ->> 'decisionId', 1, 'v', 's', ?3, 1, 'a', 'chat', 'treated', 1, value ->> 'createdAt'`,
    history.conversations.filter(({ decisionId }) => decisionId !== null),
  );
  await write(
    `INSERT INTO agent_states (site, id, revision, agent_id, state, capacity, started_at, ended_at)
     SELECT ?1, value ->> 'id' || ?3, 1, value ->> 'agentId', 'online', value ->> 'capacity', value ->> 'startedAt',
       value ->> 'endedAt'`,
    history.states,
  );
}
