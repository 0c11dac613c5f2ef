/**
 * The two drawings of a figure by Observable Plot: over time with its band, and by group with its intervals; the period
 * before stands behind either. Loaded only when there is something to draw.
 *
 * Units   `width` in CSS pixels; values in the figure's unit.
 */
import {
  areaY,
  axisX,
  axisY,
  barX,
  dot,
  gridX,
  gridY,
  lineY,
  type Markish,
  plot,
  ruleX,
  ruleY,
  text,
  tickX,
} from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type TimeMark = {
  at: Date;
  value: number | null;
  low: number | null;
  high: number | null;
  before: number | null;
  /** Not over yet, or not all in the period: drawn apart, since what it counts is of a part of it. */
  part: boolean;
};
/** `few`: there is a value, of too little to be drawn. */
export type GroupMark = Omit<TimeMark, "at" | "part"> & { name: string; few: boolean };
export type Words = {
  label: string;
  value: (value: number) => string;
  tick: (value: number) => string;
  /** Where the axis is marked between two values, in a unit that does not count in tens; without it, at round numbers. */
  ticks?: (low: number, high: number) => number[];
};

const AXIS = { tickSize: 0, label: null, fill: "var(--ink3)", fontSize: 11 } as const;
const INK = "var(--ink)";
const HOLD = "var(--hold)";
/** So many marks stand far enough apart to be dots. */
const FEW_MARKS = 45;
const TICK_WIDTH = 96;
/** An interval may be so wide that beside it nothing else is seen: what is beyond this share of the highest is cut off. */
const MOST_OVER = 1.6;

/** From 0 or below to a little over the highest value; intervals that reach further are cut. */
function domainOf(
  marks: readonly Pick<TimeMark, "value" | "low" | "high" | "before">[],
  { fromZero }: { fromZero: boolean },
): [number, number] {
  const values = marks.flatMap(({ value, before }) => [value, before].filter((one) => one !== null));
  const ends = marks.flatMap(({ low, high }) => [low, high].filter((one) => one !== null));
  const highest = Math.max(...values, fromZero ? 0 : -Infinity);
  const lowest = Math.min(...values, fromZero ? 0 : Infinity);
  const most = Math.max(...values, ...ends);
  const least = Math.min(...values, ...ends);
  const room = highest > 0 ? highest * MOST_OVER : highest;
  const top = fromZero ? Math.min(most, room) : most;
  const bottom = fromZero ? Math.max(Math.min(0, least), Math.min(lowest * MOST_OVER, 0)) : least;
  return top > bottom ? [bottom, top] : [Math.min(0, bottom), Math.max(bottom, 0) + 1];
}

type Axis = { low: number; high: number; nice: boolean; ticks: number | number[] };

/** From where to where an axis goes, and where it is marked. */
function axisOf([low, high]: [number, number], { ticks }: Words): Axis {
  const marked = ticks?.(low, high) ?? [];
  const [first, last] = [marked[0], marked.at(-1)];
  if (first === undefined || last === undefined) return { low, high, nice: true, ticks: 4 };
  return { low: first, high: last, nice: false, ticks: marked };
}

function everyNth(marks: readonly { at: Date }[], most: number): Date[] {
  const step = Math.max(1, Math.ceil(marks.length / Math.max(2, most)));
  return marks.filter((_, index) => (marks.length - 1 - index) % step === 0).map(({ at }) => at);
}

const LINE = { x: "at", y: "value", z: "stretch", strokeLinecap: "round" } as const;

/** Each step from one mark to the next: the thin ones begin or end with a part. */
function stretches(
  marks: readonly TimeMark[],
  { thin }: { thin: boolean },
): (TimeMark & { stretch: number })[] {
  return marks.flatMap((mark, place) => {
    const next = marks[place + 1];
    if (next === undefined || (mark.part || next.part) !== thin) return [];
    return [mark, next].map((end) => ({ ...end, stretch: place }));
  });
}

export function drawOverTime(
  marks: readonly TimeMark[],
  width: number,
  { words, fromZero, when }: { words: Words; fromZero: boolean; when: (at: Date) => string },
): SVGSVGElement {
  const known = marks.filter(({ value }) => value !== null);
  const last = known.slice(-1);
  const [parts, wholes] = [known.filter(({ part }) => part), known.filter(({ part }) => !part)];
  const { low, high, nice, ticks } = axisOf(domainOf(marks, { fromZero }), words);
  const svg = plot({
    width,
    height: 200,
    marginLeft: 60,
    marginRight: 72,
    marginTop: 12,
    marginBottom: 24,
    x: { type: "utc", domain: [marks[0]?.at ?? new Date(0), marks.at(-1)?.at ?? new Date(1)] },
    y: { domain: [low, high], nice, clamp: true },
    marks: [
      gridY({ ticks, stroke: "var(--line)", strokeOpacity: 1 }),
      areaY(marks, { x: "at", y1: "low", y2: "high", fill: "var(--band)" }),
      ...(low <= 0 ? [ruleY([0], { stroke: INK })] : []),
      axisY({ ...AXIS, ticks, tickFormat: words.tick }),
      axisX(everyNth(marks, Math.floor(width / TICK_WIDTH)), { ...AXIS, tickFormat: when }),
      lineY(marks, { x: "at", y: "before", stroke: HOLD, strokeWidth: 1.5, strokeDasharray: "2,3" }),
      lineY(stretches(marks, { thin: false }), { ...LINE, stroke: INK, strokeWidth: 2 }),
      lineY(stretches(marks, { thin: true }), { ...LINE, stroke: HOLD, strokeWidth: 1 }),
      // A line needs two neighbours: what stands alone between gaps is a dot.
      dot(known.length <= FEW_MARKS ? wholes : [], { x: "at", y: "value", r: 2.5, fill: INK }),
      dot(last, { x: "at", y: "value", r: 4, fill: INK, stroke: INK, strokeWidth: 1.5 }),
      dot(parts, { x: "at", y: "value", r: 4, fill: "var(--paper)", stroke: INK, strokeWidth: 1.5 }),
      text(last, {
        x: "at",
        y: "value",
        text: ({ value }: TimeMark) => words.value(value ?? 0),
        dx: 9,
        textAnchor: "start",
        fill: INK,
        fontSize: 12,
        fontWeight: 600,
      }),
    ],
  });
  return finishedPlot(svg, words.label);
}

export function drawByGroup(
  marks: readonly GroupMark[],
  width: number,
  { words, fromZero, bars }: { words: Words & { few: string }; fromZero: boolean; bars: boolean },
): SVGSVGElement {
  const known = marks.filter(({ value }) => value !== null);
  const spans = known.filter(({ low, high }) => low !== null && high !== null);
  const earlier = marks.filter(({ before }) => before !== null);
  const { low, high, nice, ticks } = axisOf(domainOf(marks, { fromZero }), words);
  const names = Math.min(180, Math.max(96, width * 0.3));
  const place = { y: "name" } as const;
  const shown: Markish[] = bars
    ? [barX(known, { ...place, x1: 0, x2: "value", fill: INK, insetTop: 8, insetBottom: 8 })]
    : [
        ruleY(spans, { ...place, x1: "low", x2: "high", stroke: "var(--edge)", strokeWidth: 6, clip: true }),
        tickX(spans, {
          ...place,
          x: "low",
          stroke: INK,
          strokeWidth: 2,
          insetTop: 8,
          insetBottom: 8,
          clip: true,
        }),
        tickX(spans, {
          ...place,
          x: "high",
          stroke: INK,
          strokeWidth: 2,
          insetTop: 8,
          insetBottom: 8,
          clip: true,
        }),
      ];
  const svg = plot({
    width,
    height: 40 + marks.length * 28,
    marginLeft: names,
    marginRight: 72,
    marginTop: 8,
    marginBottom: 24,
    x: { domain: [low, high], nice, clamp: true },
    y: { type: "band", domain: marks.map(({ name }) => name), padding: 0 },
    marks: [
      gridX({ ticks, stroke: "var(--line)", strokeOpacity: 1 }),
      ...(low <= 0 ? [ruleX([0], { stroke: INK })] : []),
      axisX({ ...AXIS, ticks, tickFormat: words.tick }),
      axisY({
        ...AXIS,
        fill: INK,
        fontSize: 12,
        lineWidth: names / 12,
        textOverflow: "ellipsis-end",
      }),
      ...shown,
      dot(earlier, { ...place, x: "before", r: 4.5, fill: "var(--paper)", stroke: HOLD, strokeWidth: 2 }),
      ...(bars ? [] : [dot(known, { ...place, x: "value", r: 5, fill: INK, stroke: "var(--paper)" })]),
      text(
        marks.filter(({ few }) => few),
        { ...place, frameAnchor: "left", text: () => words.few, dx: 8, fill: "var(--ink3)", fontSize: 12 },
      ),
      text(known, {
        ...place,
        frameAnchor: "right",
        text: ({ value }: GroupMark) => words.value(value ?? 0),
        dx: 68,
        textAnchor: "end",
        fill: INK,
        fontSize: 12,
        fontWeight: 600,
      }),
    ],
  });
  return finishedPlot(svg, words.label);
}
