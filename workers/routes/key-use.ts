/**
 * Goals and skills that others name by their key: a skill that a live campaign uses or to which a segment leads, and a
 * goal by which a campaign that ever ran is read, keep their key and stay, and the refusal names who uses them. Such a
 * goal also stays what it is: of another kind, or told by another event, it would make one result of two successes.
 */
import { and, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { campaigns, resources } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { everyRule, type Kept, type NounRules, type Still, uniqueKey } from "./resource-rules.ts";

type Named = "goals" | "skills";
/** Under which name a campaign or a segment carries the key. */
const FIELD = { goals: "goal", skills: "skill" } as const;

/** Which campaigns need it: a skill those that run, a goal also those that are still read by it. */
const NEEDED_BY = { goals: ["live", "paused", "ended"], skills: ["live"] } as const;
/** What of it stays while it is used, and what it would be by the change of it. */
const FIXED = {
  goals: { key: "is given another key", kind: "becomes another kind", event: "is told by another event" },
  skills: { key: "is given another key" },
} as const;

/** One item a key, and what others use stays, under its key. */
export function usedKey(noun: Named): NounRules {
  return everyRule(uniqueKey(noun), {
    keep: async (env, item, before) => {
      if (before === null) return [];
      const moved = Object.entries(FIXED[noun]).find(
        ([field]) => (before.body[field] ?? null) !== (item.body[field] ?? null),
      );
      return moved === undefined ? [] : assertUnused(env, noun, before, { path: moved[0], fate: moved[1] });
    },
    remove: (env, item) => assertUnused(env, noun, item, { fate: "goes" }),
  });
}

async function assertUnused(
  env: Env,
  noun: Named,
  { site, body }: Kept,
  { fate, path: at }: { fate: string; path?: string },
): Promise<Still[]> {
  const db = drizzle(env.DB);
  const key = String(body.key);
  const field = FIELD[noun];
  const named = eq(sql`json_extract(${resources.body}, ${`$.${field}`})`, key);
  const ofSite = (kind: string) => and(eq(resources.site, site), eq(resources.noun, kind));
  const needing = NEEDED_BY[noun];
  const needs = sql`(campaigns.status IN (SELECT value FROM json_each(${JSON.stringify(needing)}))
      AND json_extract(campaigns.body, ${`$.${field}`}) = ${key})`;
  const ran = sql`EXISTS (SELECT 1 FROM campaign_phases ran WHERE ran.site = campaigns.site
      AND ran.campaign_id = campaigns.id AND json_extract(ran.body, '$.goal') = ${key})`;
  const uses = noun === "goals" ? sql`(${needs} OR ${ran})` : needs;
  const [using, segments] = await db.batch([
    db
      .select({ name: campaigns.name, status: campaigns.status })
      .from(campaigns)
      .where(and(eq(campaigns.site, site), isNull(campaigns.deletedAt), uses)),
    db
      .select({ key: sql<string>`json_extract(${resources.body}, '$.key')` })
      .from(resources)
      .where(and(ofSite("segments"), named)),
  ]);
  const users = [
    ...using.map(({ name, status }) => `the ${status} campaign “${name}”`),
    ...segments.map((segment) => `the segment ${segment.key}`),
  ];
  if (users.length > 0) {
    const who = users.join(", ");
    throw new ApiError(
      "conflict",
      `the ${field} ${key} is used by ${who}: change that before it ${fate}`,
      at === undefined ? {} : { path: at },
    );
  }
  const path = `$.${field}`;
  return [
    sql`NOT EXISTS (SELECT 1 FROM campaigns WHERE campaigns.site = ${site} AND campaigns.deleted_at IS NULL AND ${uses})`,
    sql`NOT EXISTS (SELECT 1 FROM resources AS leading WHERE leading.site = ${site} AND leading.noun = 'segments'
      AND json_extract(leading.body, ${path}) = ${key})`,
  ];
}
