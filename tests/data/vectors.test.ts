/** Reference vectors beside the checkout, answered through the command that answers them for everybody. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type VectorFile = { vectors: { id: string; expected: unknown }[] };

/** Every reference states 1e-6 or tighter; ours agree to this. */
const TOLERANCE = 1e-9;

function answer(input: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["scripts/vectors.ts"], { input, encoding: "utf8" });
}

/** Fails with the place at which `actual` differs from `expected`, in shape or by more than the tolerance. */
function compare(actual: unknown, expected: unknown, at: string): void {
  if (typeof expected === "number" && typeof actual === "number") {
    const slack = TOLERANCE * Math.max(1, Math.abs(expected));
    expect(Math.abs(actual - expected), `${at}: ${actual} for ${expected}`).toBeLessThanOrEqual(slack);
    return;
  }
  if (typeof expected !== "object" || expected === null || typeof actual !== "object" || actual === null) {
    expect(actual, at).toEqual(expected);
    return;
  }
  expect(Object.keys(actual).sort(), at).toEqual(Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected)) {
    compare((actual as Record<string, unknown>)[key], value, `${at}.${key}`);
  }
}

test.each(["allocation", "incrementality", "kpis", "models", "staffing"])(
  "T42: the reference set %s is answered to its tolerance, without its answers",
  (set) => {
    const source = readFileSync(`../shared/vectors/${set}.visible.json`, "utf8");
    const file = JSON.parse(source) as VectorFile;
    const bare = JSON.stringify({
      ...file,
      vectors: file.vectors.map((vector) => ({ ...vector, expected: undefined })),
    });
    const { stdout, status } = answer(bare);
    expect(status).toBe(0);
    const answers = JSON.parse(stdout) as Record<string, unknown>;
    expect(file.vectors.length).toBeGreaterThan(0);
    for (const { id, expected } of file.vectors) compare(answers[id], expected, id);
  },
);
