/**
 * Several questions of one experiment: p-values that answer for all of them.
 *
 * Only goal metrics and the variants compared on them are one family; guardrails stand alone, since missing a harm is the
 * worse error there.
 *
 * Shapes  answers are parallel to `ps`, each an adjusted p: reject where it is at most alpha. Bonferroni and Holm bound the
 *         chance of any false claim, Benjamini–Hochberg the share of false ones among those claimed.
 */
export function bonferroni(ps: readonly number[]): number[] {
  return ps.map((p) => Math.min(1, p * ps.length));
}

/** Steps down from the smallest: never less powerful than Bonferroni, and as safe. */
export function holm(ps: readonly number[]): number[] {
  let largest = 0;
  return inOrder(ps, ascending(ps), (p, rank) => {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)));
    return largest;
  });
}

/** Steps up from the largest. */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  let smallest = 1;
  return inOrder(ps, ascending(ps).toReversed(), (p, rank) => {
    smallest = Math.min(smallest, (p * ps.length) / (ps.length - rank));
    return smallest;
  });
}

/** The places of `ps`, smallest first. */
function ascending(ps: readonly number[]): number[] {
  return [...ps.keys()].toSorted((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
}

/** Adjusts in `order`, telling the rank, and answers in the order of `ps`. */
function inOrder(
  ps: readonly number[],
  order: readonly number[],
  adjust: (p: number, rank: number) => number,
): number[] {
  const adjusted = ps.map(() => 1);
  for (const [rank, place] of order.entries()) adjusted[place] = adjust(ps[place] ?? 1, rank);
  return adjusted;
}
