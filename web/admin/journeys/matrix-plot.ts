/**
 * Importance for the customer across, for the business upwards, drawn by Observable Plot. Loaded only when there is
 * something to draw.
 *
 * Units   `width` in CSS pixels; importance from 0 to 1, the middle parts what matters from what does not.
 */
import { dot, plot, rect, ruleX, ruleY, text } from "@observablehq/plot";
import { finishedPlot } from "../charts/finished-plot.ts";

export type MatrixPoint = { stage: string; business: number; customer: number };
export type MatrixWords = {
  label: string;
  business: string;
  customer: string;
  both: string;
  onlyBusiness: string;
  onlyCustomer: string;
  neither: string;
};

const MOST_WIDTH = 460;
const MIDDLE = 0.5;
const EDGE = 0.06;

export function drawMatrix(points: readonly MatrixPoint[], width: number, words: MatrixWords): SVGSVGElement {
  const own = Math.min(width, MOST_WIDTH);
  const inBoth = ({ business, customer }: MatrixPoint) => business > MIDDLE && customer > MIDDLE;
  const corner = (label: string, right: boolean, top: boolean) =>
    text([label], {
      frameAnchor: `${top ? "top" : "bottom"}-${right ? "right" : "left"}`,
      text: (one: string) => one,
      dx: right ? -8 : 8,
      dy: top ? 8 : -8,
      fill: right && top ? "var(--accent)" : "var(--ink2)",
      fontWeight: 600,
      fontSize: 11,
    });
  // A label stands beside its dot on the side that has room, and one below another where dots meet.
  const placed = points.map((point, at) => ({
    ...point,
    right: point.customer <= MIDDLE,
    lower: points
      .slice(0, at)
      .filter((other) => Math.hypot(other.business - point.business, other.customer - point.customer) < EDGE)
      .length,
  }));
  const svg = plot({
    width: own,
    height: own * 0.9,
    margin: 8,
    marginLeft: 24,
    marginBottom: 28,
    x: { domain: [-EDGE, 1 + EDGE], axis: null },
    y: { domain: [-EDGE, 1 + EDGE], axis: null },
    marks: [
      rect([0], {
        x1: () => MIDDLE,
        x2: () => 1 + EDGE,
        y1: () => MIDDLE,
        y2: () => 1 + EDGE,
        fill: "var(--accent-soft)",
      }),
      ruleX([-EDGE], { stroke: "var(--ink)" }),
      ruleY([-EDGE], { stroke: "var(--ink)" }),
      ruleX([MIDDLE], { stroke: "var(--ink3)", strokeDasharray: "3 3" }),
      ruleY([MIDDLE], { stroke: "var(--ink3)", strokeDasharray: "3 3" }),
      corner(words.both, true, true),
      corner(words.onlyBusiness, false, true),
      corner(words.onlyCustomer, true, false),
      corner(words.neither, false, false),
      text([words.customer], {
        frameAnchor: "bottom",
        dy: 20,
        text: (one: string) => one,
        fill: "var(--ink2)",
        fontSize: 12,
      }),
      text([words.business], {
        frameAnchor: "left",
        dx: -14,
        rotate: -90,
        text: (one: string) => one,
        fill: "var(--ink2)",
        fontSize: 12,
      }),
      dot(placed, {
        x: "customer",
        y: "business",
        r: 5,
        fill: (point: MatrixPoint) => (inBoth(point) ? "var(--accent)" : "var(--ink)"),
      }),
      ...placed.map((point) =>
        text([point], {
          x: "customer",
          y: "business",
          text: "stage",
          dx: point.right ? 10 : -10,
          dy: 14 * point.lower,
          textAnchor: point.right ? "start" : "end",
          fill: "var(--ink)",
          fontSize: 12,
          fontWeight: inBoth(point) ? 600 : 400,
        }),
      ),
    ],
  });
  return finishedPlot(svg, words.label);
}
