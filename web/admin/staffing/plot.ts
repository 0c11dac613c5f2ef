/**
 * The staffing screen's two drawings by Observable Plot: chats by quarter hours with their forecast and its band, and
 * agents there and needed, what is missing hatched. Loaded only when there is a day to draw.
 *
 * Units   `width` in CSS pixels; moments are ISO 8601 UTC.
 */
import {
  areaY,
  axisX,
  axisY,
  gridY,
  lineY,
  type Markish,
  plot,
  rectY,
  ruleX,
  ruleY,
  text,
} from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type DrawnInterval = {
  from: string;
  to: string;
  actual: number | null;
  forecast: number | null;
  low: number | null;
  high: number | null;
  agents: number | null;
  needed: number | null;
};
export type DrawnShortage = { from: string; to: string; label: string };
export type Drawing = {
  intervals: readonly DrawnInterval[];
  shortages: readonly DrawnShortage[];
  /** Where the line of the present moment stands, and its words; null on other days. */
  now: { at: string; label: string } | null;
};
export type DrawingWords = { label: string; tick: (at: Date) => string; count: (value: number) => string };

const HOUR_MS = 3_600_000;
const TICK_WIDTH = 80;
/** Room above the highest mark for the words of shortages. */
const HEADROOM = 1.12;
const AXIS = { tickSize: 0, label: null, fill: "var(--ink3)", fontSize: 11 } as const;
const INK = "var(--ink)";
const ACCENT = "var(--accent)";

/** Chats each quarter hour: what came as bars, what was foretold as a dashed line with its band. */
export function drawChats(drawing: Drawing, width: number, words: DrawingWords): SVGSVGElement {
  const rows = drawing.intervals.map((one) => ({ ...one, start: new Date(one.from), end: new Date(one.to) }));
  const foretold = rows.flatMap(({ start, end, forecast, low, high }) =>
    forecast === null || low === null || high === null
      ? []
      : [{ at: new Date((start.getTime() + end.getTime()) / 2), forecast, low, high }],
  );
  const came = rows.filter(({ actual }) => actual !== null);
  const highest = Math.max(4, ...came.map(({ actual }) => actual ?? 0), ...foretold.map(({ high }) => high));
  const top = highest * HEADROOM;
  const marks: Markish[] = [
    ...shortageMarks(drawing, top),
    gridY({ ticks: 4, stroke: "var(--line)", strokeOpacity: 1 }),
    areaY(foretold, { x: "at", y1: "low", y2: "high", fill: "var(--band)" }),
    rectY(came, { x1: "start", x2: "end", y1: 0, y2: "actual", fill: INK, insetLeft: 1.5, insetRight: 1.5 }),
    lineY(foretold, { x: "at", y: "forecast", stroke: ACCENT, strokeWidth: 2, strokeDasharray: "5,4" }),
    ruleY([0], { stroke: INK }),
    ...nowMarks(drawing.now, top),
    ...labelMarks(drawing, top),
  ];
  return draw({ rows, top, width, height: 260, words, marks });
}

/** Agents there and needed as steps, what is missing between them hatched. */
export function drawAgents(drawing: Drawing, width: number, words: DrawingWords): SVGSVGElement {
  const rows = drawing.intervals.map((one) => ({ ...one, start: new Date(one.from), end: new Date(one.to) }));
  const top = Math.max(
    3,
    ...rows.flatMap(({ agents, needed }) => [(agents ?? 0) + 0.5, (needed ?? 0) + 0.5]),
  );
  const missing = rows.filter(
    ({ agents, needed }) => agents !== null && needed !== null && needed > Math.round(agents),
  );
  const marks: Markish[] = [
    gridY({ ticks: 3, stroke: "var(--line)", strokeOpacity: 1 }),
    rectY(missing, {
      x1: "start",
      x2: "end",
      y1: (row: { agents: number | null }) => Math.round(row.agents ?? 0),
      y2: "needed",
      fill: "url(#staffing-hatch)",
      inset: 0,
    }),
    // Just below, so that both are seen where as many are there as are needed.
    stepLine(rows, ({ needed }) => needed, ACCENT, 2),
    stepLine(rows, ({ agents }) => agents, INK),
    ruleY([0], { stroke: INK }),
    ...nowMarks(drawing.now === null ? null : { ...drawing.now, label: "" }, top),
  ];
  const svg = draw({ rows, top, width, height: 150, words, marks });
  svg.prepend(hatching());
  return svg;
}

type Row = DrawnInterval & { start: Date; end: Date };

function shortageMarks({ shortages }: Drawing, top: number): Markish[] {
  const spans = shortages.map(({ from, to }) => ({ from: new Date(from), to: new Date(to) }));
  return [rectY(spans, { x1: "from", x2: "to", y1: 0, y2: top, fill: "var(--accent-soft)" })];
}

/** Each shortage's words at its head, above everything drawn there; those near the end are written back from it. */
function labelMarks({ shortages, intervals }: Drawing, top: number): Markish[] {
  const begins = Date.parse(intervals[0]?.from ?? "");
  const ends = Date.parse(intervals.at(-1)?.to ?? "");
  return shortages.map(({ from, to, label }) => {
    const late = Date.parse(from) > begins + (ends - begins) / 2;
    return text([{ at: new Date(late ? to : from), label }], {
      x: "at",
      y: () => top,
      text: "label",
      dx: late ? -6 : 6,
      dy: 10,
      textAnchor: late ? "end" : "start",
      fill: ACCENT,
      stroke: "var(--accent-soft)",
      strokeWidth: 4,
      fontSize: 12,
      fontWeight: 600,
    });
  });
}

function nowMarks(now: Drawing["now"], top: number): Markish[] {
  if (now === null) return [];
  const here = [{ at: new Date(now.at), label: now.label }];
  const rule = ruleX(here, { x: "at", stroke: INK, strokeWidth: 1.5 });
  if (now.label === "") return [rule];
  const label = text(here, {
    x: "at",
    y: () => top,
    text: "label",
    dx: 6,
    dy: -8,
    textAnchor: "start",
    fill: INK,
    stroke: "var(--paper)",
    strokeWidth: 4,
    fontSize: 12,
    fontWeight: 600,
  });
  return [rule, label];
}

/** A line of steps that holds its value to the end of each quarter hour; broken where there is none. */
function stepLine(
  rows: readonly Row[],
  valueOf: (row: Row) => number | null,
  stroke: string,
  dy = 0,
): Markish {
  const points = rows.flatMap((row) => {
    const value = valueOf(row);
    const at = value === null ? Number.NaN : value;
    return [
      { at: row.start, value: at },
      { at: row.end, value: at },
    ];
  });
  return lineY(points, { x: "at", y: "value", stroke, strokeWidth: 2, dy });
}

type Plan = {
  rows: readonly Row[];
  top: number;
  width: number;
  height: number;
  words: DrawingWords;
  marks: Markish[];
};

function draw({ rows, top, width, height, words, marks }: Plan): SVGSVGElement {
  const [first, last] = [rows[0]?.start ?? new Date(0), rows.at(-1)?.end ?? new Date(HOUR_MS)];
  const svg = plot({
    width,
    height,
    marginLeft: 32,
    marginRight: 12,
    marginTop: 20,
    marginBottom: 24,
    x: { type: "utc", domain: [first, last] },
    y: { domain: [0, top] },
    marks: [
      ...marks,
      axisY({ ...AXIS, ticks: 4, tickFormat: words.count }),
      axisX(hourTicks(first, last, Math.floor(width / TICK_WIDTH)), { ...AXIS, tickFormat: words.tick }),
    ],
  });
  return finishedPlot(svg, words.label);
}

/** Full hours from the day's first, as many as fit; the scale's own would be round hours of UTC. */
function hourTicks(first: Date, last: Date, most: number): Date[] {
  const hours = Math.ceil((last.getTime() - first.getTime()) / HOUR_MS);
  const step = Math.max(1, Math.ceil(hours / Math.max(2, most)));
  return Array.from(
    { length: Math.floor(hours / step) + 1 },
    (_, index) => new Date(first.getTime() + index * step * HOUR_MS),
  ).filter((at) => at <= last);
}

const SVG = "http://www.w3.org/2000/svg";

/** Stripes in the accent on its soft ground, for what is missing. */
function hatching(): SVGDefsElement {
  const defs = document.createElementNS(SVG, "defs");
  const pattern = document.createElementNS(SVG, "pattern");
  for (const [name, value] of Object.entries({
    id: "staffing-hatch",
    width: "7",
    height: "7",
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  })) {
    pattern.setAttribute(name, value);
  }
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", "7");
  ground.setAttribute("height", "7");
  ground.setAttribute("fill", "var(--accent-soft)");
  const stripe = document.createElementNS(SVG, "line");
  stripe.setAttribute("y2", "7");
  stripe.setAttribute("stroke", ACCENT);
  stripe.setAttribute("stroke-width", "4");
  pattern.append(ground, stripe);
  defs.append(pattern);
  return defs;
}
