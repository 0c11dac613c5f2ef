/**
 * What is told of the invited beside the held out, counted once more: by phase of a campaign, both arms at one mixture of
 * phases. Apart from the product's code, from `kpis.md` and `docs/rules/kpis.md` alone.
 */
import type { Counted } from "./figures.ts";
import { rounded } from "./durations.ts";
import { column, type Group, SPAN, units } from "./sums.ts";

export type ArmRow = { g: string; stratum: string; arm: string; s: number | null } & Record<
  "placed" | "returned" | "bought" | "again",
  number
>;

/** A row for each first eligible moment of a visitor-day: what followed it, and how soon. */
export function armRows(group: Group): string | null {
  if (group !== null && ["agent", "skill", "canned"].includes(group)) return null;
  const followed = (which: string, what: string) => `(SELECT ${what} FROM placed o, setting
    WHERE o.person = x.person AND o.at BETWEEN x.at AND x.ends + setting.attribution AND ${which})`;
  return `SELECT g, stratum, arm, placed, returned, kept > 0 AS bought, kept > 1 AS again,
      ${rounded("(first - at) / 1000")} AS s
    FROM (SELECT ${column(group)} AS g, x.stratum, x.arm, x.at, ${followed("1", "count(*)")} AS placed,
        ${followed("o.back IS NOT NULL", "count(*)")} AS returned, ${followed("o.kept", "count(*)")} AS kept,
        ${followed("o.kept", "min(o.at)")} AS first
      FROM ${units("offer", group, "1 AS one")} x WHERE nth = 1 AND ${SPAN} AND ${column(group)} IS NOT NULL)`;
}

export type Arms = {
  share(arm: string, part: "returned" | "again", whole: "placed" | "bought"): Counted;
  median(arm: string): Counted;
};

export function armsFrom(rows: readonly ArmRow[]): Arms {
  const strata = [...Map.groupBy(rows, ({ stratum }) => stratum).values()];
  const sum = (list: readonly ArmRow[], arm: string, what: "placed" | "returned" | "bought" | "again") =>
    list.reduce((all, row) => all + (row.arm === arm ? row[what] : 0), 0);
  /** The phases that have both arms, each with its share of all that is in them. */
  const mixture = (whole: "placed" | "bought") => {
    const both = strata
      .map((list) => ({ list, n: sum(list, "treated", whole), m: sum(list, "holdout", whole) }))
      .filter(({ n, m }) => n > 0 && m > 0);
    const all = both.reduce((total, { n, m }) => total + n + m, 0);
    return both.map(({ list, n, m }) => ({ list, weight: (n + m) / all }));
  };
  return {
    share(arm, part, whole) {
      const mixed = mixture(whole);
      if (mixed.length === 0) {
        const [x, n] = [sum(rows, arm, part), sum(rows, arm, whole)];
        return { value: n === 0 ? null : x / n, numerator: x, denominator: n };
      }
      const n = mixed.reduce((all, { list }) => all + sum(list, arm, whole), 0);
      const value = mixed.reduce(
        (all, { list, weight }) => all + (weight * sum(list, arm, part)) / sum(list, arm, whole),
        0,
      );
      return { value, numerator: value * n, denominator: n };
    },
    median(arm) {
      const mixed = mixture("bought");
      const own = (list: readonly ArmRow[]) =>
        list.flatMap((row) => (row.arm === arm && row.s !== null ? [row.s] : []));
      const all =
        mixed.length === 0
          ? own(rows).map((s) => ({ s, weight: 1 / own(rows).length }))
          : mixed.flatMap(({ list, weight }) =>
              own(list).map((s) => ({ s, weight: weight / own(list).length })),
            );
      let reached = 0;
      for (const { s, weight } of all.toSorted((a, b) => a.s - b.s)) {
        reached += weight;
        if (reached >= 0.5 - 1e-9) return { value: s, numerator: s, denominator: null };
      }
      return { value: null, numerator: null, denominator: null };
    },
  };
}
