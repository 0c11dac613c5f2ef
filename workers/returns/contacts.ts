/** What contacts cost by channel, and which a campaign spared. */
import { type EpochMs, isoOf } from "../../domain/ids.ts";
import type { Span } from "../../domain/objectives/progress.ts";
import { contactCosts } from "../../domain/roi/contact-costs.ts";
import { contactEffects } from "../../domain/roi/contacts.ts";
import { wireCosts, type WireContacts, wireEffect } from "../../domain/roi/wire.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { type Later, reportKpis } from "../kpis/report.ts";
import { type PlannedPhase, presentPhase } from "./planned-phase.ts";
import { readUnits } from "./phase-units.ts";

export async function reportContacts(
  env: Env,
  settings: SiteSettings,
  { from, to, campaign }: Span & { campaign: string | null },
  now: EpochMs,
  later: Later,
): Promise<WireContacts> {
  const { key: site, economics, currency } = settings;
  const [row] = await reportKpis(env, site, { from, to, groupBy: null, now }, later);
  const costs = contactCosts(economics, {
    from,
    to,
    now,
    agentHours: row?.agent_hours.value ?? 0,
    chats: row?.chats_handled.value ?? 0,
  });
  const phase = campaign === null ? null : await presentPhase(env, site, campaign);
  const effects =
    campaign === null || phase === null ? [] : await effectsOf(env, site, { campaign, phase, currency, now });
  return {
    span: { from: isoOf(from), to: isoOf(to) },
    currency,
    costs: wireCosts(costs),
    campaign,
    phase: phase?.phase ?? null,
    effects: effects.map((effect) => wireEffect(effect, costs)),
  };
}

async function effectsOf(
  env: Env,
  site: string,
  asked: { campaign: string; phase: PlannedPhase; currency: string; now: EpochMs },
) {
  const { campaign, phase, currency, now } = asked;
  const { units, contacts } = await readUnits(env, site, campaign, {
    from: 0,
    to: now + 1,
    currency,
    of: "contacts",
  });
  return contactEffects(
    units.filter((unit) => unit.phase === phase.phase),
    contacts,
    { phase, now },
  );
}
