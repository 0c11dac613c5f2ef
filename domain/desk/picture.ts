/**
 * What a console shows of the desk besides its own conversations, and how a `queue_changed` frame changes it.
 *
 * Shapes  `Picture` is what a `queue` frame says. `items` are in the order in which they are served.
 * Errors  a change that does not go on from the picture is null: the console connects anew and gets a whole one.
 */
import { rankOf } from "./rank.ts";
import type { DeskAgent, DeskConversation, DeskServerFrame } from "./wire.ts";

export type Picture = {
  n: number;
  waiting: number;
  items: readonly DeskConversation[];
  agents: readonly DeskAgent[];
  others: readonly DeskConversation[];
};
type Changed = Extract<DeskServerFrame, { type: "queue_changed" }>;

/** `picture` after `frame`; null where a frame between them is missing. */
export function afterChange(picture: Picture, frame: Changed): Picture | null {
  if (frame.n !== picture.n + 1) return null;
  return {
    n: frame.n,
    waiting: frame.waiting,
    items: replaced(picture.items, frame.items, frame.gone, ({ conversation }) => conversation).toSorted(
      byRank,
    ),
    agents: replaced(picture.agents, frame.agents, frame.agents_gone, ({ id }) => id),
    others: replaced(
      picture.others,
      frame.others ?? [],
      frame.others_gone ?? [],
      ({ conversation }) => conversation,
    ),
  };
}

/** What turns `before` into `after`. The supervisors' part is left out where `others` is false. */
export function changeBetween(before: Picture, after: Picture, others: boolean): Changed {
  const items = difference(before.items, after.items, ({ conversation }) => conversation);
  const agents = difference(before.agents, after.agents, ({ id }) => id);
  const shared = {
    type: "queue_changed" as const,
    n: after.n,
    waiting: after.waiting,
    items: items.put,
    gone: items.gone,
    agents: agents.put,
    agents_gone: agents.gone,
  };
  if (!others) return shared;
  const elsewhere = difference(before.others, after.others, ({ conversation }) => conversation);
  return { ...shared, others: elsewhere.put, others_gone: elsewhere.gone };
}

function replaced<T>(
  before: readonly T[],
  put: readonly T[],
  gone: readonly string[],
  idOf: (part: T) => string,
): T[] {
  const byId = new Map(before.map((part) => [idOf(part), part]));
  for (const id of gone) byId.delete(id);
  for (const part of put) byId.set(idOf(part), part);
  return [...byId.values()];
}

function difference<T>(
  before: readonly T[],
  after: readonly T[],
  idOf: (part: T) => string,
): { put: T[]; gone: string[] } {
  const known = new Map(before.map((part) => [idOf(part), JSON.stringify(part)]));
  const kept = new Set(after.map(idOf));
  return {
    put: after.filter((part) => known.get(idOf(part)) !== JSON.stringify(part)),
    gone: [...known.keys()].filter((id) => !kept.has(id)),
  };
}

function byRank(a: DeskConversation, b: DeskConversation): number {
  const difference =
    rankOf({ waitingSince: Date.parse(a.waiting_since), priority: a.priority ?? 0 }) -
    rankOf({ waitingSince: Date.parse(b.waiting_since), priority: b.priority ?? 0 });
  return difference || (a.conversation < b.conversation ? -1 : 1);
}
