/** The ways that most visits take, as a flow from page to page. */
import type { VNode } from "preact";
import type { Ways as WaysAnswer } from "../../../domain/journeys/wire.ts";
import { number } from "../../shared/format.ts";
import { Drawn } from "../charts/drawn.tsx";
import { pageWords } from "../funnels/figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { ChartOrTable } from "./chart-or-table.tsx";
import type { drawFlow } from "./flow-plot.ts";
import { j } from "./words.ts";

/** Narrower, and its words would lie over each other: then it is scrolled. */
const LEAST_WIDTH = 860;
const SHOWN_ROWS = 60;

type Node = WaysAnswer["nodes"][number];

export function Ways({ ways }: { ways: WaysAnswer }): VNode {
  const language = locale.value;
  const draw = (using: typeof drawFlow, width: number): SVGSVGElement =>
    using(ways, Math.max(width, LEAST_WIDTH), {
      label: j("waysLabel", { n: ways.visits }),
      name: nodeWords,
      count: (visits) => number(language, visits),
      position: (position) => j("position", { n: position + 1 }),
    });
  return (
    <ChartOrTable
      id="journey-ways"
      title={j("ways")}
      note={j("waysNote", { n: ways.visits })}
      chart={
        ways.visits === 0 ? (
          <p class="quiet journey-nothing">{j("waysEmpty")}</p>
        ) : (
          <div class="table-scroll journey-flow" tabIndex={0}>
            <Drawn
              load={() => import("./flow-plot.ts").then((module) => module.drawFlow)}
              draw={draw}
              of={[ways, language]}
            />
          </div>
        )
      }
      table={<WaysTable ways={ways} />}
      onCsv={() => saveCsv(ways)}
    />
  );
}

function nodeWords({ kind, page }: Pick<Node, "kind" | "page">): string {
  return kind === "page" && page !== null ? pageWords(page) : j(`node_${kind}`);
}

function WaysTable({ ways: { nodes, links } }: { ways: WaysAnswer }): VNode {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const name = (id: string) => nodeWords(byId.get(id) ?? { kind: "others", page: null });
  return (
    <div class="table-scroll tall" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              {j("pageNumber")}
            </th>
            <th scope="col">{j("fromPage")}</th>
            <th scope="col">{j("toPage")}</th>
            <th scope="col" class="number">
              {j("rowVisits")}
            </th>
          </tr>
        </thead>
        <tbody>
          {links.slice(0, SHOWN_ROWS).map(({ source, target, visits }) => (
            <tr key={`${source} ${target}`}>
              <td class="number">{number(locale.value, (byId.get(source)?.position ?? 0) + 1)}</td>
              <th scope="row">{name(source)}</th>
              <td>{name(target)}</td>
              <td class="number">{number(locale.value, visits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function saveCsv({ nodes, links }: WaysAnswer): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const name = (id: string) => {
    const node = byId.get(id);
    return node?.page ?? node?.kind ?? "";
  };
  download(
    "aparte-ways.csv",
    writeCsv([
      ["position", "from", "to", "visits"],
      ...links.map(({ source, target, visits }) => [
        (byId.get(source)?.position ?? 0) + 1,
        name(source),
        name(target),
        visits,
      ]),
    ]),
  );
}
