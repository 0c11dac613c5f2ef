/** The figures of some agents together, as if they were the whole team: their rows added up. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { figuresOf, KPI_NAMES, type KpiFigures } from "../../domain/kpi/figures.ts";
import { spreadsOf } from "../../domain/kpi/figure-spreads.ts";
import { addTally } from "../../domain/kpi/tally.ts";
import { countedSite } from "../kpis/counted-site.ts";
import { partsOf } from "../kpis/kept-figures.ts";
import { PackedSum } from "../../domain/kpi/packed-tally.ts";
import { type Later, readParts, readSettings } from "../kpis/report.ts";

const SPREADS = spreadsOf(KPI_NAMES);

export async function figuresOfAgents(
  env: Env,
  key: SiteKey,
  { agents, ...of }: { from: EpochMs; to: EpochMs; now: EpochMs; agents: readonly string[] },
  later: Later,
): Promise<KpiFigures> {
  const site = countedSite(key, await readSettings(env, key));
  const asked = { ...of, groupBy: "agent" as const };
  const { tallies, counted } = await readParts(env, site, asked, [partsOf(site, asked)], later);
  const own = new Set(agents);
  const sum = new PackedSum();
  for (const { groups } of tallies) {
    for (const [agent, tally] of groups) if (own.has(agent)) sum.add(tally, SPREADS);
  }
  for (const { hours, part } of counted) {
    for (const { hour, dimension, group, tally } of hours) {
      if (dimension !== "agent" || !own.has(group)) continue;
      if (part === null || (part.from <= hour && hour < part.to)) addTally(sum.total(), tally);
    }
  }
  return figuresOf(sum.total());
}
