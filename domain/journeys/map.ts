/**
 * The map of a journey: the steps of a funnel as stages, with what happens there, what people say of it, how much it
 * matters to whom, and how far it is from where the site wants it.
 *
 * A stage matters to the business by the visits that are lost there, to customers by the conversations that they begin
 * there, each against the stage that has most of them; what the site enters goes before.
 *
 * Shapes  fewer than `FEW_ANSWERS` answers have no value: such a stage has no point on the curve.
 * Units   importance from 0 to 1; satisfaction is answered from 1 to 5, effort from 1 to 7.
 */
import { FEW_ANSWERS, share } from "../kpi/figure.ts";
import { meanInterval } from "../kpi/intervals.ts";
import { type AnswerCounts, ratio } from "../kpi/ratios.ts";
import { emptyStage, type FunnelBody, type StagesBody } from "./day.ts";
import { allWalks, type DefinedFunnel, stepCounts } from "./funnel-result.ts";
import type { StageNow, WireFigure } from "./wire.ts";

const MOST_ENTERED = 5;

export function stagesOf(funnel: DefinedFunnel, body: FunnelBody, answers: StagesBody): StageNow[] {
  const visits = stepCounts(funnel, allWalks(body));
  const stages = funnel.steps.map((step, at) => {
    const own = visits[at] ?? 0;
    const after = visits[at + 1];
    const { chats, csat, ces } = answers[step.key] ?? emptyStage();
    const passing = after === undefined ? null : share(after, own);
    const [satisfaction, effort] = [meanOf(csat), meanOf(ces)];
    return {
      step,
      key: step.key,
      name: step.name,
      visits: own,
      passing,
      left: after === undefined ? 0 : own - after,
      chats,
      asking: share(chats, own),
      satisfaction,
      effort,
      aims: {
        passing: aimOf(step.target?.passing, passing?.value ?? null),
        satisfaction: aimOf(step.target?.satisfaction, satisfaction.value),
        effort: aimOf(step.target?.effort, effort.value),
      },
    };
  });
  const [mostLeft, mostChats] = [
    Math.max(...stages.map(({ left }) => left)),
    Math.max(...stages.map(({ chats }) => chats)),
  ];
  return stages.map(({ step, ...stage }) => ({
    ...stage,
    importance: {
      business: importanceOf(step.importance?.business, stage.left, mostLeft),
      customer: importanceOf(step.importance?.customer, stage.chats, mostChats),
    },
  }));
}

/** The mean of answers, hidden while they are few; how many there are is always told. */
function meanOf(answers: AnswerCounts): WireFigure {
  let [n, sum] = [0, 0];
  for (const [score, times] of Object.entries(answers)) {
    n += times;
    sum += Number(score) * times;
  }
  if (n < FEW_ANSWERS) return { value: null, numerator: null, denominator: n, n, interval: null };
  return { ...ratio(sum, n), n, interval: meanInterval(answers) };
}

function aimOf(target: number | null | undefined, present: number | null): StageNow["aims"]["passing"] {
  if (target === null || target === undefined) return null;
  return { target, present, gap: present === null ? null : present - target };
}

function importanceOf(
  entered: number | null | undefined,
  part: number,
  most: number,
): StageNow["importance"]["business"] {
  if (entered !== null && entered !== undefined) {
    return { value: (entered - 1) / (MOST_ENTERED - 1), source: "entered" };
  }
  return { value: most > 0 ? part / most : null, source: "measured" };
}
