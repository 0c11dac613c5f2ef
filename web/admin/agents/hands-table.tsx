/** How conversations went from agent to agent, and how often an answer that was ready was sent in them. */
import type { VNode } from "preact";
import { type FigureRow, HAND_RATES, HANDS } from "../../../domain/kpi/agent-figures.ts";
import { number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { csvCells, csvHead } from "./figure-text.ts";
import { Told } from "./told.tsx";
import { type Agent, type Hands, handsOf } from "./view.ts";
import { a } from "./words.ts";

export function HandsTable({
  agents,
  team,
}: {
  agents: readonly Agent[];
  team: FigureRow | undefined;
}): VNode {
  const all = team === undefined ? null : handsOf(team);
  return (
    <section aria-labelledby="agents-hands" class="agent-panel">
      <h2 id="agents-hands">{a("handsTitle")}</h2>
      {all !== null && all.counts.taken === 0 ? (
        <p class="note">{a("handsNone")}</p>
      ) : (
        <>
          <p class="note agents-note">{a("handsNote")}</p>
          <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="agents-hands">
            <table class="hands-table">
              <thead>
                <tr>
                  <th scope="col">{a("col_name")}</th>
                  {HANDS.map(({ key }) => (
                    <th key={key} scope="col" class="number">
                      {a(`hand_${key}`)}
                    </th>
                  ))}
                  {HAND_RATES.map(({ key }) => (
                    <th key={key} scope="col" class="number">
                      {a(`hand_${key}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {agents.map(({ id, name, hands }) => (
                  <tr key={id}>
                    <th scope="row">{name}</th>
                    <Cells hands={hands} />
                  </tr>
                ))}
              </tbody>
              {all === null ? null : (
                <tfoot>
                  <tr>
                    <th scope="row">{a("team")}</th>
                    <Cells hands={all} />
                  </tr>
                </tfoot>
              )}
            </table>
          </div>
          <p class="chart-links">
            <button
              type="button"
              class="link"
              aria-label={a("csvOf", { of: a("handsTitle") })}
              onClick={() => saveHands(agents)}
            >
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function Cells({ hands: { counts, rates } }: { hands: Hands }): VNode {
  return (
    <>
      {HANDS.map(({ key }) => (
        <td key={key} class="number">
          {number(locale.value, counts[key])}
        </td>
      ))}
      {HAND_RATES.map((column) => (
        <td key={column.key} class="number">
          <Told told={rates[column.key]} column={column} />
        </td>
      ))}
    </>
  );
}

function saveHands(agents: readonly Agent[]): void {
  const head = [
    a("col_name"),
    ...HANDS.map(({ key }) => a(`hand_${key}`)),
    ...HAND_RATES.flatMap(({ key, unit }) => csvHead(a(`hand_${key}`), unit)),
  ];
  const rows = agents.map(({ name, hands: { counts, rates } }) => [
    name,
    ...HANDS.map(({ key }) => counts[key]),
    ...HAND_RATES.flatMap(({ key, unit }) => csvCells(rates[key], unit)),
  ]);
  download("aparte-agents-transfers.csv", writeCsv([head, ...rows]));
}
