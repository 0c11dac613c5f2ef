/**
 * /api/sites/{site}/segments — named conditions, and the library from which some are installed with one call.
 *
 * A segment may ask about others, so each is judged beside all of the site's; and one that a live campaign or another
 * segment asks about stays, under its name.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { MAX_SEGMENTS, Segment } from "../../domain/site/resources.ts";
import { librarySegment, SEGMENT_LIBRARY } from "../../domain/site/segment-library.ts";
import { segmentProblems, segmentsAsked, segmentsAsking } from "../../domain/site/segment-use.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { campaigns, resources, sites } from "../../migrations/schema.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { newId } from "../auth/people.ts";
import { ApiError } from "../errors.ts";
import { campaignOf } from "../publish/campaign-row.ts";
import { publishChange, raiseConfigVersion } from "../publish/publish.ts";
import { auditInsertWhere } from "./audit-trail.ts";
import { readKnownKeys, unknownKey } from "./campaign-rules.ts";
import { jsonContent, nounRouter, REFUSALS, SitePath, etag } from "./openapi.ts";
import { everyRule, type Kept, type NounRules, uniqueKey } from "./resource-rules.ts";
import { resourceOf, resourceRouter } from "./resources.ts";

const NOUN = "segments";

type StoredSegment = { id: string; version: number; segment: Segment };

/** The site's segments, all of them. */
async function readSegments(env: Env, site: string): Promise<StoredSegment[]> {
  const rows = await drizzle(env.DB)
    .select({ id: resources.id, version: resources.version, body: resources.body })
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, NOUN)));
  return rows.map(({ id, version, body }) => ({ id, version, segment: Segment.parse(JSON.parse(body)) }));
}

/** The site's segments are those that were looked at. */
function unchanged(site: string, id: string, seen: readonly StoredSegment[]) {
  const versions = seen
    .map((each) => `${each.id}:${each.version}`)
    .sort()
    .join();
  return sql`(SELECT coalesce(group_concat(v, ','), '') FROM
    (SELECT seen.id || ':' || seen.version AS v FROM resources AS seen
      WHERE seen.site = ${site} AND seen.noun = ${NOUN} AND seen.id <> ${id} ORDER BY v)) = ${versions}`;
}

/** The skill to which a segment leads is still there. */
function hasSkill(site: string, key: string) {
  return sql`EXISTS (SELECT 1 FROM resources AS skill WHERE skill.site = ${site} AND skill.noun = 'skills'
    AND json_extract(skill.body, '$.key') = ${key})`;
}

const sound: NounRules = {
  keep: async (env, { site, id, body }) => {
    const segment = Segment.parse(body);
    const others = (await readSegments(env, site)).filter((other) => other.id !== id);
    if (others.length >= MAX_SEGMENTS) {
      throw new ApiError("conflict", `a site has at most ${MAX_SEGMENTS} segments: delete one first`);
    }
    const [problem] = segmentProblems(
      segment,
      others.map((other) => other.segment),
    );
    if (problem !== undefined) {
      const path = ["condition", problem.path].filter((part) => part !== "").join(".");
      throw new ApiError("invalid", problem.message, { path });
    }
    const { skills } = await readKnownKeys(env, site);
    const [unknown] = unknownKey("skill", segment.skill, skills);
    if (unknown !== undefined) throw new ApiError("invalid", unknown.message, { path: unknown.path });
    return [
      ...(segment.skill === null ? [] : [hasSkill(site, segment.skill)]),
      // Only a segment that asks about others can close a circle with what somebody else saves at this moment.
      ...(segmentsAsked(segment.condition).length === 0 ? [] : [unchanged(site, id, others)]),
    ];
  },
};

/** A segment that somebody asks about keeps its key, and stays. */
const missed: NounRules = {
  keep: async (env, item, before) => {
    if (before === null || before.body.key === item.body.key) return [];
    return assertUnused(env, before, "is given another key");
  },
  remove: (env, item) => assertUnused(env, item, "goes"),
};

async function assertUnused(env: Env, { site, id, body }: Kept, fate: string) {
  const key = String(body.key);
  const db = drizzle(env.DB);
  const others = (await readSegments(env, site)).filter((other) => other.id !== id);
  const live = await db
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.site, site), eq(campaigns.status, "live"), isNull(campaigns.deletedAt)));
  const asking = [
    ...live
      .map(campaignOf)
      .filter(({ condition }) => segmentsAsked(condition).includes(key))
      .map(({ name }) => `the live campaign “${name}”`),
    ...segmentsAsking(
      key,
      others.map((other) => other.segment),
    ).map((other) => `the segment ${other}`),
  ];
  if (asking.length > 0) {
    const who = asking.join(", ");
    throw new ApiError("conflict", `segment.${key} is asked about by ${who}: change that before it ${fate}`);
  }
  const fact = `"segment.${key}"`;
  return [
    sql`NOT EXISTS (SELECT 1 FROM campaigns WHERE campaigns.site = ${site} AND campaigns.status = 'live'
      AND campaigns.deleted_at IS NULL AND instr(json_extract(campaigns.body, '$.condition'), ${fact}) > 0)`,
    sql`NOT EXISTS (SELECT 1 FROM resources AS asking WHERE asking.site = ${site} AND asking.noun = ${NOUN}
      AND asking.id <> ${id} AND instr(json_extract(asking.body, '$.condition'), ${fact}) > 0)`,
  ];
}

const LibraryItem = Segment.extend({
  /** The id of the site's segment with this key; null where it is not installed. */
  installed: z.string().nullable(),
});

const tags = ["Segments"];
const library = createRoute({
  method: "get",
  path: "/library",
  summary: "Segments that are ready to install, in the site's language",
  tags,
  request: { params: SitePath, query: z.object({ locale: z.enum(["fr", "en"]).optional() }) },
  responses: {
    200: jsonContent(z.object({ items: z.array(LibraryItem) }), "The library"),
    ...REFUSALS,
  },
});
const InstalledSegment = Segment.extend({
  id: z.string(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
const install = createRoute({
  method: "post",
  path: "/library/{key}",
  summary: "Install a segment of the library; a site that has its key keeps its own",
  tags,
  middleware: [requireAdmin] as const,
  request: {
    params: SitePath.extend({ key: z.string() }),
    query: z.object({ locale: z.enum(["fr", "en"]).optional() }),
  },
  responses: {
    200: jsonContent(InstalledSegment, "The site's own segment with this key"),
    201: jsonContent(InstalledSegment, "The segment that was installed"),
    ...REFUSALS,
  },
});

async function localeOf(env: Env, site: string, wanted: "fr" | "en" | undefined): Promise<"fr" | "en"> {
  if (wanted !== undefined) return wanted;
  const row = await drizzle(env.DB)
    .select({ settings: sites.settings })
    .from(sites)
    .where(eq(sites.key, site))
    .get();
  if (row === undefined) throw new ApiError("not_found", "there is no such site, or it is not yours");
  return SiteSettings.parse(JSON.parse(row.settings)).locale;
}

async function rowWithKey(env: Env, site: string, key: string) {
  return drizzle(env.DB)
    .select()
    .from(resources)
    .where(
      and(
        eq(resources.site, site),
        eq(resources.noun, NOUN),
        eq(sql`json_extract(${resources.body}, '$.key')`, key),
      ),
    )
    .get();
}

export const segments = nounRouter();

segments.openapi(library, async (c) => {
  const { site } = c.req.valid("param");
  const locale = await localeOf(c.env, site, c.req.valid("query").locale);
  const own = new Map((await readSegments(c.env, site)).map(({ id, segment }) => [segment.key, id]));
  const items = SEGMENT_LIBRARY.map(({ segment, words }) => ({
    ...segment,
    ...words[locale],
    installed: own.get(segment.key) ?? null,
  }));
  return c.json({ items }, 200);
});

segments.openapi(install, async (c) => {
  const { site, key } = c.req.valid("param");
  const locale = await localeOf(c.env, site, c.req.valid("query").locale);
  const segment = librarySegment(key, locale);
  if (segment === null) throw new ApiError("not_found", "the library has no segment with this key");
  const now = c.get("now");
  const id = newId("seg");
  const body = JSON.stringify(segment);
  const db = drizzle(c.env.DB);
  const [made] = await db.batch([
    db
      .insert(resources)
      .select(
        sql`SELECT ${id}, ${site}, ${NOUN}, ${body}, 1, ${now}, ${now} WHERE NOT EXISTS
          (SELECT 1 FROM resources AS own WHERE own.site = ${site} AND own.noun = ${NOUN}
            AND json_extract(own.body, '$.key') = ${key})`,
      )
      .returning(),
    auditInsertWhere(
      db,
      c,
      { site, action: "segments.install", target: id, detail: { key } },
      sql`EXISTS (SELECT 1 FROM resources WHERE id = ${id})`,
    ),
    raiseConfigVersion(db, site),
  ]);
  const row = made[0] ?? (await rowWithKey(c.env, site, key));
  if (row === undefined) throw new ApiError("conflict", "it was deleted at the same moment; send it again");
  if (made[0] !== undefined) await publishChange(c.env, site, now);
  const item = resourceOf(row);
  c.header("etag", etag(item.version));
  return c.json(InstalledSegment.parse(item), made[0] === undefined ? 200 : 201);
});

segments.route(
  "/",
  resourceRouter({
    noun: NOUN,
    prefix: "seg",
    schema: Segment,
    published: true,
    rules: everyRule(uniqueKey(NOUN), sound, missed),
  }),
);
