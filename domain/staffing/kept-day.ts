/**
 * What staffing needs of a day that is over, in the form in which it is kept: how many came in each quarter hour, and
 * what each conversation tells of the desk, so that an estimate over many days is the same as from their history.
 *
 * Shapes  a body is JSON; of conversations it is one list of whole numbers, which is read fastest. Moments in it are told
 *         from the first conversation of the body, agents and campaigns by their places in lists.
 * Units   moments are `EpochMs`; a quarter is counted from 1970.
 * Errors  none: a body comes from here, and whoever keeps bodies tells those of another form apart by their name.
 */
import type { ObservedChat, Stretch } from "./observed.ts";

/** How many came in a quarter hour. */
export type Arrivals = [quarter: number, count: number];

/** Each count after how many quarters it comes later than the one before, the first since 1970. */
export function encodeArrivals(arrivals: readonly Arrivals[]): string {
  let before = 0;
  const cells = arrivals.flatMap(([quarter, count]) => {
    const gap = quarter - before;
    before = quarter;
    return [gap, count];
  });
  return JSON.stringify(cells);
}

export function decodeArrivals(body: string): Arrivals[] {
  const cells = JSON.parse(body) as number[];
  const arrivals: Arrivals[] = [];
  let quarter = 0;
  for (let at = 0; at < cells.length; at += 2) {
    quarter += cells[at] ?? 0;
    arrivals.push([quarter, cells[at + 1] ?? 0]);
  }
  return arrivals;
}

/**
 * How many stand first, so that it is known without reading the rest (`COUNT_OF_CHATS`). Each has in `cells` its
 * beginning, its wait, its flags, its campaign, how many stretches, and of each its agent, beginning and length.
 */
type ChatsBody = { n: number; agents: string[]; campaigns: string[]; since: number; cells: number[] };

/** SQL for how many conversations are in the body `body`: the number that it begins with. */
export const COUNT_OF_CHATS = (body: string) => `CAST(substr(${body}, ${'{"n":'.length + 1}, 12) AS INTEGER)`;

const NONE = -1;
const WAITS = 1;
const LEFT = 2;
const HANDLED = 4;

export function encodeChats(chats: readonly ObservedChat[]): string {
  const agents = new Map<string, number>();
  const campaigns = new Map<string, number>();
  const since = chats[0]?.startedAt ?? 0;
  const cells = chats.flatMap(({ startedAt, wait, campaign, handled, stretches }) => [
    startedAt - since,
    wait?.ms ?? 0,
    (wait === null ? WAITS : wait.left ? LEFT : 0) + (handled ? HANDLED : 0),
    campaign === null ? NONE : placeIn(campaigns, campaign),
    stretches.length,
    ...stretches.flatMap(({ agent, from, to }) => [
      agent === null ? NONE : placeIn(agents, agent),
      from - startedAt,
      to - from,
    ]),
  ]);
  const body: ChatsBody = {
    n: chats.length,
    agents: [...agents.keys()],
    campaigns: [...campaigns.keys()],
    since,
    cells,
  };
  return JSON.stringify(body);
}

function placeIn(list: Map<string, number>, name: string): number {
  const place = list.get(name) ?? list.size;
  list.set(name, place);
  return place;
}

export function decodeChats(body: string): ObservedChat[] {
  const { n, agents, campaigns, since, cells } = JSON.parse(body) as ChatsBody;
  const chats: ObservedChat[] = [];
  let at = 0;
  const next = (): number => cells[at++] ?? 0;
  while (chats.length < n) {
    const startedAt = since + next();
    const ms = next();
    const flags = next();
    const campaign = campaigns[next()] ?? null;
    const stretches: Stretch[] = [];
    for (let left = next(); left > 0; left -= 1) {
      const agent = agents[next()] ?? null;
      const from = startedAt + next();
      stretches.push({ agent, from, to: from + next() });
    }
    chats.push({
      startedAt,
      wait: (flags & WAITS) !== 0 ? null : { ms, left: (flags & LEFT) !== 0 },
      campaign,
      handled: (flags & HANDLED) !== 0,
      stretches,
    });
  }
  return chats;
}
