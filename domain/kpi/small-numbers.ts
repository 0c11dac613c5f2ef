/**
 * What is too little to say anything of somebody, wherever figures stand by agent: a rate of few chats says more of chance
 * than of anybody's work.
 *
 * By the bases of the agents' screen (`agent-figures.ts`); a figure that is not among its columns needs as many units
 * behind it as they do. Counts and sums are what happened, and are never too few.
 *
 * Shapes  a figure that is marked is whole; one that is withheld has its `n` alone.
 * Units   hours online, or what a figure's `n` counts.
 */
import { ANSWER_OUTCOMES, type Basis, COLUMNS, FEWEST, HAND_RATES } from "./agent-figures.ts";
import type { Figure } from "./figure.ts";
import type { KpiName } from "./figures.ts";
import type { Grouping } from "./grouping.ts";

export const SUMS: readonly KpiName[] = [
  "visitors",
  "visits",
  "eligible_visitors",
  "covered_visitors",
  "engaged_visitors",
  "exempt_page_views",
  "triggered",
  "held_out",
  "capacity_suppressed",
  "displayed",
  "opened",
  "accepted",
  "declined",
  "ignored",
  "orders",
  "revenue",
  "refunded",
  "orders_in_other_currency",
  "leads",
  "lead_value",
  "attributed_revenue",
  "assisted_orders",
  "treated_visitors",
  "holdout_visitors",
  "conversations",
  "chats_handled",
  "chats_closed",
  "chats_without_reply",
  "abandoned",
  "abandoned_short",
  "chatters",
  "proactive_chatters",
  "agent_hours",
  "chats_taken",
  "transfers",
  "transfers_to_skill",
  "transfers_taken_over",
  "transfers_received",
  "transfers_taken_back",
  "canned_uses",
  "cost_total",
];
const ANSWERS: readonly KpiName[] = ["csat", "csat_mean", "nps", "ces_mean", "ces_agree"];
const TOLD = new Map<string, Basis>(
  [...COLUMNS, ...HAND_RATES, ...ANSWER_OUTCOMES].map(({ kpi, basis }) => [kpi, basis]),
);

/** Rows by these are of one person each. */
export const isOfSomebody = (by: Grouping | null): boolean => by === "agent" || by === "canned";

/** What has to stand behind `name`; null of what only happened. */
export function basisOf(name: KpiName): Basis {
  const told = TOLD.get(name);
  if (told !== undefined) return told;
  if (SUMS.includes(name)) return null;
  return ANSWERS.includes(name) ? "answers" : "chats";
}

type Row = { group: string | null } & Partial<Record<KpiName, Figure>>;

/** `row` with what is too little to be told marked; its hours have to be in it where a figure stands on them. */
export function markFew(row: Row, names: readonly KpiName[]): Row {
  const hours = row.agent_hours?.value ?? 0;
  const marked = names.flatMap((name): [KpiName, Figure][] => {
    const figure = row[name];
    const basis = basisOf(name);
    if (figure === undefined) return [];
    const isFew =
      basis !== null && figure.value !== null && (basis === "hours" ? hours : figure.n) < FEWEST[basis];
    return [[name, isFew ? { ...figure, too_few: true } : figure]];
  });
  return { group: row.group, ...Object.fromEntries(marked) };
}

/** `row` without the value of anything that is marked: only of how few it is. */
export function withheld(row: Row, names: readonly KpiName[]): Row {
  const told = names.flatMap((name): [KpiName, Figure][] => {
    const figure = row[name];
    if (figure === undefined) return [];
    const { n, too_few } = figure;
    const nothing = {
      value: null,
      numerator: null,
      denominator: null,
      n,
      interval: null,
      too_few: true,
    } as const;
    return [[name, too_few === true ? nothing : figure]];
  });
  return { group: row.group, ...Object.fromEntries(told) };
}
