/**
 * How a visitor's segments guide a conversation: to whom it goes, and before whom.
 *
 * Shapes  `held` are the keys of the segments in which the visitor's object has seen the visitor during this visit.
 *         They come from there and from nowhere else: what a page claims of its visitor never gets here.
 */
import type { Segment } from "../site/resources.ts";

export type Routing = { skill: string | null; priority: number };

/** Of the segments held, the highest priority counts; the skill is that of the highest that names one. */
export function routingOf(segments: readonly Segment[], held: readonly string[]): Routing {
  const known = segments
    .filter(({ key }) => held.includes(key))
    .toSorted((a, b) => b.priority - a.priority || (a.key < b.key ? -1 : 1));
  return {
    skill: known.find(({ skill }) => skill !== null && skill !== undefined)?.skill ?? null,
    priority: known[0]?.priority ?? 0,
  };
}
