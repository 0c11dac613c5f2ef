/**
 * What a monthly statement rests on, event by event, as text that anybody can keep, compare and count again.
 *
 * Shapes  one line an event, each a JSON array that begins with its kind; sorted, each once. `digestText` is what the
 *         digest is taken of. A unit is a visitor id at its first eligible moment, named by that exposure's id.
 * Units   amounts are whole hundredths of the site's currency, net of what was given back.
 * Errors  a line that is none of these makes the whole unreadable: null.
 */
import * as z from "zod";

const text = z.string();
export const EvidenceLine = z.union([
  /** A phase, and the share of its visitors that was to be held out. */
  z.tuple([z.literal("phase"), text, z.int(), z.number()]),
  z.tuple([z.literal("unit"), text, z.int(), text, z.enum(["treated", "holdout"])]),
  /** Unit, order id, hundredths. */
  z.tuple([z.literal("order"), text, text, z.int()]),
  /** Unit, contact id. */
  z.tuple([z.literal("contact"), text, text]),
  /** Conversation, answer from 1 to 5. */
  z.tuple([z.literal("answer"), text, z.int()]),
  /** Of a goal: the KPI, the conversation or order, and what it gives to it (`goal-units.ts`). */
  z.tuple([z.literal("goal_unit"), text, text, z.number()]),
  /** A KPI of the month whose events are not told one by one: value, numerator, denominator, n. */
  z.tuple([
    z.literal("goal"),
    text,
    z.number().nullable(),
    z.number().nullable(),
    z.number().nullable(),
    z.number(),
  ]),
]);
export type EvidenceLine = z.infer<typeof EvidenceLine>;

/** The lines as they are kept: in one order, whatever order they were read in. */
export function evidenceText(lines: readonly EvidenceLine[]): string[] {
  return [...new Set(lines.map((line) => JSON.stringify(line)))].toSorted(byCode);
}

export function digestText(lines: readonly string[]): string {
  return lines.join("\n");
}

export function readEvidence(lines: readonly string[]): EvidenceLine[] | null {
  const read: EvidenceLine[] = [];
  for (const line of lines) {
    const parsed = EvidenceLine.safeParse(jsonOf(line));
    if (!parsed.success) return null;
    read.push(parsed.data);
  }
  return read;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

export type EvidenceChange = { change: "added" | "removed"; line: string };

/** What `after` has and `before` had not, and the other way round; both sorted. An amount that changed is both. */
export function evidenceChanges(before: readonly string[], after: readonly string[]): EvidenceChange[] {
  const [had, has] = [new Set(before), new Set(after)];
  const gone = before.filter((line) => !has.has(line)).map((line) => ({ change: "removed" as const, line }));
  const come = after.filter((line) => !had.has(line)).map((line) => ({ change: "added" as const, line }));
  return [...gone, ...come].toSorted((a, b) => byCode(a.line, b.line));
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
