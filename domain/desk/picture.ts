/**
 * What a console shows of the desk besides its own conversations, and how a `queue_changed` frame changes it.
 *
 * Shapes  `Picture` is what a `queue` frame says, numbered. `items` are in the order in which they are served; `others`,
 *         what agents have, is null for who is no supervisor.
 * Errors  a change that does not go on from the picture is null: the console connects anew and gets a whole one.
 */
import { rankOf } from "./rank.ts";
import type { DeskAgent, DeskConversation, DeskServerFrame } from "./wire.ts";

export type Picture = {
  n: number;
  waiting: number;
  items: readonly DeskConversation[];
  agents: readonly DeskAgent[];
  others: readonly DeskConversation[] | null;
};
type Whole = Extract<DeskServerFrame, { type: "queue" }>;
type Changed = Extract<DeskServerFrame, { type: "queue_changed" }>;

/** What of `picture` is told: to a supervisor what others have, to an agent (null) nothing of that. */
export function pictureFor<P extends Picture | null>(picture: P, supervisor: string | null): P;
export function pictureFor(picture: Picture | null, supervisor: string | null): Picture | null {
  if (picture === null) return null;
  if (supervisor === null) return { ...picture, others: null };
  return { ...picture, others: (picture.others ?? []).filter(({ agent }) => agent?.id !== supervisor) };
}

export function queueFrame({ n, waiting, items, agents, others }: Picture): Whole {
  const elsewhere = others === null ? {} : { others: [...others] };
  return { type: "queue", items: [...items], agents: [...agents], waiting, ...elsewhere, n };
}

/** What turns `before` into `after`. */
export function changeBetween(before: Picture, after: Picture): Changed {
  const items = difference(before.items, after.items, byConversation);
  const agents = difference(before.agents, after.agents, byId);
  const others = difference(before.others ?? [], after.others ?? [], byConversation);
  return {
    type: "queue_changed",
    n: after.n,
    waiting: after.waiting,
    items: items.put,
    gone: items.gone,
    agents: agents.put,
    agents_gone: agents.gone,
    ...(after.others === null ? {} : { others: others.put, others_gone: others.gone }),
  };
}

/** Whether `frame` changes a picture in which `waiting` wait. */
export function isChange(frame: Changed, waiting: number): boolean {
  const parts = [frame.items, frame.gone, frame.agents, frame.agents_gone, frame.others, frame.others_gone];
  return frame.waiting !== waiting || parts.some((part) => (part?.length ?? 0) > 0);
}

/** `picture` after `frame`; null where a frame between them is missing. */
export function afterChange(picture: Picture, frame: Changed): Picture | null {
  if (frame.n !== picture.n + 1) return null;
  const others = replaced(picture.others ?? [], frame.others ?? [], frame.others_gone ?? [], byConversation);
  return {
    n: frame.n,
    waiting: frame.waiting,
    items: replaced(picture.items, frame.items, frame.gone, byConversation).toSorted(inOrder),
    agents: replaced(picture.agents, frame.agents, frame.agents_gone, byId),
    others: picture.others === null ? null : others,
  };
}

function replaced<T>(
  before: readonly T[],
  put: readonly T[],
  gone: readonly string[],
  idOf: (part: T) => string,
): T[] {
  const byName = new Map(before.map((part) => [idOf(part), part]));
  for (const id of gone) byName.delete(id);
  for (const part of put) byName.set(idOf(part), part);
  return [...byName.values()];
}

function difference<T>(
  before: readonly T[],
  after: readonly T[],
  idOf: (part: T) => string,
): { put: T[]; gone: string[] } {
  const left = new Map(before.map((part) => [idOf(part), part]));
  const put = after.filter((part) => {
    const known = left.get(idOf(part));
    left.delete(idOf(part));
    return known !== part && JSON.stringify(known) !== JSON.stringify(part);
  });
  return { put, gone: [...left.keys()] };
}

function byConversation({ conversation }: DeskConversation): string {
  return conversation;
}

function byId({ id }: DeskAgent): string {
  return id;
}

function inOrder(a: DeskConversation, b: DeskConversation): number {
  return rank(a) - rank(b) || (a.conversation < b.conversation ? -1 : 1);
}

function rank({ waiting_since, priority }: DeskConversation): number {
  return rankOf({ waitingSince: Date.parse(waiting_since), priority: priority ?? 0 });
}
