/**
 * What staffing needs of a day that is over, in the form in which it is kept: how many came in each quarter hour, and
 * the moments of each conversation, so that an estimate over many days is the same as from their history.
 *
 * Shapes  a body is JSON; moments in it are told from the conversation's own beginning, agents and campaigns by number.
 * Units   moments are `EpochMs`; a quarter is counted from 1970.
 * Errors  none: a body comes from here, and whoever keeps bodies tells those of another form apart by their name.
 */
import type { EpochMs } from "../ids.ts";
import type { StaffChat } from "./actual.ts";

const MINUTE_MS = 60_000;

/** A conversation as history has it; when its visitor left depends on a setting, and is told from it. */
export type ToldChat = Omit<StaffChat, "leftAt"> & {
  createdAt: EpochMs;
  /** Whether it was closed because its visitor had been away. */
  idle: boolean;
  campaign: string | null;
};
export type CampaignChat = StaffChat & { createdAt: EpochMs; campaign: string | null };

/** The conversation to the model, at a site whose rooms close themselves after so many minutes without the visitor. */
export function chatOf({ idle, ...told }: ToldChat, idleMinutes: number): CampaignChat {
  // A room closes itself only when its visitor has been away so long.
  const leftAt = idle && told.closedAt !== null ? told.closedAt - idleMinutes * MINUTE_MS : null;
  return { ...told, leftAt };
}

/** How many came in a quarter hour. */
export type Arrivals = [quarter: number, count: number];

export function encodeArrivals(arrivals: readonly Arrivals[]): string {
  return JSON.stringify(arrivals);
}

export function decodeArrivals(body: string): Arrivals[] {
  return JSON.parse(body) as Arrivals[];
}

/** All but when it was made are told from there; the last two are places in the lists. */
type Row = [
  createdAt: EpochMs,
  started: number,
  assigned: number | null,
  answered: number | null,
  closed: number | null,
  idle: 0 | 1,
  agent: number | null,
  campaign: number | null,
];
/** How many stands first, so that it is known without reading the rest (`COUNT_OF_CHATS`). */
type ChatsBody = { n: number; agents: string[]; campaigns: string[]; chats: Row[] };

/** SQL for how many conversations are in the body `body`: the number that it begins with. */
export const COUNT_OF_CHATS = (body: string) => `CAST(substr(${body}, ${'{"n":'.length + 1}, 12) AS INTEGER)`;

export function encodeChats(chats: readonly ToldChat[]): string {
  const agents = new Map<string, number>();
  const campaigns = new Map<string, number>();
  const rows = chats.map((chat): Row => {
    const since = (moment: EpochMs | null) => (moment === null ? null : moment - chat.createdAt);
    return [
      chat.createdAt,
      chat.startedAt - chat.createdAt,
      since(chat.assignedAt),
      since(chat.answeredAt),
      since(chat.closedAt),
      chat.idle ? 1 : 0,
      placeIn(agents, chat.agent),
      placeIn(campaigns, chat.campaign),
    ];
  });
  const body: ChatsBody = {
    n: rows.length,
    agents: [...agents.keys()],
    campaigns: [...campaigns.keys()],
    chats: rows,
  };
  return JSON.stringify(body);
}

function placeIn(list: Map<string, number>, name: string | null): number | null {
  if (name === null) return null;
  const place = list.get(name) ?? list.size;
  list.set(name, place);
  return place;
}

export function decodeChats(body: string): ToldChat[] {
  const { agents, campaigns, chats } = JSON.parse(body) as ChatsBody;
  return chats.map(([createdAt, started, assigned, answered, closed, idle, agent, campaign]) => {
    const moment = (since: number | null) => (since === null ? null : createdAt + since);
    return {
      createdAt,
      startedAt: createdAt + started,
      assignedAt: moment(assigned),
      answeredAt: moment(answered),
      closedAt: moment(closed),
      idle: idle === 1,
      agent: agent === null ? null : (agents[agent] ?? null),
      campaign: campaign === null ? null : (campaigns[campaign] ?? null),
    };
  });
}
