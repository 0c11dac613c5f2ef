/**
 * Kept bodies of one kind, summed into one of the same kind: days into months, so that a year is few rows.
 *
 * Shapes  a kind is `visits`, `ways`, `pages`, `funnel:<key>` or `stages:<key>`; the sum of nothing is `null`.
 */
import {
  addCounts,
  addFunnel,
  addPages,
  addStages,
  addWays,
  bounded,
  emptyFlows,
  emptyFunnel,
  type FunnelBody,
  none,
  type PagesBody,
  type StageCounts,
  type StagesBody,
  type VisitsBody,
  type WaysBody,
  waysBodyOf,
} from "./day.ts";

export const NOTHING = "null";

export function sumOfKind(kind: string, bodies: readonly string[]): string {
  if (bodies.length === 0) return NOTHING;
  return JSON.stringify(sum(kind, bodies));
}

function sum(kind: string, bodies: readonly string[]): object {
  if (kind === "visits") {
    const visits: VisitsBody = none();
    for (const body of bodies) addCounts(visits, JSON.parse(body) as VisitsBody);
    return visits;
  }
  if (kind === "ways") {
    const flows = emptyFlows();
    for (const body of bodies) addWays(flows, JSON.parse(body) as WaysBody);
    return waysBodyOf(flows);
  }
  if (kind === "pages") {
    const pages: PagesBody = { pages: none(), missing: none() };
    for (const body of bodies) addPages(pages, JSON.parse(body) as PagesBody);
    return bounded(pages);
  }
  if (kind.startsWith("funnel:")) {
    const funnel = emptyFunnel();
    for (const body of bodies) addFunnel(funnel, JSON.parse(body) as FunnelBody);
    return funnel;
  }
  const stages: StagesBody = none<StageCounts>();
  for (const body of bodies) addStages(stages, JSON.parse(body) as StagesBody);
  return stages;
}
