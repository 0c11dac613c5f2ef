/**
 * The segments of a site, read so that each can ask about others.
 *
 * Shapes  what cannot be read, asks about itself on any way, or asks about one that cannot be read, is left out and
 *         reported; so is then every campaign that asks for it.
 */
import type { Segment } from "../site/resources.ts";
import { type Leaf, leafProblems, type Problem, readCondition } from "./condition.ts";
import { segmentKeyOf } from "./fact-names.ts";
import type { Plan } from "./plan.ts";

export type CompiledSegment = {
  segment: Segment;
  /** Whether it holds for facts as they are; what they claim of segments is not asked. */
  test: (facts: object) => boolean;
  leaves: readonly Leaf[];
  /** Its leaves, and those of every segment that it asks about. */
  reach: readonly Leaf[];
  plan: Plan;
};

export type Segments = ReadonlyMap<string, CompiledSegment>;
export type UnreadableSegment = { segment: string; problems: Problem[] };

/** Reads every segment of `list`, each after those that it asks about. */
export function readSegments(list: readonly Segment[]): {
  segments: Segments;
  unreadable: UnreadableSegment[];
} {
  const byKey = new Map(list.map((segment) => [segment.key, segment]));
  const segments = new Map<string, CompiledSegment>();
  const unreadable = new Map<string, Problem[]>();
  const begun = new Set<string>();

  const read = (segment: Segment): void => {
    if (begun.has(segment.key)) return;
    begun.add(segment.key);
    for (const key of keysAskedBy(segment)) {
      const asked = byKey.get(key);
      if (asked !== undefined) read(asked);
    }
    const compiled = compileSegment(segment, segments);
    if (Array.isArray(compiled)) unreadable.set(segment.key, compiled);
    else segments.set(segment.key, compiled);
  };
  for (const segment of list) read(segment);
  return { segments, unreadable: [...unreadable].map(([segment, problems]) => ({ segment, problems })) };
}

/** A segment that asks about one still being read would ask about itself: that one is not among `known`. */
function compileSegment(segment: Segment, known: Segments): CompiledSegment | Problem[] {
  const read = readCondition(segment.condition, { segments: known });
  if (!read.ok) return read.problems;
  const problems = leafProblems(read.leaves);
  if (problems.length > 0) return problems;
  const { test, leaves, plan } = read;
  return { segment, test, leaves, plan, reach: reachOf(leaves, known) };
}

function keysAskedBy({ condition }: Segment): string[] {
  const read = readCondition(condition);
  return read.ok ? read.paths.flatMap((path) => segmentKeyOf(path) ?? []) : [];
}

/** `leaves`, and those of every segment that they ask about, each once. */
export function reachOf(leaves: readonly Leaf[], segments: Segments): readonly Leaf[] {
  const asked = leaves.flatMap(({ path }) => segments.get(segmentKeyOf(path) ?? "")?.reach ?? []);
  return asked.length === 0 ? leaves : [...new Set([...leaves, ...asked])];
}
