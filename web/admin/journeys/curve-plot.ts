/**
 * What is felt along a journey, drawn by Observable Plot: a curve with its band, a face at each stage. Loaded only when
 * there is something to draw.
 *
 * Units   `width` in CSS pixels; feelings from −1 to +1, null where too few have answered.
 */
import { areaY, axisY, dot, gridY, lineY, plot, ruleY, text } from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type CurvePoint = {
  stage: string;
  felt: number | null;
  low: number | null;
  high: number | null;
  eased: number | null;
};
export type CurveWords = { label: string; neutral: string; ease: string; value: (value: number) => string };

const HEIGHT = 280;
/** The first column of the table below, so that each stage stands over its own. */
const FIRST_COLUMN = 120;
const FACE_RADIUS = 10;
const NEUTRAL = 0.2;
const SVG = "http://www.w3.org/2000/svg";

export function drawCurve(points: readonly CurvePoint[], width: number, words: CurveWords): SVGSVGElement {
  const data = points.map((point, at) => ({ ...point, at }));
  const eased = data.filter(({ eased: value }) => value !== null);
  const told = data.filter(({ felt }) => felt !== null);
  const curve = "monotone-x" as const;
  const drawn = plot({
    width,
    height: HEIGHT,
    marginLeft: FIRST_COLUMN,
    marginRight: 0,
    marginTop: 16,
    marginBottom: 16,
    x: { domain: [-0.5, points.length - 0.5], axis: null },
    y: { domain: [-1, 1] },
    marks: [
      gridY([-0.8, -0.4, 0.4, 0.8], { stroke: "var(--line)", strokeOpacity: 1 }),
      areaY(data, {
        x: "at",
        y1: (point: CurvePoint) => point.low ?? Number.NaN,
        y2: (point: CurvePoint) => point.high ?? Number.NaN,
        fill: "var(--band)",
        fillOpacity: 1,
        curve,
      }),
      ruleY([0], { stroke: "var(--ink)" }),
      axisY([-0.8, -0.4, 0, 0.4, 0.8], {
        tickSize: 0,
        label: null,
        fill: "var(--ink3)",
        fontSize: 11,
        tickFormat: (value: number) => (value === 0 ? words.neutral : words.value(value)),
      }),
      lineY(data, {
        x: "at",
        y: (point: CurvePoint) => point.eased ?? Number.NaN,
        stroke: "var(--hold)",
        strokeDasharray: "4 4",
        curve,
      }),
      dot(eased, { x: "at", y: "eased", r: 3, fill: "var(--hold)" }),
      text(eased.slice(0, 1), {
        x: "at",
        y: "eased",
        text: () => words.ease,
        dy: 14,
        fill: "var(--ink2)",
        fontSize: 11,
      }),
      lineY(data, {
        x: "at",
        y: (point: CurvePoint) => point.felt ?? Number.NaN,
        stroke: "var(--ink)",
        strokeWidth: 2,
        curve,
      }),
      text(told, {
        x: "at",
        y: "felt",
        text: (point: CurvePoint) => words.value(point.felt ?? 0),
        dy: (-2 * FACE_RADIUS - 2) as number,
        fill: "var(--ink)",
        fontSize: 13,
        fontWeight: 600,
      }),
    ],
  });
  const [x, y] = [drawn.scale("x"), drawn.scale("y")];
  const svg = finishedPlot(drawn, words.label);
  for (const { at, felt } of told) {
    if (x !== undefined && y !== undefined && felt !== null) {
      svg.append(faceOf(Number(x.apply(at)), Number(y.apply(felt)), felt));
    }
  }
  return svg;
}

/** A face whose mouth and colour say the same. */
function faceOf(x: number, y: number, felt: number): SVGGElement {
  const tone = felt > NEUTRAL ? "good" : felt < -NEUTRAL ? "bad" : "warn";
  const bend = tone === "good" ? 4 : tone === "bad" ? -4 : 0;
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("transform", `translate(${x},${y})`);
  group.setAttribute("fill", "none");
  group.setAttribute("stroke", `var(--${tone})`);
  group.setAttribute("stroke-width", "1.75");
  group.setAttribute("stroke-linecap", "round");
  const circle = part("circle", { r: FACE_RADIUS, fill: "var(--sheet)" });
  const mouthAt = bend < 0 ? 5.5 : 3;
  const mouth = part("path", { d: `M-4.5,${mouthAt}Q0,${mouthAt + bend} 4.5,${mouthAt}` });
  const eyes = part("path", { d: "M-3.5,-3.5v1M3.5,-3.5v1" });
  group.append(circle, eyes, mouth);
  return group;
}

function part(name: "circle" | "path", attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
