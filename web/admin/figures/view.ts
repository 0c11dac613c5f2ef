/**
 * The rows as they are drawn and listed.
 *
 * Shapes  a `Mark` is one row's figure beside the same row of the period before: by time the row in the same place of
 *         it (of weeks, among those that are whole on both sides), else that of the same group. What is too little to be
 *         shown has no value.
 * Units   those of the figure.
 */
import type { Figure } from "../../../domain/kpi/figure.ts";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { type Grouping, isTime } from "../../../domain/kpi/grouping.ts";
import type { Before, FiguresData, Row } from "./read.ts";

export type Mark = {
  group: string;
  value: number | null;
  low: number | null;
  high: number | null;
  before: number | null;
};
export type Sort = { by: KpiName | "group"; down: boolean };

/** Rows of a chart that are told apart by names. */
export const MOST_DRAWN = 15;

/** Whether there is enough of a figure to be drawn. */
export const isDrawn = (figure: Figure | undefined): boolean => shown(figure) !== null;

const shown = (figure: Figure | undefined): number | null =>
  figure === undefined || figure.too_few === true ? null : figure.value;

type Paired = Pick<FiguresData, "rows" | "parts" | "by"> & {
  before: Pick<Before, "rows" | "parts"> | null;
};

/** The row of the period before that stands beside each row. */
export function besideOf({ rows, parts, before, by }: Paired): Map<string, Row> {
  if (before === null) return new Map();
  if (!isTime(by)) return new Map(before.rows.map((row) => [row.group, row]));
  // Hours and days of both periods are as long; a week of two days is beside no week of seven.
  const isWhole = (of: FiguresData["parts"]) => (row: Row) => by !== "week" || !of.has(row.group);
  const earlier = before.rows.filter(isWhole(before.parts));
  return new Map(
    rows.filter(isWhole(parts)).flatMap(({ group }, place): [string, Row][] => {
      const row = earlier[place];
      return row === undefined ? [] : [[group, row]];
    }),
  );
}

export function marksOf(rows: readonly Row[], beside: ReadonlyMap<string, Row>, name: KpiName): Mark[] {
  return rows.map(({ group, figures }) => {
    const figure = figures[name];
    const value = shown(figure);
    const [low, high] = value === null ? [null, null] : (figure?.interval ?? [null, null]);
    return { group, value, low, high, before: shown(beside.get(group)?.figures[name]) };
  });
}

/** Times stand in their order until somebody asks for another; groups by the first figure, the highest first. */
export function firstSort(by: Grouping, kpis: readonly KpiName[]): Sort {
  const [first] = kpis;
  return isTime(by) || first === undefined ? { by: "group", down: false } : { by: first, down: true };
}

/** Those without a value come last, whichever way. */
export function sorted(rows: readonly Row[], { by, down }: Sort, nameOf: (group: string) => string): Row[] {
  const sign = down ? -1 : 1;
  if (by === "group") return rows.toSorted((a, b) => sign * nameOf(a.group).localeCompare(nameOf(b.group)));
  const valueOf = ({ figures }: Row) => shown(figures[by]);
  const known = rows.filter((row) => valueOf(row) !== null);
  const rest = rows.filter((row) => valueOf(row) === null);
  return [...known.toSorted((a, b) => sign * ((valueOf(a) ?? 0) - (valueOf(b) ?? 0))), ...rest];
}

/** Whether nothing at all was counted: no row has anything but nulls and zeros. */
export function isNothing(row: Row): boolean {
  return Object.values(row.figures).every(({ value }) => value === null || value === 0);
}

/** The chosen figures that the whole has and no row does: what `by` cannot know. */
export function unknownBy({ rows, whole, kpis }: Pick<FiguresData, "rows" | "whole" | "kpis">): KpiName[] {
  if (rows.length === 0) return [];
  return kpis.filter(
    (name) =>
      (whole.figures[name]?.value ?? null) !== null &&
      rows.every(({ figures }) => (figures[name]?.value ?? null) === null && figures[name]?.too_few !== true),
  );
}
