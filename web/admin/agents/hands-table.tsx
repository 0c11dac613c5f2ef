/** How conversations went from agent to agent: who handed on, who was given, what was called off. */
import type { VNode } from "preact";
import { COLUMNS, figureOf, type FigureRow, HANDS } from "../../../domain/kpi/agent-figures.ts";
import { number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { Told } from "./told.tsx";
import { type Agent, type Hands, handsOf } from "./view.ts";
import { a } from "./words.ts";

const RATE = COLUMNS.find(({ key }) => key === "transferred") ?? COLUMNS[0];

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
      {all !== null && all.taken === 0 ? (
        <p class="note">{a("handsNone")}</p>
      ) : (
        <>
          <p class="note agents-note">{a("handsNote")}</p>
          <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="agents-hands">
            <table class="agents-table hands-table">
              <thead>
                <tr>
                  <th scope="col">{a("col_name")}</th>
                  {HANDS.map(({ key }) => (
                    <th key={key} scope="col" class="number">
                      {a(`hand_${key}`)}
                    </th>
                  ))}
                  <th scope="col" class="number">
                    {a("col_transferred")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {agents.map(({ id, name, hands, figures }) => (
                  <tr key={id}>
                    <th scope="row">{name}</th>
                    <Counts hands={hands} />
                    <td class="number">
                      <Told told={figures.transferred} column={RATE} />
                    </td>
                  </tr>
                ))}
              </tbody>
              {team === undefined || all === null ? null : (
                <tfoot>
                  <tr>
                    <th scope="row">{a("team")}</th>
                    <Counts hands={all} />
                    <td class="number">
                      <Told told={figureOf(team, RATE)} column={RATE} />
                    </td>
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

function Counts({ hands }: { hands: Hands }): VNode {
  return (
    <>
      {HANDS.map(({ key }) => (
        <td key={key} class="number">
          {number(locale.value, hands[key])}
        </td>
      ))}
    </>
  );
}

function saveHands(agents: readonly Agent[]): void {
  const rate = a("col_transferred");
  const head = [a("col_name"), ...HANDS.map(({ key }) => a(`hand_${key}`)), rate, `${rate} n`];
  const rows = agents.map(({ name, hands, figures: { transferred } }) => [
    name,
    ...HANDS.map(({ key }) => hands[key]),
    transferred.figure.value,
    transferred.few?.n ?? transferred.figure.n,
  ]);
  download("aparte-agents-transfers.csv", writeCsv([head, ...rows]));
}
