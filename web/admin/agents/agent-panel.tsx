/** One agent beside the team and the best, figure by figure, each with its interval: to learn from, not to rank. */
import type { VNode } from "preact";
import { directionOf } from "../../../domain/overview/change.ts";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { written } from "./figure-text.ts";
import {
  againstBest,
  type Agent,
  type AgentFigure,
  type AgentRow,
  type Column,
  figureOf,
  OUTCOMES,
} from "./view.ts";
import { a } from "./words.ts";

type Part = { agent: Agent; agents: readonly Agent[]; team: AgentRow | undefined };

export function AgentPanel({ agent, agents, team }: Part): VNode {
  return (
    <section aria-labelledby="agent-panel" class="agent-panel">
      <h2 id="agent-panel">{a("panelTitle", { name: agent.name })}</h2>
      <p class="note">{a("panelNote")}</p>
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="agent-panel">
        <table>
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
            {OUTCOMES.map((column) => (
              <Row key={column.key} column={column} agent={agent} agents={agents} team={team} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ column, agent, agents, team }: Part & { column: Column }): VNode {
  const found = againstBest(agent, agents, column);
  return (
    <tr>
      <th scope="row">{a(`col_${column.key}`)}</th>
      <td class="number">
        <Told told={agent.figures[column.key]} column={column} />
      </td>
      <td class="number">
        {team === undefined ? "-" : <Told told={figureOf(team, column)} column={column} />}
      </td>
      <td class="number">
        {found === null ? "-" : <Told told={found.best.figures[column.key]} column={column} />}
      </td>
      <td class="number">
        <Gap found={found} agent={agent} column={column} />
      </td>
    </tr>
  );
}

function Told({ told, column }: { told: AgentFigure; column: Column }): VNode {
  const site = useSite();
  const write = (value: number): string => written(locale.value, value, column.unit, site.settings.currency);
  const { figure, few } = told;
  if (few !== null) return <span class="quiet">{a(`few_${few.basis}`, { n: Math.floor(few.n) })}</span>;
  if (figure.value === null) return <>-</>;
  return (
    <>
      {write(figure.value)}{" "}
      {figure.interval === null ? null : (
        <span class="quiet">
          {a("span", { low: write(figure.interval[0]), high: write(figure.interval[1]) })}
        </span>
      )}
    </>
  );
}

function Gap({
  found,
  agent,
  column,
}: {
  found: ReturnType<typeof againstBest>;
  agent: Agent;
  column: Column;
}): VNode {
  if (agent.figures[column.key].figure.value === null || found === null) {
    return <span class="quiet">{a("gapUnknown")}</span>;
  }
  if (found.best.id === agent.id) return <>{a("gapNone")}</>;
  if (found.change === null) return <span class="quiet">{a("gapUnknown")}</span>;
  return directionOf(found.change) === 0 ? <span class="quiet">{a("gapChance")}</span> : <>{a("gapReal")}</>;
}
