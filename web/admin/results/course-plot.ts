/**
 * The course of a difference, drawn by Observable Plot in the look's colours. Loaded only when there is one to draw.
 *
 * Units   `width` in CSS pixels; differences are shares, moments ISO 8601 UTC.
 */
import { areaY, axisX, axisY, dot, gridY, lineY, plot, ruleX, ruleY, text } from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type CoursePoint = { at: string; difference: { value: number; low: number; high: number } };
export type CourseWords = {
  label: string;
  last: string;
  plannedEnd: string;
  endsAt: string | null;
  tone: "good" | "bad" | "ink";
  tick: (at: Date) => string;
  points: (share: number) => string;
};

const HEIGHT = 260;
const TICK_WIDTH = 96;

export function drawCourse(course: readonly CoursePoint[], width: number, words: CourseWords): SVGSVGElement {
  const data = course.map(({ at, difference }) => ({ at: new Date(at), ...difference }));
  const end = data.slice(-1);
  const ends = words.endsAt === null ? [] : [new Date(words.endsAt)];
  const step = Math.max(1, Math.ceil(data.length / Math.max(2, Math.floor(width / TICK_WIDTH))));
  const ticks = data.filter((_, index) => (data.length - 1 - index) % step === 0).map(({ at }) => at);
  const colour = `var(--${words.tone})`;
  const axis = { tickSize: 0, label: null, fill: "var(--ink3)", fontSize: 11 };
  const svg = plot({
    width,
    height: HEIGHT,
    marginLeft: 40,
    marginRight: 56,
    marginTop: 20,
    marginBottom: 24,
    x: { type: "utc" },
    marks: [
      gridY({ ticks: 4, stroke: "var(--line)", strokeOpacity: 1 }),
      areaY(data, { x: "at", y1: "low", y2: "high", fill: "var(--band)", fillOpacity: 1 }),
      ruleY([0], { stroke: "var(--ink)" }),
      ruleX(ends, { stroke: "var(--ink)" }),
      text(ends, {
        x: (at: Date) => at,
        frameAnchor: "top",
        dy: -12,
        dx: -4,
        textAnchor: "end",
        text: () => words.plannedEnd,
        fill: "var(--ink2)",
        fontSize: 11,
      }),
      axisY({ ...axis, ticks: 4, tickFormat: words.points }),
      axisX(ticks, { ...axis, tickFormat: words.tick }),
      lineY(data, { x: "at", y: "value", stroke: "var(--ink)", strokeWidth: 2 }),
      dot(end, { x: "at", y: "value", r: 4, fill: colour }),
      text(end, {
        x: "at",
        y: "value",
        text: () => words.last,
        dx: 9,
        textAnchor: "start",
        fill: colour,
        fontSize: 13,
        fontWeight: 600,
      }),
    ],
  });
  return finishedPlot(svg, words.label);
}
