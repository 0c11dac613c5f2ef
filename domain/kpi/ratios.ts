/**
 * The formulas of `kpis.md`, each with its numerator and denominator, over totals that somebody else counted.
 *
 * Shapes  a `Ratio` whose denominator is 0 has `value` null: never 0, NaN or Infinity. A count or sum has
 *         `denominator` null. `KPI_FORMULAS` holds every key that the API and the vectors know.
 * Units   rates are fractions; money is in major units; NPS runs from −100 to 100, CES from 1 to 7.
 */
export type Ratio = { value: number | null; numerator: number | null; denominator: number | null };

/** How often each answer of a scale was given, by the answer as text. */
export type AnswerCounts = Readonly<Record<string, number>>;

/** What one row of KPIs is made from. Visitors are visitor-days; `margin` is a fraction, null when not entered. */
export type KpiTotals = {
  eligible_visitors: number;
  covered_visitors: number;
  invites_displayed: number;
  invites_accepted: number;
  chatters: number;
  covered_visitors_buying_after_chat: number;
  chatters_buying_after_chat: number;
  proactive_chatters: number;
  proactive_chatters_buying: number;
  assisted_orders: number;
  assisted_revenue: number;
  total_orders: number;
  total_revenue: number;
  chats_handled: number;
  agent_cost: number;
  platform_cost: number;
  agent_hours_logged: number;
  contacts_resolved_no_recontact: number;
  contacts_mature: number;
  csat: AnswerCounts;
  /** Those that asked for satisfaction. */
  surveys_sent: number;
  nps: AnswerCounts;
  ces: AnswerCounts;
  margin: number | null;
};

/** `numerator` over `denominator`; null where there is nothing to divide by. */
export function ratio(numerator: number, denominator: number): Ratio {
  return { value: denominator === 0 ? null : numerator / denominator, numerator, denominator };
}

/** A count or a sum, which is its own numerator. */
export function amount(value: number): Ratio {
  return { value, numerator: value, denominator: null };
}

const UNKNOWN: Ratio = { value: null, numerator: null, denominator: null };

const assistedAov = (t: KpiTotals) => ratio(t.assisted_revenue, t.assisted_orders);
const unassistedAov = (t: KpiTotals) =>
  ratio(t.total_revenue - t.assisted_revenue, t.total_orders - t.assisted_orders);
const totalCost = (t: KpiTotals) => t.agent_cost + t.platform_cost;

/** (Margin on assisted revenue − cost) ÷ cost: attributed, never to be read as incremental. */
function attributedRoi(t: KpiTotals): Ratio {
  if (t.margin === null) return UNKNOWN;
  const cost = totalCost(t);
  return ratio(t.assisted_revenue * t.margin - cost, cost);
}

function aovUplift(t: KpiTotals): Ratio {
  const assisted = assistedAov(t).value;
  const unassisted = unassistedAov(t).value;
  if (assisted === null || unassisted === null) return UNKNOWN;
  return ratio(assisted - unassisted, unassisted);
}

/** How many answers were given whose score `counts`; all of them without it. */
export function answersWhere(answers: AnswerCounts, counts: (score: number) => boolean = () => true): number {
  return sumOver(answers, (score, times) => (counts(score) ? times : 0));
}

/** The mean score of the answers. */
export function meanAnswer(answers: AnswerCounts): Ratio {
  return ratio(
    sumOver(answers, (score, times) => score * times),
    answersWhere(answers),
  );
}

function sumOver(answers: AnswerCounts, part: (score: number, times: number) => number): number {
  return Object.entries(answers).reduce((sum, [score, times]) => sum + part(Number(score), times), 0);
}

const promoters = (nps: AnswerCounts) => answersWhere(nps, (score) => score >= 9);
const detractors = (nps: AnswerCounts) => answersWhere(nps, (score) => score <= 6);

/** 100 × (promoters − detractors) ÷ answers. */
export function netPromoterScore(nps: AnswerCounts): Ratio {
  return ratio(100 * (promoters(nps) - detractors(nps)), answersWhere(nps));
}

/** The two-sided 95 % point of the normal distribution. */
const Z_95 = 1.959963984540054;

/** The 95 % interval of the net promoter score; null without answers. */
export function npsInterval(nps: AnswerCounts): [low: number, high: number] | null {
  const answers = answersWhere(nps);
  if (answers === 0) return null;
  const p = promoters(nps) / answers;
  const d = detractors(nps) / answers;
  const half = 100 * Z_95 * Math.sqrt((p + d - (p - d) ** 2) / answers);
  return [100 * (p - d) - half, 100 * (p - d) + half];
}

/** Every KPI that is one figure, by its public key. */
export const KPI_FORMULAS = {
  coverage_rate: (t) => ratio(t.covered_visitors, t.eligible_visitors),
  acceptance_rate: (t) => ratio(t.invites_accepted, t.invites_displayed),
  display_rate: (t) => ratio(t.invites_displayed, t.covered_visitors),
  conversion_after_chat_among_covered: (t) => ratio(t.covered_visitors_buying_after_chat, t.covered_visitors),
  conversion_after_chat: (t) => ratio(t.chatters_buying_after_chat, t.chatters),
  proactive_conversion: (t) => ratio(t.proactive_chatters_buying, t.proactive_chatters),
  aov_assisted: assistedAov,
  aov_unassisted: unassistedAov,
  attributed_revenue: (t) => amount(t.assisted_revenue),
  revenue_per_chat: (t) => ratio(t.assisted_revenue, t.chats_handled),
  cost_total: (t) => amount(totalCost(t)),
  cost_per_contact: (t) => ratio(totalCost(t), t.chats_handled),
  sales_per_agent_hour: (t) => ratio(t.assisted_orders, t.agent_hours_logged),
  revenue_per_agent_hour: (t) => ratio(t.assisted_revenue, t.agent_hours_logged),
  fcr: (t) => ratio(t.contacts_resolved_no_recontact, t.contacts_mature),
  csat: (t) =>
    ratio(
      answersWhere(t.csat, (score) => score >= 4),
      answersWhere(t.csat),
    ),
  csat_mean: (t) => meanAnswer(t.csat),
  csat_response_rate: (t) => ratio(answersWhere(t.csat), t.surveys_sent),
  nps: (t) => netPromoterScore(t.nps),
  ces_mean: (t) => meanAnswer(t.ces),
  ces_agree: (t) =>
    ratio(
      answersWhere(t.ces, (score) => score >= 5),
      answersWhere(t.ces),
    ),
  gross_roi_attributed: attributedRoi,
  aov_uplift_vs_unassisted: aovUplift,
} satisfies Record<string, (totals: KpiTotals) => Ratio>;

export type KpiKey = keyof typeof KPI_FORMULAS;
