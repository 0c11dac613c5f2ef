/**
 * A flow from page to page, laid out by d3-sankey: widths are visits, a column is a visit's n-th page. Loaded only when
 * there is something to draw.
 *
 * Units   `width` in CSS pixels.
 */
import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import type { Ways } from "../../../domain/journeys/wire.ts";

type Node = Ways["nodes"][number];
type Link = Pick<Ways["links"][number], "visits">;
export type FlowWords = {
  label: string;
  name: (node: Node) => string;
  count: (visits: number) => string;
  position: (position: number) => string;
};

const HEIGHT = 440;
const TOP = 28;
const NODE_WIDTH = 10;
const LABEL_WIDTH = 128;
const LEAST_LABELLED = 11;
/** What a character of a label is wide, on average. */
const CHARACTER = 6.2;
const SVG = "http://www.w3.org/2000/svg";
const FILL: Record<Node["kind"], string> = {
  page: "var(--ink)",
  others: "var(--hold)",
  bought: "var(--accent)",
  left: "var(--line)",
};

export function drawFlow(ways: Ways, width: number, words: FlowWords): SVGSVGElement {
  const order = new Map(ways.nodes.map(({ id }, index) => [id, index]));
  const layout = sankey<Node, Link>()
    .nodeId(({ id }) => id)
    .nodeAlign(({ position }) => position)
    .nodeSort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
    .nodeWidth(NODE_WIDTH)
    .nodePadding(12)
    .extent([
      [0, TOP],
      [width - LABEL_WIDTH, HEIGHT - 4],
    ]);
  const { nodes, links } = layout({
    nodes: ways.nodes.map((node) => ({ ...node })),
    links: ways.links.map((link) => ({ ...link, value: link.visits })),
  });
  const svg = element("svg", {
    class: "plot",
    role: "img",
    "aria-label": words.label,
    width,
    height: HEIGHT,
    viewBox: `0 0 ${width} ${HEIGHT}`,
  });
  const path = sankeyLinkHorizontal<Node, Link>();
  for (const link of links) {
    const [source, target] = [link.source, link.target];
    if (typeof source !== "object" || typeof target !== "object") continue;
    const drawn = element("path", {
      d: path(link) ?? "",
      fill: "none",
      stroke: target.kind === "bought" ? "var(--accent)" : "var(--ink)",
      "stroke-opacity": target.kind === "bought" ? 0.4 : target.kind === "left" ? 0.08 : 0.16,
      "stroke-width": Math.max(1, link.width ?? 0),
    });
    drawn.append(titled(`${words.name(source)} → ${words.name(target)}: ${words.count(link.visits)}`));
    svg.append(drawn);
  }
  const seen = new Set<number>();
  for (const node of nodes) {
    const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node;
    if (!seen.has(node.position)) {
      seen.add(node.position);
      svg.append(label(words.position(node.position), x0, 12, "var(--ink3)"));
    }
    const box = element("rect", {
      x: x0,
      y: y0,
      width: x1 - x0,
      height: Math.max(1, y1 - y0),
      fill: FILL[node.kind],
      ...(node.kind === "left" ? { stroke: "var(--hold)" } : {}),
    });
    box.append(titled(`${words.name(node)}: ${words.count(node.visits)}`));
    svg.append(box);
    if (y1 - y0 < LEAST_LABELLED) continue;
    const room = (width - LABEL_WIDTH - NODE_WIDTH) / Math.max(1, columnsOf(nodes) - 1) - NODE_WIDTH - 12;
    const text = `${words.name(node)} ${words.count(node.visits)}`;
    svg.append(
      label(
        cut(words.name(node), words.count(node.visits), room),
        x1 + 6,
        (y0 + y1) / 2 + 4,
        "var(--ink)",
        text,
      ),
    );
  }
  return svg;
}

function columnsOf(nodes: readonly Node[]): number {
  return Math.max(...nodes.map(({ position }) => position)) + 1;
}

/** A name that leaves room for its count. */
function cut(name: string, count: string, room: number): string {
  const most = Math.max(4, Math.floor(room / CHARACTER) - count.length - 1);
  return `${name.length > most ? `${name.slice(0, most - 1)}…` : name} ${count}`;
}

function label(text: string, x: number, y: number, fill: string, whole?: string): SVGElement {
  const halo = {
    stroke: "var(--paper)",
    "stroke-width": 3,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  };
  const drawn = element("text", { x, y, fill, "font-size": 11, ...halo });
  drawn.textContent = text;
  if (whole !== undefined && whole !== text) drawn.append(titled(whole));
  return drawn;
}

function titled(text: string): SVGElement {
  const title = element("title", {});
  title.textContent = text;
  return title;
}

function element<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
