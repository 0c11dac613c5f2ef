/**
 * The canned answers that one agent sends: how often, how often changed, and what became of those conversations, beside
 * whoever sends the same answer with the best outcome. A comparison, and it says so: no cause.
 */
import type { VNode } from "preact";
import type { ComparedAnswer, ComparedOutcome } from "../../../domain/kpi/agent-comparison.ts";
import {
  ANSWER_EDITED,
  ANSWER_OUTCOMES,
  type AnswerOutcome,
  figureOf,
} from "../../../domain/kpi/agent-figures.ts";
import { number } from "../../shared/format.ts";
import { download, writeCsv } from "../overview/csv.ts";
import { locale } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { csvCells, csvHead } from "./figure-text.ts";
import { GapTold, gapWords, Told, Value } from "./told.tsx";
import type { Agent } from "./view.ts";
import { a } from "./words.ts";

type Part = {
  agent: Pick<Agent, "id" | "name">;
  answers: readonly ComparedAnswer[];
  nameOf: (id: string) => string;
};

export function AnswersTable(part: Part): VNode {
  const site = useSite();
  const { agent, answers } = part;
  return (
    <section aria-labelledby="agent-answers" class="agent-panel">
      <h2 id="agent-answers">{a("answersTitle", { name: agent.name })}</h2>
      {answers.length === 0 ? (
        <p class="note">
          {a("answersNone", { name: agent.name })}{" "}
          <a href={screenPath(site.key, "canned")}>{a("toAnswers")}</a>
        </p>
      ) : (
        <>
          <p class="note agents-note">{a("answersNote")}</p>
          <Table {...part} />
          <p class="chart-links">
            <button
              type="button"
              class="link"
              aria-label={a("csvOf", { of: a("answersTitle", { name: agent.name }) })}
              onClick={() => saveAnswers(part)}
            >
              CSV
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function Table({ answers, nameOf }: Part): VNode {
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="agent-answers">
      <table class="answers-table">
        <thead>
          <tr>
            <th scope="col">{a("answer")}</th>
            {(["answerUses", "answerChats", "answerEdited"] as const).map((name) => (
              <th key={name} scope="col" class="number">
                {a(name)}
              </th>
            ))}
            {ANSWER_OUTCOMES.map(({ key }) => (
              <th key={key} scope="col" class="number">
                {a(`answer_${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answers.map((answer) => (
            <tr key={answer.canned}>
              <th scope="row">
                {nameOfAnswer(answer)}
                <span class="few">{a("answerSenders", { n: answer.senders - 1 })}</span>
              </th>
              <td class="number">{number(locale.value, answer.uses)}</td>
              <td class="number">{number(locale.value, answer.conversations)}</td>
              <td class="number">
                <Told told={answer.edited} column={ANSWER_EDITED} />
              </td>
              {ANSWER_OUTCOMES.map((column) => (
                <Outcome key={column.key} column={column} answer={answer} nameOf={nameOf} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOfAnswer({ canned, shortcut, title }: ComparedAnswer): VNode {
  if (shortcut === null) return <>{a("answerGone", { id: canned.slice(-6) })}</>;
  return (
    <>
      /{shortcut} {title === null ? null : <span class="quiet">{title}</span>}
    </>
  );
}

type Cell = { column: AnswerOutcome; answer: ComparedAnswer; nameOf: Part["nameOf"] };

function Outcome({ column, answer, nameOf }: Cell): VNode {
  const outcome = outcomeOf(answer, column);
  if (outcome === undefined) return <td class="number">-</td>;
  const { own, gap } = outcome;
  return (
    <td class="number">
      <Told told={own} column={column} />
      {gap.best === null || own.figure.value === null ? null : (
        <span class="few">
          {gap.verdict === "best" ? null : (
            <>
              {a("answerBest", { name: nameOf(gap.best.id) })}{" "}
              <Value value={gap.best.figure.value} column={column} />
              <br />
            </>
          )}
          <GapTold outcome={outcome} />
        </span>
      )}
    </td>
  );
}

const UNTOLD = figureOf({ group: null }, ANSWER_EDITED);

function outcomeOf({ outcomes }: ComparedAnswer, { kpi }: AnswerOutcome): ComparedOutcome | undefined {
  return outcomes.find((one) => one.kpi === kpi);
}

function saveAnswers({ agent, answers, nameOf }: Part): void {
  const head = [
    a("col_name"),
    a("answer"),
    a("answerUses"),
    a("answerChats"),
    ...csvHead(a("answerEdited"), ANSWER_EDITED.unit),
    ...ANSWER_OUTCOMES.flatMap(({ key, unit }) => {
      const name = a(`answer_${key}`);
      return [
        ...csvHead(name, unit),
        `${name}, ${a("panelBest")}`,
        `${name}, ${a("csvBestName")}`,
        `${name}, ${a("panelGap")}`,
      ];
    }),
  ];
  const rows = answers.map((answer) => [
    agent.name,
    answer.shortcut === null ? answer.canned : `/${answer.shortcut}`,
    answer.uses,
    answer.conversations,
    ...csvCells(answer.edited, ANSWER_EDITED.unit),
    ...ANSWER_OUTCOMES.flatMap((column) => {
      const outcome = outcomeOf(answer, column);
      const best = outcome?.gap.best ?? null;
      return [
        ...csvCells(outcome?.own ?? UNTOLD, column.unit),
        best?.figure.value ?? null,
        best === null ? null : nameOf(best.id),
        outcome === undefined ? null : gapWords(outcome),
      ];
    }),
  ]);
  download("aparte-agent-answers.csv", writeCsv([head, ...rows]));
}
