/**
 * One agent beside the best, in outcomes and in the canned answers they send, as the API judges it: to learn from, not to
 * rank.
 */
import type { VNode } from "preact";
import type { ComparedOutcome, Comparison } from "../../../domain/kpi/agent-comparison.ts";
import { type Column, COLUMNS, figureOf, type FigureRow, NONE } from "../../../domain/kpi/agent-figures.ts";
import { request } from "../../shared/api.ts";
import { download, writeCsv } from "../overview/csv.ts";
import type { PeriodRange } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { apiPath, useSite } from "../site.ts";
import { Shown } from "../states.tsx";
import { AnswersTable } from "./answers-table.tsx";
import { csvCells, csvHead } from "./figure-text.ts";
import { GapTold, gapWords, Told } from "./told.tsx";
import type { Agent } from "./view.ts";
import { a } from "./words.ts";

const POLL_MS = 60_000;

type Part = {
  agent: Pick<Agent, "id" | "name">;
  team: FigureRow | undefined;
  range: Pick<PeriodRange, "from" | "to"> & { businessHours: boolean };
  nameOf: (id: string) => string;
};

export function AgentPanel({ agent, team, range, nameOf }: Part): VNode {
  const site = useSite();
  const query = new URLSearchParams({ agent: agent.id, from: range.from, to: range.to });
  if (range.businessHours) query.set("business_hours", "true");
  const path = `${apiPath(site.key, "agent-comparison")}?${query}`;
  const resource = useResource(
    path,
    (signal) => request<Comparison>("GET", path, undefined, { signal }),
    POLL_MS,
  );
  return (
    <>
      <section aria-labelledby="agent-panel" class="agent-panel">
        <h2 id="agent-panel">{a("panelTitle", { name: agent.name })}</h2>
        <p class="note agents-note">{a("panelNote")}</p>
        <Shown resource={resource} title={a("panelFailed")} lines={5}>
          {({ outcomes }) => <Outcomes agent={agent} team={team} outcomes={outcomes} nameOf={nameOf} />}
        </Shown>
      </section>
      {resource.data === undefined ? null : (
        <AnswersTable agent={agent} answers={resource.data.canned} nameOf={nameOf} />
      )}
    </>
  );
}

type Rows = Pick<Part, "agent" | "team" | "nameOf"> & { outcomes: readonly ComparedOutcome[] };

function Outcomes({ agent, team, outcomes, nameOf }: Rows): VNode {
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="agent-panel">
        <table class="panel-table">
          <thead>
            <tr>
              <th scope="col">{a("panelFigure")}</th>
              {(["panelOwn", "panelTeam", "panelBest", "panelGap"] as const).map((name) => (
                <th key={name} scope="col" class="number">
                  {a(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {outcomes.map((outcome) => {
              const column = columnOf(outcome.kpi);
              return column === undefined ? null : (
                <Row key={outcome.kpi} outcome={outcome} column={column} team={team} nameOf={nameOf} />
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="chart-links">
        <button
          type="button"
          class="link"
          aria-label={a("csvOf", { of: a("panelTitle", { name: agent.name }) })}
          onClick={() => saveOutcomes(agent, outcomes, nameOf)}
        >
          CSV
        </button>
      </p>
    </>
  );
}

function columnOf(kpi: string): Column | undefined {
  return COLUMNS.find((column) => column.kpi === kpi);
}

type RowPart = Pick<Part, "team" | "nameOf"> & { outcome: ComparedOutcome; column: Column };

function Row({ outcome, column, team, nameOf }: RowPart): VNode {
  const { own, gap } = outcome;
  return (
    <tr>
      <th scope="row">{a(`col_${column.key}`)}</th>
      <td class="number">
        <Told told={own} column={column} />
      </td>
      <td class="number">
        {team === undefined ? "-" : <Told told={figureOf(team, column)} column={column} />}
      </td>
      <td class="number">
        {gap.best === null ? (
          "-"
        ) : (
          <>
            <Told told={{ figure: gap.best.figure, few: null }} column={column} />
            <span class="who">{nameOf(gap.best.id)}</span>
          </>
        )}
      </td>
      <td class="number">
        <GapTold outcome={outcome} />
      </td>
    </tr>
  );
}

function saveOutcomes(
  agent: Part["agent"],
  outcomes: readonly ComparedOutcome[],
  nameOf: Part["nameOf"],
): void {
  const own = a("panelOwn");
  const best = a("panelBest");
  const head = [
    a("col_name"),
    a("panelFigure"),
    ...csvHead(own, "share"),
    ...csvHead(best, "share"),
    a("csvBestName"),
    a("panelGap"),
  ];
  const rows = outcomes.map((outcome) => {
    const { kpi, own: told, gap } = outcome;
    const column = columnOf(kpi);
    return [
      agent.name,
      column === undefined ? kpi : a(`col_${column.key}`),
      ...csvCells(told, "share"),
      ...csvCells({ figure: gap.best?.figure ?? NONE, few: null }, "share"),
      gap.best === null ? null : nameOf(gap.best.id),
      gapWords(outcome),
    ];
  });
  download("aparte-agent.csv", writeCsv([head, ...rows]));
}
