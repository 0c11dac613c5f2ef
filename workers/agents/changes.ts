/** The agents' figures beside those of the period before, from the one query layer of the figures. */
import { isoOf, type SiteKey } from "../../domain/ids.ts";
import { type AgentChanges, agentChanges, COMPARED, type Period } from "../../domain/kpi/agent-changes.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { spanBefore } from "../../domain/overview/change.ts";
import { calendarFor } from "../kpis/counted-site.ts";
import { reportSpans } from "../kpis/report-spans.ts";
import { type KpiSpan, type Later, reportSomeKpis } from "../kpis/report.ts";
import type { CountedSettings } from "../kpis/site-settings.ts";

type Span = Pick<KpiSpan, "from" | "to" | "now"> & { businessHours: boolean };
type Site = { key: SiteKey; settings: CountedSettings };

const WANTED: readonly string[] = COMPARED.map(({ kpi }) => kpi);
const NAMES = KPI_NAMES.filter((name) => WANTED.includes(name));

export async function reportAgentChanges(
  env: Env,
  { key, settings }: Site,
  span: Span,
  later: Later,
): Promise<AgentChanges> {
  const { now, businessHours } = span;
  const before = spanBefore(span, now, calendarFor(settings.timezone));
  const spans = [span, before].map(({ from, to }) => ({ from, to, names: NAMES, businessHours }));
  const [wholes, ...byAgent] = await Promise.all([
    reportSpans(env, { key, settings }, spans, now, later),
    ...spans.map((one) => reportSomeKpis(env, key, { ...one, now, groupBy: "agent" }, later, settings)),
  ]);
  const [own, then] = spans.map((_, at): Period => ({
    byAgent: byAgent[at] ?? [],
    whole: { group: null, ...wholes[at] },
  }));
  if (own === undefined || then === undefined) throw new Error("each span has its figures");
  return { before: { from: isoOf(before.from), to: isoOf(before.to) }, rows: agentChanges(own, then) };
}
