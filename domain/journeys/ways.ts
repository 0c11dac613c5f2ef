/**
 * The ways that most visits take, as a flow from page to page: few nodes a position, the others together, so that what
 * comes into a node goes out of it.
 *
 * Shapes  a node's id is its position and its page; `bought` and `left` are how visits end. Who goes on beyond the last
 *         position stays in it.
 * Units   visits.
 */
import { countKey } from "../kpi/tally.ts";
import { BOUGHT, type Counts, type Flows, LEFT, none, POSITIONS } from "./day.ts";
import { OTHER_PAGES } from "./page-group.ts";
import type { Ways } from "./wire.ts";

/** Pages named at one position. */
export const MAX_NODES = 6;

type Node = Ways["nodes"][number];

export function waysOf(flows: Flows): Ways {
  const named = Array.from({ length: POSITIONS }, (_, position) => mostVisited(flows, position));
  const links = new Map<string, Ways["links"][number]>();
  const counts: Counts = none();
  flows.forEach((sums, position) => {
    for (const [from, targets] of sums) {
      const source = idOf(position, from, named[position]);
      for (const [to, visits] of Object.entries(targets)) {
        const target = idOf(position + 1, to, named[position + 1]);
        const key = `${source}\n${target}`;
        const before = links.get(key)?.visits ?? 0;
        links.set(key, { source, target, visits: before + visits });
        countKey(counts, target, visits);
        if (position === 0) countKey(counts, source, visits);
      }
    }
  });
  const nodes = Object.entries(counts).map(([id, visits]) => nodeOf(id, visits));
  return {
    visits: nodes.filter(({ position }) => position === 0).reduce((sum, { visits }) => sum + visits, 0),
    nodes: nodes.toSorted((a, b) => a.position - b.position || rank(a) - rank(b) || b.visits - a.visits),
    links: [...links.values()].toSorted((a, b) => b.visits - a.visits),
  };
}

/** The pages that are named at `position`. */
function mostVisited(flows: Flows, position: number): ReadonlySet<string> {
  const counts: Counts = none();
  const [into, out] = [flows[position - 1], flows[position]];
  if (into === undefined) {
    for (const [page, targets] of out ?? []) for (const to in targets) countKey(counts, page, targets[to]);
  } else {
    for (const targets of into.values()) for (const to in targets) countKey(counts, to, targets[to]);
  }
  return new Set(
    Object.entries(counts)
      .filter(([page]) => page !== OTHER_PAGES && page !== BOUGHT && page !== LEFT)
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, MAX_NODES)
      .map(([page]) => page),
  );
}

function idOf(position: number, page: string, named: ReadonlySet<string> | undefined): string {
  const isOwn = page === BOUGHT || page === LEFT || named?.has(page) === true;
  return `${position} ${isOwn ? page : OTHER_PAGES}`;
}

function nodeOf(id: string, visits: number): Node {
  const cut = id.indexOf(" ");
  const position = Number(id.slice(0, cut));
  const name = id.slice(cut + 1);
  const kind = name === BOUGHT || name === LEFT ? name : name === OTHER_PAGES ? "others" : "page";
  return { id, position, kind, page: kind === "page" ? name : null, visits };
}

const RANKS = { page: 0, others: 1, bought: 2, left: 3 };

function rank({ kind }: Node): number {
  return RANKS[kind];
}
