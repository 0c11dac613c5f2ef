/**
 * `npm run -s evaluate` — the product's own evaluator of conditions, over facts of any names.
 *
 * Reads   `{"cases":[{"condition","facts"}]}` from standard input.
 * Prints  an array of booleans; a condition that cannot be read is `false`, and so is a case that is none.
 * Errors  an unreadable file: one line on standard error, exit 2.
 */
import { text } from "node:stream/consumers";
import { createContext, Script } from "node:vm";
import * as z from "zod";
import { readCondition } from "../domain/targeting/condition.ts";

/** A site's campaign is refused when it is saved with an expression that can cost this much; here it is only `false`. */
const MAX_EXPRESSION_MS = 1_000;

const HOLDS_EXPRESSION = /"\$(?:r|notR)egex/;

const CaseFile = z.object({ cases: z.array(z.unknown()) });
const Case = z.object({ condition: z.unknown(), facts: z.unknown().optional() });

function evaluate(input: unknown): boolean {
  const parsed = Case.safeParse(input);
  if (!parsed.success) return false;
  const { condition, facts } = parsed.data;
  const read = readCondition(condition);
  if (!read.ok) return false;
  const test = () => read.test(typeof facts === "object" && facts !== null ? facts : {});
  return HOLDS_EXPRESSION.test(JSON.stringify(condition)) ? withinTime(test) : test();
}

/** The error comes from the other context, so it is none of our `Error`s. */
const TimedOut = z.looseObject({ code: z.literal("ERR_SCRIPT_EXECUTION_TIMEOUT") });

const context = createContext({});
const limited = new Script("test()");

/** What `test` says, or false where its expressions take longer than `MAX_EXPRESSION_MS`. */
function withinTime(test: () => boolean): boolean {
  context["test"] = test;
  try {
    return limited.runInContext(context, { timeout: MAX_EXPRESSION_MS }) === true;
  } catch (error) {
    if (TimedOut.safeParse(error).success) return false;
    throw error;
  }
}

try {
  const { cases } = CaseFile.parse(JSON.parse(await text(process.stdin)));
  console.log(JSON.stringify(cases.map(evaluate)));
} catch (error) {
  console.error(`evaluate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
