/** The reference sets of experiments beside the checkout, answered through the command that answers them for everybody. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";

const VectorFile = z.looseObject({
  vectors: z.array(z.looseObject({ id: z.string(), expected: z.unknown() })),
});

/** What both files state. */
const RELATIVE = 1e-9;
/** Stated for p-values. The reference's own column of subtracted tails keeps even less, and is not compared. */
const OF_P = 1e-6;
const P_KEYS = /(?:^|[._])p$/;
const NOT_COMPARED = "p_gbstats";

/** Fails with the place at which `actual` differs from `expected`, in shape or by more than the tolerance. */
function agree(actual: unknown, expected: unknown, at: string): void {
  if (at.endsWith(NOT_COMPARED)) return;
  if (typeof expected === "number") {
    if (typeof actual !== "number") throw new Error(`${at}: ${String(actual)} for ${expected}`);
    const difference = Math.abs(actual - expected);
    // 0 is 0 but for the rounding of sums.
    const slack = Math.max((P_KEYS.test(at) ? OF_P : RELATIVE) * Math.abs(expected), 1e-15);
    expect(difference, `${at}: ${actual} for ${expected}`).toBeLessThanOrEqual(slack);
    return;
  }
  const [theirs, ours] = [entriesOf(expected), entriesOf(actual)];
  if (theirs === null || ours === null) {
    expect(actual, at).toEqual(expected);
    return;
  }
  expect([...ours.keys()].sort(), at).toEqual([...theirs.keys()].sort());
  for (const [key, value] of theirs) agree(ours.get(key), value, `${at}.${key}`);
}

function entriesOf(value: unknown): Map<string, unknown> | null {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : null;
}

test.each(["experiments", "experiments_misc"])(
  "EXP21: the reference set %s is answered to its tolerance, without its answers",
  (set) => {
    const file = VectorFile.parse(JSON.parse(readFileSync(`../shared/vectors/${set}.visible.json`, "utf8")));
    const bare = { ...file, vectors: file.vectors.map((vector) => ({ ...vector, expected: undefined })) };
    const { stdout, status } = spawnSync(process.execPath, ["scripts/vectors.ts"], {
      input: JSON.stringify(bare),
      encoding: "utf8",
    });
    expect(status).toBe(0);
    const answers = z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
    expect(file.vectors.length).toBeGreaterThan(0);
    for (const { id, expected } of file.vectors) agree(answers[id], expected, id);
  },
);
