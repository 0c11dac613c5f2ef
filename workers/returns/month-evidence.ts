/** The events of a month that an agreement is counted by. */
import { Temporal } from "temporal-polyfill";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { dayStart } from "../../domain/objectives/progress.ts";
import { type Agreement } from "../../domain/roi/agreement.ts";
import { type EvidenceLine, evidenceText } from "../../domain/roi/evidence.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { goalEvidence } from "./goal-evidence.ts";
import { type CampaignUnits, readUnits, type RunPhase, runPhases } from "./phase-units.ts";

const HOUR_MS = 3_600_000;

export type MonthSpan = { from: EpochMs; to: EpochMs };
export type MonthEvidence = {
  lines: string[];
  /** When the last window of the month's visitors has passed, as far as is known. */
  maturesAt: EpochMs;
};

export function monthSpan(month: string, zone: string): MonthSpan {
  const first = `${month}-01`;
  const next = Temporal.PlainDate.from(first).add({ months: 1 }).toString();
  return { from: dayStart(first, zone), to: dayStart(next, zone) };
}

export async function monthEvidence(
  env: Env,
  settings: SiteSettings,
  terms: Agreement,
  month: string,
  now: EpochMs,
): Promise<MonthEvidence> {
  const site: SiteKey = settings.key;
  const span = monthSpan(month, settings.timezone);
  const goals = await goalEvidence(env, settings, terms, span, now);
  let { maturesAt } = goals;
  const lines = [...goals.lines];
  if (terms.kpi === "satisfaction") {
    lines.push(...(await answerLines(env, site, span)));
    return { lines: evidenceText(lines), maturesAt };
  }
  for (const campaign of terms.campaigns) {
    const phases = await runPhases(env, site, campaign);
    const read = await readUnits(env, site, campaign, {
      ...span,
      currency: settings.currency,
      of: terms.kpi === "deflected_contacts" ? "contacts" : "orders",
    });
    lines.push(...campaignLines(campaign, phases, read, terms));
    for (const { phase, visitEndsAt, eligibleAt } of read.units) {
      const until =
        terms.kpi === "deflected_contacts"
          ? eligibleAt + terms.contact_hours * HOUR_MS
          : visitEndsAt + windowOf(phases, phase);
      maturesAt = Math.max(maturesAt, until);
    }
  }
  return { lines: evidenceText(lines), maturesAt };
}

const windowOf = (phases: readonly RunPhase[], phase: number) =>
  phases.find((ran) => ran.phase === phase)?.windowMs ?? 0;

function campaignLines(
  campaign: string,
  phases: readonly RunPhase[],
  { units, orders, contacts }: CampaignUnits,
  { kpi, contact_hours }: Agreement,
): EvidenceLine[] {
  const seen = new Set(units.map(({ phase }) => phase));
  const lines: EvidenceLine[] = phases
    .filter(({ phase }) => seen.has(phase))
    .map(({ phase, holdout }) => ["phase", campaign, phase, holdout]);
  const bought = Map.groupBy(orders, ({ person }) => person);
  const told = Map.groupBy(contacts, ({ person }) => person);
  for (const { id, phase, person, arm, eligibleAt, visitEndsAt } of units) {
    lines.push(["unit", campaign, phase, id, arm]);
    if (kpi === "deflected_contacts") {
      const until = eligibleAt + contact_hours * HOUR_MS;
      for (const contact of told.get(person) ?? []) {
        if (contact.at >= eligibleAt && contact.at < until) lines.push(["contact", id, contact.id]);
      }
      continue;
    }
    const until = visitEndsAt + windowOf(phases, phase);
    for (const order of bought.get(person) ?? []) {
      if (order.at >= eligibleAt && order.at <= until) lines.push(["order", id, order.id, order.cents]);
    }
  }
  return lines;
}

async function answerLines(env: Env, site: SiteKey, { from, to }: MonthSpan): Promise<EvidenceLine[]> {
  // A conversation with the site's own people has no first message of a visitor: their answers are none.
  const rows = await env.DB.prepare(
    `SELECT a.conversation_id, a.csat FROM surveys a
     JOIN conversations c ON c.site = a.site AND c.id = a.conversation_id AND c.first_visitor_message_at IS NOT NULL
     WHERE a.site = ?1 AND a.at >= ?2 AND a.at < ?3 AND a.csat IS NOT NULL`,
  )
    .bind(site, from, to)
    .raw<[string, number]>();
  return rows.map(([conversation, csat]) => ["answer", conversation, csat]);
}
