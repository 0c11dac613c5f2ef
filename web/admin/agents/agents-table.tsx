/** The agents' figures, a set of columns at a time, each beside what it was in the period before; all of them in the file. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { type Column, COLUMNS, figureOf, type FigureRow } from "../../../domain/kpi/agent-figures.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { spanInWords } from "../overview/period-picker.tsx";
import type { PeriodRange } from "../overview/periods.ts";
import { useSite } from "../site.ts";
import { csvBeforeCells, csvBeforeHead, csvCells, csvHead, type Shown } from "./figure-text.ts";
import { Told } from "./told.tsx";
import { type Agent, columnsOf, type ComparedOf, type SetName, type Sort, sorted, sortIn } from "./view.ts";
import { a } from "./words.ts";

type Part = {
  agents: readonly Agent[];
  team: FigureRow | undefined;
  /** The period before, and what the figures were in it. */
  before: Pick<PeriodRange, "from" | "to">;
  compared: ComparedOf;
};

type Choices = {
  set: SetName;
  chosen: string | null;
  onChoose: (agent: string | null) => void;
  /** Which columns are shown, and how they are counted. */
  children: ComponentChildren;
};

export function AgentsTable(part: Part & Choices): VNode {
  const { agents, team, before, compared, set, chosen, children, onChoose } = part;
  const zone = useSite().settings.timezone;
  const [wanted, setSort] = useState<Sort>({ by: "name", down: false });
  const columns = columnsOf(set);
  const sort = sortIn(wanted, columns);
  return (
    <>
      <div class="agents-choices">{children}</div>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={a("title")}>
        <table class="agents-table">
          <thead>
            <tr>
              <Head sort={sort} by="name" onSort={setSort} />
              {columns.map(({ key }) => (
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
                {columns.map((column) => (
                  <Cell
                    key={column.key}
                    column={column}
                    told={agent.figures[column.key]}
                    compared={compared(agent.id, column)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
          {team === undefined ? null : (
            <tfoot>
              <tr>
                <th scope="row">{a("team")}</th>
                {columns.map((column) => (
                  <Cell
                    key={column.key}
                    column={column}
                    told={figureOf(team, column)}
                    compared={compared(null, column)}
                  />
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      <p class="note agents-note">{a("comparedNote", { span: spanInWords(before, zone) })}</p>
      <p class="note agents-note">{a("note")}</p>
      <p class="chart-links">
        <button
          type="button"
          class="link"
          aria-label={a("csvOf", { of: a("title") })}
          onClick={() => saveCsv(part)}
        >
          CSV
        </button>
      </p>
    </>
  );
}

type CellPart = { column: Column; told: Shown; compared: ReturnType<ComparedOf> };

function Cell({ column, told, compared }: CellPart): VNode {
  return (
    <td class="number">
      <Told told={told} column={column} compared={compared && { ...compared, better: column.better }} />
    </td>
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

/** Every column, of everybody and of all together. */
function saveCsv({ agents, team, compared }: Part): void {
  const parts = COLUMNS.map((column) => ({
    column,
    isCompared: compared(null, column) !== undefined,
    label: a(`col_${column.key}`),
  }));
  const head = [
    a("col_name"),
    ...parts.flatMap(({ column, label, isCompared }) => [
      ...csvHead(label, column.unit),
      ...(isCompared ? csvBeforeHead(label) : []),
    ]),
  ];
  const line = (name: string, id: string | null, figureIn: (column: Column) => Shown) => [
    name,
    ...parts.flatMap(({ column, isCompared }) => [
      ...csvCells(figureIn(column), column.unit),
      ...(isCompared ? csvBeforeCells(compared(id, column)) : []),
    ]),
  ];
  const rows = agents.map(({ id, name, figures }) => line(name, id, ({ key }) => figures[key]));
  const all = team === undefined ? [] : [line(a("team"), null, (column) => figureOf(team, column))];
  download("aparte-agents.csv", writeCsv([head, ...rows, ...all]));
}
