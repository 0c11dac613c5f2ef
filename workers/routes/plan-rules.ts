/** What objectives, pilots, business cases and agreements ask beyond their schemas. */
import { and, eq, inArray, isNull, min, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs } from "../../domain/ids.ts";
import { daysFault, hoursFault, Objective, Pilot } from "../../domain/objectives/objective.ts";
import { pilotFault } from "../../domain/objectives/pilot-reading.ts";
import { dayStart } from "../../domain/objectives/progress.ts";
import { Agreement, satisfactionFault, unlistedGoal } from "../../domain/roi/agreement.ts";
import { LISTED_KPIS } from "../../domain/roi/goal-units.ts";
import { BusinessCase } from "../../domain/roi/business-case.ts";
import { campaignPhases, campaigns, members, statements } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { carriersOf } from "../objectives/pilots.ts";
import type { Kept, NounRules } from "./resource-rules.ts";

export const objectiveRules: NounRules = {
  keep: async (_env, { body }) => {
    const objective = Objective.parse(body);
    refuseDays(objective.starts_on, objective.due_on, "due_on");
    const fault = hoursFault(objective);
    if (fault !== null) throw new ApiError("invalid", fault, { path: "business_hours" });
    return [];
  },
};

export const pilotRules: NounRules = {
  keep: async (env, { site, body }) => {
    const pilot = Pilot.parse(body);
    const { starts_on, ends_on, agents } = pilot;
    const campaign = pilot.campaign ?? null;
    refuseDays(starts_on, ends_on, "ends_on");
    await assertCampaigns(env, site, campaign === null ? [] : [campaign], "campaign");
    await assertMembers(env, site, agents);
    const { timezone: zone } = await readSettings(env, site);
    const days = { startsAt: dayStart(starts_on, zone), endsAt: dayStart(ends_on, zone, 1) };
    const fault = pilotFault(pilot, await carriersOf(env, site, campaign, days));
    if (fault !== null) throw new ApiError("invalid", fault.message, { path: fault.path });
    return [];
  },
};

/** A case whose campaign has begun says what was expected before: it stays as it was written. */
export const caseRules: NounRules = {
  keep: async (env, { site, body }, before) => {
    const { campaign } = BusinessCase.parse(body);
    if (before !== null && (await hasBegun(env, before))) {
      throw new ApiError("conflict", "its campaign has begun: write another case beside it");
    }
    await assertCampaigns(env, site, campaign == null ? [] : [campaign], "campaign");
    return [];
  },
};

export const agreementRules: NounRules = {
  keep: async (env, { site, body }) => {
    const terms = Agreement.parse(body);
    const { kpi, campaigns: agreed, from_month, to_month } = terms;
    if (to_month != null && to_month < from_month) {
      throw new ApiError("invalid", "the last month must not be before the first", { path: "to_month" });
    }
    if (kpi !== "satisfaction" && agreed.length === 0) {
      throw new ApiError("invalid", "name the campaigns whose visitors are counted", { path: "campaigns" });
    }
    const fault = satisfactionFault(terms);
    if (fault !== null) throw new ApiError("invalid", fault.message, { path: fault.path });
    const unlisted = unlistedGoal(terms);
    if (unlisted >= 0) {
      const message = `a goal is on answers, conversations or orders, told one by one: ${LISTED_KPIS.join(", ")}`;
      throw new ApiError("invalid", message, { path: `goals.${unlisted}.kpi` });
    }
    await assertCampaigns(env, site, agreed, "campaigns");
    return [];
  },
  remove: async (env, { site, id }) => {
    const issued = await drizzle(env.DB)
      .select({ month: statements.month })
      .from(statements)
      .where(and(eq(statements.site, site), eq(statements.agreementId, id)))
      .get();
    if (issued !== undefined) {
      throw new ApiError("conflict", `the statement of ${issued.month} was issued by it: end it instead`);
    }
    return [
      sql`NOT EXISTS (SELECT 1 FROM statements AS issued WHERE issued.site = ${site} AND issued.agreement_id = ${id})`,
    ];
  },
};

function refuseDays(from: string, to: string, path: string): void {
  const fault = daysFault(from, to);
  if (fault !== null) throw new ApiError("invalid", fault, { path });
}

async function assertCampaigns(env: Env, site: string, ids: readonly string[], path: string): Promise<void> {
  if (ids.length === 0) return;
  const found = await drizzle(env.DB)
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.site, site), inArray(campaigns.id, [...ids]), isNull(campaigns.deletedAt)));
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw new ApiError("invalid", `there is no campaign ${missing}`, { path });
}

async function assertMembers(env: Env, site: string, agents: readonly string[]): Promise<void> {
  if (agents.length === 0) return;
  const rows = await drizzle(env.DB)
    .select({ id: members.userId })
    .from(members)
    .where(eq(members.site, site));
  const known = new Set(rows.map(({ id }) => id));
  const stranger = agents.findIndex((id) => !known.has(id));
  if (stranger < 0) return;
  throw new ApiError("invalid", `nobody of this site is ${agents[stranger]}`, { path: `agents.${stranger}` });
}

async function hasBegun(env: Env, { site, body }: Kept): Promise<boolean> {
  const { campaign } = BusinessCase.parse(body);
  return campaign != null && (await firstStart(env, site, campaign)) !== null;
}

/** When the campaign's first phase began; null where none has. */
export async function firstStart(env: Env, site: string, campaign: string): Promise<EpochMs | null> {
  const row = await drizzle(env.DB)
    .select({ at: min(campaignPhases.startedAt) })
    .from(campaignPhases)
    .where(and(eq(campaignPhases.site, site), eq(campaignPhases.campaignId, campaign)))
    .get();
  return row?.at ?? null;
}
