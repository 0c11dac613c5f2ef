/**
 * Whether a condition would hold if an agent were free: whether there is a desk, at least as free as the present one,
 * with which it does.
 *
 * Shapes  freer is: covered, one place free or more and never fewer than now, in each skill too, and a wait no longer
 *         than now or none.
 *         Each fact of the desk is constant between the numbers it is compared with, so those are tried, all together:
 *         the answer is exact.
 * Bounds  beyond `MAX_TRIED` combinations the answer is yes: asking again is cheap, and never asking is not.
 */
import type { Leaf } from "./condition.ts";
import { copyOf, type FactRow, type RowTest } from "./fact-row.ts";
import type { SiteRows } from "./moment.ts";
import { changesOf } from "./time-driven.ts";

const MAX_TRIED = 256;

/** What a condition asks of one fact of the desk. */
export type DeskFact = { path: string; slot: number; changes: readonly number[] };

/** The facts of the desk among `leaves`, each with the numbers at which an answer can change. */
export function deskFactsOf(leaves: readonly Leaf[], slotOf: (path: string) => number): DeskFact[] {
  const ofDesk = leaves.filter(({ path }) => path.startsWith("desk."));
  if (ofDesk.length === 0) return [];
  const operands = Map.groupBy(ofDesk, ({ path }) => path);
  return [...operands].map(([path, asked]) => ({
    path,
    slot: slotOf(path),
    changes: changesOf(asked.map(({ operand }) => operand)),
  }));
}

/** Whether `test` holds for `row` with some freer desk; the row is left as it was. */
export function holdsWithFreerDesk(
  rows: SiteRows,
  test: RowTest,
  desk: readonly DeskFact[],
  row: FactRow,
): boolean {
  const choices = desk.map((fact) => ({ fact, values: freerValues(fact, rows.value(row, fact.slot)) }));
  if (choices.reduce((product, { values }) => product * values.length, 1) > MAX_TRIED) return true;
  const tried = copyOf(row);
  const tryFrom = (index: number): boolean => {
    const choice = choices[index];
    if (choice === undefined) {
      rows.forget(tried);
      return test(tried);
    }
    return choice.values.some((value) => {
      tried.values[choice.fact.slot] = value;
      return tryFrom(index + 1);
    });
  };
  return tryFrom(0);
}

/** Every value that tells two answers apart, among those of a desk that is as free as `now` or freer. */
function freerValues({ path, changes }: DeskFact, now: unknown): unknown[] {
  if (path === "desk.covered") return [true];
  const present = typeof now === "number" ? now : null;
  if (path === "desk.wait_seconds") {
    const most = present ?? 0;
    return [null, ...new Set([most, 0, ...changes.filter((n) => n > 0 && n < most)])];
  }
  const least = Math.max(1, present ?? 0);
  return [...new Set([least, ...changes.filter((n) => n > least)])];
}
