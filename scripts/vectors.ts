/**
 * `npm run -s vectors < FILE` — answers a file of reference vectors with the product's own code.
 *
 * Reads   `{"meta":{"set"},"vectors":[{"id","kind","input"}]}` from standard input.
 * Prints  `{"<id>": {…}}` in the shapes of the file's `expected`, which is never read.
 * Errors  an unknown set or an unreadable file: one line on standard error, exit 2.
 */
import { text } from "node:stream/consumers";
import * as z from "zod";
import { allocation } from "./vector-sets/allocation.ts";
import { experimentsMisc } from "./vector-sets/experiments-misc.ts";
import { experiments } from "./vector-sets/experiments.ts";
import { incrementality } from "./vector-sets/incrementality.ts";
import { kpis } from "./vector-sets/kpis.ts";
import { models } from "./vector-sets/models.ts";
import { staffing } from "./vector-sets/staffing.ts";
import type { VectorSet } from "./vector-sets/vector-set.ts";

const SETS = new Map<string, VectorSet>([
  ["allocation", allocation],
  ["experiments", experiments],
  ["experiments_misc", experimentsMisc],
  ["incrementality", incrementality],
  ["kpis", kpis],
  ["models", models],
  ["staffing", staffing],
]);

const VectorFile = z.object({
  meta: z.looseObject({ set: z.string() }),
  vectors: z.array(z.object({ id: z.string(), kind: z.string().nullish(), input: z.unknown() })),
});

function answer(source: string): Record<string, object> {
  const { meta, vectors } = VectorFile.parse(JSON.parse(source));
  const set = SETS.get(meta.set);
  if (set === undefined) {
    throw new Error(`unknown set "${meta.set}"; known are ${[...SETS.keys()].join(", ")}`);
  }
  return Object.fromEntries(
    vectors.map(({ id, kind, input }) => [id, attempt(() => set({ id, kind: kind ?? null, input }, meta))]),
  );
}

/** One vector that cannot be answered says so in its place; the others are answered all the same. */
function attempt(compute: () => object): object {
  try {
    return compute();
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  console.log(JSON.stringify(answer(await text(process.stdin))));
} catch (error) {
  console.error(`vectors: ${messageOf(error)}`);
  process.exitCode = 2;
}
