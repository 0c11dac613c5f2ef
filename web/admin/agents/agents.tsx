/** "Agents": what each one's hours brought, how fast they answer and how content visitors were; by name, not by rank. */
import "./agents.css";
import type { ComponentChildren, VNode } from "preact";
import { useLocation } from "preact-iso";
import type { AgentChanges } from "../../../domain/kpi/agent-changes.ts";
import type { FigureRow } from "../../../domain/kpi/agent-figures.ts";
import { request } from "../../shared/api.ts";
import { number } from "../../shared/format.ts";
import { readAsked } from "../overview/asked.ts";
import { HoursTick } from "../overview/hours-tick.tsx";
import { PeriodPicker } from "../overview/period-picker.tsx";
import { type AskedPeriod, DEFAULT_PERIOD, type PeriodRange, rangeOf } from "../overview/periods.ts";
import { useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, type Page, screenPath, useSite } from "../site.ts";
import { DataAge, Empty, PageHead, Shown } from "../states.tsx";
import { AgentPanel } from "./agent-panel.tsx";
import { AgentsTable } from "./agents-table.tsx";
import { ColumnChoice } from "./column-choice.tsx";
import { HandsTable } from "./hands-table.tsx";
import { type Agent, agentsOf, comparedOf, type ComparedOf, type SetName, setOf } from "./view.ts";
import { a } from "./words.ts";

const POLL_MS = 30_000;

type Person = { id: string; name: string };
/** Of which days, and whether durations are counted inside business hours only. */
type AskedRange = PeriodRange & { businessHours: boolean };
type Data = {
  range: AskedRange;
  agents: Agent[];
  team: FigureRow | undefined;
  /** The period before, and what the figures were in it. */
  before: AgentChanges["before"];
  compared: ComparedOf;
  nameOf: (id: string) => string;
};
type Next = { period?: AskedPeriod; businessHours?: boolean; agent?: string | null; columns?: SetName };

export function Agents(): VNode {
  const site = useSite();
  const { query, route } = useLocation();
  const { period: asked, businessHours } = readAsked(query);
  const chosen = query["agent"] ?? null;
  const set = setOf(query["columns"]);
  const zone = site.settings.timezone;
  const language = locale.value;
  const resource = useResource(
    `agents ${site.key} ${JSON.stringify(asked)} ${businessHours} ${zone} ${language}`,
    (signal) =>
      readAgents(site.key, { ...rangeOf(asked, zone, Date.now()), businessHours }, language, signal),
    POLL_MS,
  );
  const go = (next: Next): void => {
    const here = { period: asked, businessHours, agent: chosen, columns: set };
    const { period, businessHours: inside, agent, columns } = { ...here, ...next };
    const wanted = new URLSearchParams(
      typeof period === "string" ? (period === DEFAULT_PERIOD ? {} : { period }) : period,
    );
    if (inside) wanted.set("business_hours", "true");
    if (columns !== "main") wanted.set("columns", columns);
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
            <Figures data={data} chosen={chosen} set={set} onChoose={(agent) => go({ agent })}>
              <ColumnChoice set={set} onChange={(columns) => go({ columns })} />
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
  const [rows, team, people, changes] = await Promise.all([
    kpis(byAgent),
    kpis(span),
    request<Page<Person>>("GET", `${apiPath(site, "agents")}?limit=200`, undefined, { signal }),
    request<AgentChanges>("GET", `${apiPath(site, "agent-changes")}?${span}`, undefined, { signal }),
  ]);
  const names = new Map(people.items.map(({ id, name }) => [id, name]));
  const nameOf = (id: string): string => names.get(id) ?? a("gone", { id: id.slice(-6) });
  const agents = agentsOf(rows.rows, nameOf, language);
  return { range, nameOf, agents, team: team.rows[0], before: changes.before, compared: comparedOf(changes) };
}

function Figures({
  data,
  set,
  chosen,
  children,
  onChoose,
}: {
  data: Data;
  set: SetName;
  chosen: string | null;
  children: ComponentChildren;
  onChoose: (agent: string | null) => void;
}): VNode {
  const { agents, team, range, nameOf, before, compared } = data;
  const found = agents.find(({ id }) => id === chosen);
  const hours = agents.reduce((sum, { figures }) => sum + (figures.hours.figure.value ?? 0), 0);
  const chats = agents.reduce((sum, { figures }) => sum + (figures.conversations.figure.value ?? 0), 0);
  return (
    <>
      <p class="sentence status-sentence">
        {a("sentence", { agents: agents.length, chats, hours: number(locale.value, hours, 0) })}
      </p>
      <AgentsTable {...{ agents, team, before, compared, set, chosen, onChoose }}>{children}</AgentsTable>
      {found === undefined ? null : <AgentPanel agent={found} team={team} range={range} nameOf={nameOf} />}
      <HandsTable agents={agents} team={team} />
    </>
  );
}
