/**
 * /api/sites/{site}/campaigns — what the site offers to whom.
 *
 * A campaign that is live runs in a phase, whose body `campaign_phases` keeps. Whenever a save leaves the campaign
 * live with other PHASE_FIELDS than its phase has, a new phase begins: so neither a change while live nor one made
 * during a pause mixes two experiments, and a smaller hold-out always is a phase of its own.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { MIN_RUNTIME_MS } from "../../domain/experiments/hybrid.ts";
import type { EpochMs } from "../../domain/ids.ts";
import {
  Campaign,
  CampaignInput,
  DEFAULT_WINDOW_HOURS,
  FIXED_FIELDS,
  PHASE_FIELDS,
} from "../../domain/targeting/campaign.ts";
import { campaignPhases, campaigns as table } from "../../migrations/schema.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { newId } from "../auth/people.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { campaignOf, type CampaignRow } from "../publish/campaign-row.ts";
import { publishChange, raiseConfigVersion } from "../publish/publish.ts";
import { auditInsert, auditInsertWhere } from "./audit-trail.ts";
import { assertSound, readKnownKeys } from "./campaign-rules.ts";
import { restUpdate } from "./campaign-rests.ts";
import { windowOfGoal } from "./goal-rules.ts";
import {
  ItemPath,
  Page,
  REFUSALS,
  SitePath,
  VERSION_REFUSALS,
  assertVersion,
  describePatch,
  etag,
  jsonBody,
  jsonContent,
  listOf,
  nounRouter,
  pageOf,
  parseOrRefuse,
  readCursor,
  readPatch,
} from "./openapi.ts";

type CampaignEnv = AppEnv & { Variables: { campaign: CampaignRow } };

/** The campaign of the path, or 404: before version and body are judged. */
export async function findCampaign(env: Env, site: string, id: string): Promise<CampaignRow> {
  const row = await findEver(env, site, id);
  if (row.deletedAt !== null) throw missing();
  return row;
}

/** The same, also where it was deleted since: what it did stays to be read. */
async function findEver(env: Env, site: string, id: string): Promise<CampaignRow> {
  const row = await drizzle(env.DB)
    .select()
    .from(table)
    .where(and(eq(table.site, site), eq(table.id, id)))
    .get();
  if (row === undefined) throw missing();
  return row;
}

const missing = () => new ApiError("not_found", "there is no such campaign at this site");

/** Puts the campaign of the path into the context; 404 where there is none, before version and body are judged. */
export const existing = createMiddleware<CampaignEnv>(async (c, next) => {
  c.set("campaign", await findCampaign(c.env, c.req.param("site") ?? "", c.req.param("id") ?? ""));
  await next();
});

/** The same for what is only read of it: a campaign that was deleted is one still. */
export const existed = createMiddleware<CampaignEnv>(async (c, next) => {
  c.set("campaign", await findEver(c.env, c.req.param("site") ?? "", c.req.param("id") ?? ""));
  await next();
});

const DAY_MS = 86_400_000;

type Field = (typeof PHASE_FIELDS | typeof FIXED_FIELDS)[number];

/** The first of `fields` in which `a` and `b` differ; a limit that is null is one that is not there. */
function differing(fields: readonly Field[], a: CampaignInput, b: CampaignInput): Field | undefined {
  return fields.find((field) => {
    const nullCounts = field === "condition";
    return canonical(a[field], nullCounts) !== canonical(b[field], nullCounts);
  });
}

/** `value` as text in which the order of names says nothing, nor, unless `nullCounts`, a member that is null. */
function canonical(value: unknown, nullCounts: boolean): string {
  return JSON.stringify(value ?? null, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const members = Object.entries(inner).filter(([, member]) => nullCounts || member !== null);
    return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

type Phase = { phase: number; begins: boolean };

/**
 * The phase in which `input` will run: the present one, or the next where it no longer is the same experiment; and
 * whether it begins with this. A phase that runs keeps its plan: a change of it alone is refused.
 */
async function phaseFor(env: Env, row: CampaignRow, input: CampaignInput): Promise<Phase> {
  const same = { phase: row.phase, begins: false };
  if (input.status !== "live") return same;
  const running = await drizzle(env.DB)
    .select({ body: campaignPhases.body })
    .from(campaignPhases)
    .where(
      and(
        eq(campaignPhases.site, row.site),
        eq(campaignPhases.campaignId, row.id),
        eq(campaignPhases.phase, row.phase),
      ),
    )
    .get();
  if (running === undefined) return { ...same, begins: true };
  const began = CampaignInput.parse(JSON.parse(running.body));
  if (differing(PHASE_FIELDS, began, input) !== undefined) return { phase: row.phase + 1, begins: true };
  const moved = differing(FIXED_FIELDS, began, input);
  if (moved === undefined) return same;
  throw new ApiError(
    "invalid",
    `the phase that runs was planned with another ${moved}, and keeps it; change it together with one of ${PHASE_FIELDS.join(", ")}, which begins a new phase`,
    { path: moved },
  );
}

/** A phase that begins is read at its planned end, which must leave it the shortest time that can be read. */
function assertPlannedAhead({ planned_end }: CampaignInput, now: EpochMs): void {
  if (planned_end == null || Date.parse(planned_end) >= now + MIN_RUNTIME_MS) return;
  const message = `a phase that begins now can be read after ${MIN_RUNTIME_MS / DAY_MS} days at the earliest; plan a later end, or none`;
  throw new ApiError("invalid", message, { path: "planned_end" });
}

/** Keeps the body of a phase that begins, and its goal; taken from the rows themselves, so a lost race cannot write another's. */
function phaseInsert(db: ReturnType<typeof drizzle>, site: string, id: string) {
  return db
    .insert(campaignPhases)
    .select(
      sql`SELECT site, id, phase, body, updated_at,
          (SELECT goal.body FROM resources AS goal WHERE goal.site = campaigns.site AND goal.noun = 'goals'
            AND json_extract(goal.body, '$.key') = json_extract(campaigns.body, '$.goal')), '[]'
        FROM campaigns WHERE site = ${site} AND id = ${id} AND status = 'live'`,
    )
    .onConflictDoNothing();
}

/** As it is told: a campaign that names no window has its goal's. */
const NewCampaign = CampaignInput.extend({
  window_hours: CampaignInput.shape.window_hours.unwrap().optional(),
});

async function withWindow(env: Env, site: string, told: z.infer<typeof NewCampaign>): Promise<CampaignInput> {
  const { window_hours: own, goal, ...input } = told;
  const hours = own ?? (goal == null ? undefined : await windowOfGoal(env, site, goal));
  return { ...input, goal: goal ?? null, window_hours: hours ?? DEFAULT_WINDOW_HOURS };
}

const tags = ["Campaigns"];
const list = createRoute({
  method: "get",
  path: "/",
  summary: "Campaigns, newest first",
  tags,
  request: {
    params: SitePath,
    query: Page.extend({ status: z.enum(["draft", "live", "paused", "ended"]).optional() }),
  },
  responses: { 200: jsonContent(listOf(Campaign), "Campaigns"), ...REFUSALS },
});
const create = createRoute({
  method: "post",
  path: "/",
  summary: "Make a campaign",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath, body: jsonBody(NewCampaign) },
  responses: { 201: jsonContent(Campaign, "The campaign"), ...REFUSALS },
});
const read = createRoute({
  method: "get",
  path: "/{id}",
  summary: "One campaign",
  tags,
  middleware: [existing] as const,
  request: { params: ItemPath },
  responses: { 200: jsonContent(Campaign, "The campaign"), ...REFUSALS },
});
const update = createRoute({
  method: "patch",
  path: "/{id}",
  summary: "Change a campaign; live within 10 s",
  description: `While live, a change of ${PHASE_FIELDS.join(", ")} starts a new phase with its own results.`,
  tags,
  middleware: [requireAdmin, existing] as const,
  request: { params: ItemPath },
  responses: { 200: jsonContent(Campaign, "The campaign now"), ...REFUSALS, ...VERSION_REFUSALS },
});
const remove = createRoute({
  method: "delete",
  path: "/{id}",
  summary: "Delete a campaign; its history stays",
  tags,
  middleware: [requireAdmin, existing] as const,
  request: { params: ItemPath },
  responses: { 204: { description: "Deleted" }, ...REFUSALS },
});

export const campaigns = nounRouter();

campaigns.openapi(list, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit, status } = c.req.valid("query");
  const after = cursor === undefined ? undefined : readCursor(z.tuple([z.string()]), cursor)[0];
  const rows = await drizzle(c.env.DB)
    .select()
    .from(table)
    .where(
      and(
        eq(table.site, site),
        isNull(table.deletedAt),
        after === undefined ? undefined : lt(table.id, after),
        status === undefined ? undefined : eq(table.status, status),
      ),
    )
    .orderBy(desc(table.id))
    .limit(limit + 1);
  return c.json(
    pageOf(rows, limit, ({ id }) => [id], campaignOf),
    200,
  );
});

campaigns.openapi(create, async (c) => {
  const { site } = c.req.valid("param");
  const input = await withWindow(c.env, site, c.req.valid("json"));
  assertSound(input, await readKnownKeys(c.env, site));
  const now = c.get("now");
  if (input.status === "live") assertPlannedAhead(input, now);
  const id = newId("cmp");
  const { status, name } = input;
  const db = drizzle(c.env.DB);
  const row = { id, site, status, name, body: JSON.stringify(input), createdAt: now, updatedAt: now };
  const [made] = await db.batch([
    db.insert(table).values(row).returning(),
    phaseInsert(db, site, id),
    auditInsert(db, c, { site, action: "campaign.create", target: id, detail: { name, status } }),
    raiseConfigVersion(db, site),
  ]);
  if (status === "live") await publishChange(c.env, site, now);
  const campaign = campaignOf(made[0] as CampaignRow);
  c.header("etag", etag(campaign.version));
  return c.json(campaign, 201);
});

campaigns.openapi(read, async (c) => {
  const campaign = campaignOf(c.get("campaign"));
  c.header("etag", etag(campaign.version));
  return c.json(campaign, 200);
});

campaigns.openapi(update, async (c) => {
  const { site, id } = c.req.valid("param");
  const row = c.get("campaign");
  assertVersion(c, row.version);
  const patch = await readPatch(c);
  const input = parseOrRefuse(CampaignInput, { ...CampaignInput.parse(JSON.parse(row.body)), ...patch });
  // What is wrong with a campaign by now is no reason to let it go on: it can always be stopped.
  const stops = input.status !== "live" && Object.keys(patch).every((key) => key === "status");
  if (!stops) assertSound(input, await readKnownKeys(c.env, site));
  const now = c.get("now");
  const version = row.version + 1;
  const body = JSON.stringify(input);
  const { phase, begins } = await phaseFor(c.env, row, input);
  if (begins) assertPlannedAhead(input, now);
  const { status, name } = input;
  const stoppedAt = status === "live" ? null : row.status === "live" ? now : row.stoppedAt;
  const db = drizzle(c.env.DB);
  const isSaved = sql`EXISTS (SELECT 1 FROM campaigns WHERE id = ${id} AND version = ${version} AND body = ${body})`;
  const [changed] = await db.batch([
    db
      .update(table)
      .set({ status, name, body, version, phase, stoppedAt, updatedAt: now })
      .where(
        and(eq(table.site, site), eq(table.id, id), eq(table.version, row.version), isNull(table.deletedAt)),
      )
      .returning(),
    restUpdate(db, row, { status, phase }, now, isSaved),
    phaseInsert(db, site, id),
    auditInsertWhere(
      db,
      c,
      { site, action: "campaign.update", target: id, detail: { keys: Object.keys(patch), version, phase } },
      isSaved,
    ),
    raiseConfigVersion(db, site),
  ]);
  if (changed[0] === undefined) {
    throw new ApiError("precondition_failed", "somebody saved at the same moment");
  }
  if (row.status === "live" || status === "live") await publishChange(c.env, site, now);
  c.header("etag", etag(version));
  return c.json(campaignOf(changed[0]), 200);
});

campaigns.openapi(remove, async (c) => {
  const { site, id } = c.req.valid("param");
  const row = c.get("campaign");
  const now = c.get("now");
  const db = drizzle(c.env.DB);
  await db.batch([
    db
      .update(table)
      .set({
        deletedAt: now,
        updatedAt: now,
        status: "ended",
        ...(row.status === "live" ? { stoppedAt: now } : {}),
      })
      .where(and(eq(table.site, site), eq(table.id, id))),
    restUpdate(db, row, { status: "ended", phase: row.phase }, now, sql`true`),
    auditInsert(db, c, { site, action: "campaign.delete", target: id }),
    raiseConfigVersion(db, site),
  ]);
  await publishChange(c.env, site, now);
  return c.body(null, 204);
});

describePatch(campaigns, update, CampaignInput);
