/**
 * What was earned so far, drawn by Observable Plot in the look's colours: cumulative, with its band and its zero line.
 * Loaded only when there is a course to draw.
 *
 * Units   `width` in CSS pixels; `day` is a local date, money in major units.
 */
import { areaY, axisX, axisY, dot, gridY, lineY, plot, ruleY, text } from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type EarnedPoint = { day: string; value: number; low: number; high: number };
export type EarnedWords = {
  label: string;
  value: string;
  low: string;
  high: string;
  tick: (day: string) => string;
  money: (value: number) => string;
};

const HEIGHT = 300;
const TICK_WIDTH = 84;
/** Labels at the end keep so much distance, in pixels. */
const LABEL_HEIGHT = 16;
const MARGIN = { top: 20, bottom: 24 };

export function drawEarned(course: readonly EarnedPoint[], width: number, words: EarnedWords): SVGSVGElement {
  const data = course.map((point) => ({ ...point, at: new Date(`${point.day}T00:00:00Z`) }));
  const end = data.slice(-1);
  const step = Math.max(1, Math.ceil(data.length / Math.max(2, Math.floor(width / TICK_WIDTH))));
  const ticks = data.filter((_, index) => (data.length - 1 - index) % step === 0).map(({ at }) => at);
  const [low, high] = [
    Math.min(0, ...data.map((point) => point.low)),
    Math.max(0, ...data.map((point) => point.high)),
  ];
  const axis = { tickSize: 0, label: null, fill: "var(--ink3)", fontSize: 11 };
  const svg = plot({
    width,
    height: HEIGHT,
    marginLeft: 56,
    marginRight: 104,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { type: "utc" },
    y: { domain: [low, high], nice: true },
    marks: [
      gridY({ ticks: 4, stroke: "var(--line)", strokeOpacity: 1 }),
      areaY(data, { x: "at", y1: "low", y2: "high", fill: "var(--band)", fillOpacity: 1 }),
      ruleY([0], { stroke: "var(--ink)" }),
      axisY({ ...axis, ticks: 4, tickFormat: words.money }),
      axisX(ticks, { ...axis, tickFormat: (at: Date) => words.tick(at.toISOString().slice(0, 10)) }),
      lineY(data, { x: "at", y: "value", stroke: "var(--ink)", strokeWidth: 2 }),
      dot(end, { x: "at", y: "value", r: 4, fill: "var(--accent)" }),
      ...endLabels(end[0], words, (high - low) / (HEIGHT - MARGIN.top - MARGIN.bottom)),
    ],
  });
  return finishedPlot(svg, words.label);
}

/** The three values at the line's end, moved apart where they would lie on each other. */
function endLabels(
  last: (EarnedPoint & { at: Date }) | undefined,
  words: EarnedWords,
  perPixel: number,
): ReturnType<typeof text>[] {
  if (last === undefined) return [];
  const apart = LABEL_HEIGHT * perPixel;
  const shown = [
    {
      said: words.high,
      y: Math.max(last.high, last.value + apart),
      size: 11,
      weight: 400,
      fill: "var(--ink3)",
    },
    { said: words.value, y: last.value, size: 13, weight: 600, fill: "var(--accent)" },
    {
      said: words.low,
      y: Math.min(last.low, last.value - apart),
      size: 11,
      weight: 400,
      fill: "var(--ink3)",
    },
  ];
  return shown.map(({ said, y, size, weight, fill }) =>
    text([last], {
      x: "at",
      y: () => y,
      text: () => said,
      dx: 9,
      textAnchor: "start",
      fill,
      fontSize: size,
      fontWeight: weight,
    }),
  );
}
