/**
 * `npm run -s evaluate` — the product's own evaluator of conditions, over facts of any names.
 *
 * Reads   `{"cases":[{"condition","facts"}]}` from standard input.
 * Prints  an array of booleans; a condition that cannot be read is `false`.
 * Errors  an unreadable file: one line on standard error, exit 2.
 */
import { text } from "node:stream/consumers";
import * as z from "zod";
import { readCondition } from "../domain/targeting/condition.ts";

const CaseFile = z.object({
  cases: z.array(z.object({ condition: z.unknown(), facts: z.unknown() })),
});

function evaluate(condition: unknown, facts: unknown): boolean {
  const read = readCondition(condition);
  return read.ok && read.test(typeof facts === "object" && facts !== null ? facts : {});
}

try {
  const { cases } = CaseFile.parse(JSON.parse(await text(process.stdin)));
  console.log(JSON.stringify(cases.map(({ condition, facts }) => evaluate(condition, facts))));
} catch (error) {
  console.error(`evaluate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
