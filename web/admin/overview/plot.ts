/**
 * The overview's small multiples, drawn by Observable Plot in the look's colours. Loaded only when there is
 * something to draw.
 *
 * Units   `width` in CSS pixels; a point's `at` is ISO 8601 UTC.
 */
import { axisX, axisY, dot, gridY, lineY, plot, ruleY, text } from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type PlotPoint = { at: string; value: number };
export type PlotWords = {
  /** The last point is not over: drawn apart, since what it counts is of a part of its hour or day. */
  running: boolean;
  label: string;
  last: string;
  tick: (at: Date) => string;
  count: (value: number) => string;
};

// Ticks stand on the buckets themselves: the scale's own would be round hours of UTC.
function everyNth(data: readonly { at: Date }[], most: number): Date[] {
  const step = Math.max(1, Math.ceil(data.length / Math.max(2, most)));
  return data.filter((_, index) => (data.length - 1 - index) % step === 0).map(({ at }) => at);
}

/** One series as an SVG: line from zero, its last value written at its end. */
export function drawSeries(points: readonly PlotPoint[], width: number, words: PlotWords): SVGSVGElement {
  const data = points.map(({ at, value }) => ({ at: new Date(at), value }));
  const end = data.slice(-1);
  const over = words.running ? data.slice(0, -1) : data;
  const top = Math.max(4, ...data.map(({ value }) => value));
  const svg = plot({
    width,
    height: 132,
    marginLeft: 44,
    marginRight: 56,
    marginTop: 12,
    marginBottom: 24,
    x: { type: "utc" },
    y: { domain: [0, top], nice: true },
    marks: [
      gridY({ ticks: 3, stroke: "var(--line)", strokeOpacity: 1 }),
      ruleY([0], { stroke: "var(--ink)" }),
      axisY({
        ticks: 3,
        tickSize: 0,
        label: null,
        tickFormat: words.count,
        fill: "var(--ink3)",
        fontSize: 11,
      }),
      axisX(everyNth(data, Math.floor(width / 96)), {
        tickSize: 0,
        label: null,
        tickFormat: words.tick,
        fill: "var(--ink3)",
        fontSize: 11,
      }),
      lineY(over, { x: "at", y: "value", stroke: "var(--ink)", strokeWidth: 2 }),
      lineY(words.running ? data.slice(-2) : [], {
        x: "at",
        y: "value",
        stroke: "var(--hold)",
        strokeWidth: 1,
      }),
      dot(end, {
        x: "at",
        y: "value",
        r: 4,
        fill: words.running ? "var(--paper)" : "var(--ink)",
        stroke: "var(--ink)",
        strokeWidth: 1.5,
      }),
      text(end, {
        x: "at",
        y: "value",
        text: () => words.last,
        dx: 9,
        textAnchor: "start",
        fill: "var(--ink)",
        fontSize: 13,
        fontWeight: 600,
      }),
    ],
  });
  return finishedPlot(svg, words.label);
}
