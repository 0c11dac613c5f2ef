/**
 * Segments that ask about segments: what stands against saving one, and who would miss one that went.
 *
 * Shapes  a segment is known to others by its key; `segment.<key>` is the fact.
 */
import { conditionProblems, type Problem, readCondition } from "../targeting/condition.ts";
import { segmentKeyOf } from "../targeting/fact-names.ts";
import type { Segment } from "./resources.ts";

type Named = Pick<Segment, "key" | "condition">;

/** The keys of the segments that `condition` asks about, each once. */
export function segmentsAsked(condition: unknown): string[] {
  const read = readCondition(condition);
  if (!read.ok) return [];
  return read.paths.map(segmentKeyOf).filter((key) => key !== null);
}

/** The keys of the segments among `others` that ask about `key`. */
export function segmentsAsking(key: string, others: readonly Named[]): string[] {
  return others.filter(({ condition }) => segmentsAsked(condition).includes(key)).map((other) => other.key);
}

/** What stands against saving `segment` beside the site's `others`: its condition, or that it would ask about itself. */
export function segmentProblems(segment: Named, others: readonly Named[]): Problem[] {
  const keys = [segment.key, ...others.map(({ key }) => key)];
  const problems = conditionProblems(segment.condition, { segments: keys });
  if (problems.length > 0) return problems;
  const cycle = cycleFrom(segment, others);
  if (cycle === null) return [];
  const path = placeOf(segment.condition, cycle[1] ?? segment.key);
  return [{ path, message: `it would ask about itself: ${cycle.join(" → ")}` }];
}

/** The way from `segment` over the segments that it asks about back to itself, or null. */
function cycleFrom(segment: Named, others: readonly Named[]): string[] | null {
  const asked = new Map([...others, segment].map((each) => [each.key, segmentsAsked(each.condition)]));
  const seen = new Set<string>();
  const walk = (key: string, way: readonly string[]): string[] | null => {
    for (const next of asked.get(key) ?? []) {
      if (next === segment.key) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(segment.key, [segment.key]);
}

function placeOf(condition: unknown, key: string): string {
  const read = readCondition(condition);
  if (!read.ok) return "";
  return read.leaves.find(({ path }) => segmentKeyOf(path) === key)?.at ?? "";
}
