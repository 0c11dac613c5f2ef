/** One agent beside the best, from the one query layer of the figures. */
import type { SiteKey } from "../../domain/ids.ts";
import { type AnswerName, compareAgent, type Comparison } from "../../domain/kpi/agent-comparison.ts";
import { ANSWER_EDITED, ANSWER_OUTCOMES, OUTCOMES } from "../../domain/kpi/agent-figures.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { type KpiSpan, type Later, reportSomeKpis } from "../kpis/report.ts";
import type { CountedSettings } from "../kpis/site-settings.ts";

type Span = Pick<KpiSpan, "from" | "to" | "now" | "businessHours">;
type Site = { key: SiteKey; settings: CountedSettings };

const named = (wanted: readonly string[]) => KPI_NAMES.filter((name) => wanted.includes(name));
const OF_AGENTS = named(["agent_hours", ...OUTCOMES.map(({ kpi }) => kpi)]);
const OF_ANSWERS = named([
  "conversations",
  "canned_uses",
  ANSWER_EDITED.kpi,
  ...ANSWER_OUTCOMES.map(({ kpi }) => kpi),
]);

/** Null of somebody who neither works at the site nor did in the span. */
export async function reportComparison(
  env: Env,
  { key, settings }: Site,
  agent: string,
  span: Span,
  later: Later,
): Promise<Comparison | null> {
  const ask = (groupBy: "agent" | "canned") =>
    reportSomeKpis(
      env,
      key,
      { ...span, groupBy, names: groupBy === "agent" ? OF_AGENTS : OF_ANSWERS },
      later,
      settings,
    );
  const [byAgent, byAnswer, names, isMember] = await Promise.all([
    ask("agent"),
    ask("canned"),
    namesOf(env, key),
    worksAt(env, key, agent),
  ]);
  if (!isMember && byAgent.every(({ group }) => group !== agent)) return null;
  return compareAgent(agent, { byAgent, byAnswer, names });
}

async function worksAt(env: Env, site: SiteKey, agent: string): Promise<boolean> {
  const row = await env.DB.prepare("SELECT 1 FROM members WHERE site = ?1 AND user_id = ?2")
    .bind(site, agent)
    .first();
  return row !== null;
}

async function namesOf(env: Env, site: SiteKey): Promise<Map<string, AnswerName>> {
  const { results } = await env.DB.prepare(
    `SELECT id, body ->> 'title' AS title, body ->> 'shortcut' AS shortcut FROM resources
     WHERE site = ?1 AND noun = 'canned'`,
  )
    .bind(site)
    .all<{ id: string; title: string | null; shortcut: string | null }>();
  return new Map(
    results.map(({ id, title, shortcut }) => [id, { title: title || null, shortcut: shortcut ?? "" }]),
  );
}
