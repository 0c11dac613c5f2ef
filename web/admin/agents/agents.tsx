/** "Agents": what each one's hours brought, how fast they answer and how content visitors were; by name, not by rank. */
import "./agents.css";
import type { ComponentChildren, VNode } from "preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { COLUMNS, figureOf, type FigureRow } from "../../../domain/kpi/agent-figures.ts";
import { request } from "../../shared/api.ts";
import { number } from "../../shared/format.ts";
import { readAsked } from "../overview/asked.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { HoursTick } from "../overview/hours-tick.tsx";
import { PeriodPicker } from "../overview/period-picker.tsx";
import { type AskedPeriod, DEFAULT_PERIOD, type PeriodRange, rangeOf } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, type Page, screenPath, useSite } from "../site.ts";
import { DataAge, Empty, PageHead, Shown } from "../states.tsx";
import { AgentPanel } from "./agent-panel.tsx";
import { csvCells, csvHead } from "./figure-text.ts";
import { HandsTable } from "./hands-table.tsx";
import { Told } from "./told.tsx";
import { type Agent, agentsOf, type Sort, sorted } from "./view.ts";
import { a } from "./words.ts";

const POLL_MS = 30_000;

type Person = { id: string; name: string };
/** Of which days, and whether durations are counted inside business hours only. */
type AskedRange = PeriodRange & { businessHours: boolean };
type Data = {
  range: AskedRange;
  agents: Agent[];
  team: FigureRow | undefined;
  nameOf: (id: string) => string;
};

export function Agents(): VNode {
  const site = useSite();
  const { query, route } = useLocation();
  const { period: asked, businessHours } = readAsked(query);
  const chosen = query["agent"] ?? null;
  const zone = site.settings.timezone;
  const language = locale.value;
  const resource = useResource(
    `agents ${site.key} ${JSON.stringify(asked)} ${businessHours} ${zone} ${language}`,
    (signal) =>
      readAgents(site.key, { ...rangeOf(asked, zone, Date.now()), businessHours }, language, signal),
    POLL_MS,
  );
  const go = (next: { period?: AskedPeriod; businessHours?: boolean; agent?: string | null }): void => {
    const { period, businessHours: inside, agent } = { period: asked, businessHours, agent: chosen, ...next };
    const wanted = new URLSearchParams(
      typeof period === "string" ? (period === DEFAULT_PERIOD ? {} : { period }) : period,
    );
    if (inside) wanted.set("business_hours", "true");
    if (agent !== null) wanted.set("agent", agent);
    route(`${screenPath(site.key, "agents")}${wanted.size === 0 ? "" : `?${wanted}`}`, true);
  };
  const range = resource.data?.range ?? rangeOf(asked, zone, Date.now());
  return (
    <div class="agents">
      <PageHead title={a("title")}>
        <DataAge resource={resource} />
        <PeriodPicker asked={asked} range={range} zone={zone} onChange={(period) => go({ period })} />
      </PageHead>
      <Shown resource={resource} title={a("failed")} lines={6}>
        {(data) =>
          data.agents.length === 0 ? (
            <Empty title={a("noneTitle")}>
              <p>{a("noneText")}</p>
              <a class="button" href={screenPath(site.key, "team")}>
                {a("toTeam")}
              </a>
            </Empty>
          ) : (
            <Figures data={data} chosen={chosen} onChoose={(agent) => go({ agent })}>
              <HoursTick
                checked={businessHours}
                of={a("businessHoursOf")}
                onChange={(inside) => go({ businessHours: inside })}
              />
            </Figures>
          )
        }
      </Shown>
    </div>
  );
}

async function readAgents(
  site: string,
  range: AskedRange,
  language: string,
  signal: AbortSignal,
): Promise<Data> {
  const span = new URLSearchParams({ from: range.from, to: range.to });
  if (range.businessHours) span.set("business_hours", "true");
  const kpis = (query: URLSearchParams) =>
    request<{ rows: FigureRow[] }>("GET", `${apiPath(site, "kpis")}?${query}`, undefined, { signal });
  const byAgent = new URLSearchParams([...span, ["group_by", "agent"]]);
  const [rows, team, people] = await Promise.all([
    kpis(byAgent),
    kpis(span),
    request<Page<Person>>("GET", `${apiPath(site, "agents")}?limit=200`, undefined, { signal }),
  ]);
  const names = new Map(people.items.map(({ id, name }) => [id, name]));
  const nameOf = (id: string): string => names.get(id) ?? a("gone", { id: id.slice(-6) });
  return { range, nameOf, agents: agentsOf(rows.rows, nameOf, language), team: team.rows[0] };
}

function Figures({
  data,
  chosen,
  children,
  onChoose,
}: {
  data: Data;
  chosen: string | null;
  /** How they are counted. */
  children: ComponentChildren;
  onChoose: (agent: string | null) => void;
}): VNode {
  const [sort, setSort] = useState<Sort>({ by: "name", down: false });
  const { agents, team, range, nameOf } = data;
  const found = agents.find(({ id }) => id === chosen);
  const hours = agents.reduce((sum, { figures }) => sum + (figures.hours.figure.value ?? 0), 0);
  const chats = agents.reduce((sum, { figures }) => sum + (figures.conversations.figure.value ?? 0), 0);
  return (
    <>
      <p class="sentence status-sentence">
        {a("sentence", { agents: agents.length, chats, hours: number(locale.value, hours, 0) })}
      </p>
      <div class="agents-hours">{children}</div>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={a("title")}>
        <table class="agents-table">
          <thead>
            <tr>
              <Head sort={sort} by="name" onSort={setSort} />
              {COLUMNS.map(({ key }) => (
                <Head key={key} sort={sort} by={key} onSort={setSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(agents, sort).map((agent) => (
              <tr key={agent.id} aria-current={agent.id === chosen ? "true" : undefined}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    aria-pressed={agent.id === chosen}
                    onClick={() => onChoose(agent.id === chosen ? null : agent.id)}
                  >
                    {agent.name}
                  </button>
                </th>
                {COLUMNS.map((column) => (
                  <td key={column.key} class="number">
                    <Told told={agent.figures[column.key]} column={column} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          {team === undefined ? null : (
            <tfoot>
              <tr>
                <th scope="row">{a("team")}</th>
                {COLUMNS.map((column) => (
                  <td key={column.key} class="number">
                    <Told told={figureOf(team, column)} column={column} />
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      <p class="note agents-note">{a("note")}</p>
      <p class="chart-links">
        <button
          type="button"
          class="link"
          aria-label={a("csvOf", { of: a("title") })}
          onClick={() => saveCsv(data)}
        >
          CSV
        </button>
      </p>
      {found === undefined ? null : <AgentPanel agent={found} team={team} range={range} nameOf={nameOf} />}
      <HandsTable agents={agents} team={team} />
    </>
  );
}

function Head({ sort, by, onSort }: { sort: Sort; by: Sort["by"]; onSort: (sort: Sort) => void }): VNode {
  const here = sort.by === by;
  return (
    <th
      scope="col"
      class={by === "name" ? undefined : "number"}
      aria-sort={here ? (sort.down ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        class="link"
        onClick={() => onSort({ by, down: here ? !sort.down : by !== "name" })}
      >
        {a(`col_${by}`)}
        <span aria-hidden="true">{here ? (sort.down ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

function saveCsv({ agents }: Data): void {
  const head = [a("col_name"), ...COLUMNS.flatMap(({ key, unit }) => csvHead(a(`col_${key}`), unit))];
  const rows = agents.map(({ name, figures }) => [
    name,
    ...COLUMNS.flatMap(({ key, unit }) => csvCells(figures[key], unit)),
  ]);
  download("aparte-agents.csv", writeCsv([head, ...rows]));
}
