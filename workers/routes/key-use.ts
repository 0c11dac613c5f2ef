/**
 * Goals and skills that others name by their key: a skill that a live campaign uses or to which a segment leads, and a
 * goal by which a campaign that ever ran is read, keep their key and stay, and the refusal names who uses them.
 */
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { campaigns, resources } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { everyRule, type Kept, type NounRules, type Still, uniqueKey } from "./resource-rules.ts";

type Named = "goals" | "skills";
/** Under which name a campaign or a segment carries the key. */
const FIELD = { goals: "goal", skills: "skill" } as const;

/** Which campaigns need it: a skill those that run, a goal also those that are still read by it. */
const NEEDED_BY = { goals: ["live", "paused", "ended"], skills: ["live"] } as const;

/** One item a key, and what others use stays, under its key. */
export function usedKey(noun: Named): NounRules {
  return everyRule(uniqueKey(noun), {
    keep: async (env, item, before) =>
      before === null || before.body.key === item.body.key
        ? []
        : assertUnused(env, noun, before, "is given another key"),
    remove: (env, item) => assertUnused(env, noun, item, "goes"),
  });
}

async function assertUnused(env: Env, noun: Named, { site, body }: Kept, fate: string): Promise<Still[]> {
  const db = drizzle(env.DB);
  const key = String(body.key);
  const field = FIELD[noun];
  const named = (column: typeof campaigns.body | typeof resources.body) =>
    eq(sql`json_extract(${column}, ${`$.${field}`})`, key);
  const ofSite = (kind: string) => and(eq(resources.site, site), eq(resources.noun, kind));
  const needing = NEEDED_BY[noun];
  const [using, segments] = await db.batch([
    db
      .select({ name: campaigns.name, status: campaigns.status })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.site, site),
          inArray(campaigns.status, [...needing]),
          isNull(campaigns.deletedAt),
          named(campaigns.body),
        ),
      ),
    db
      .select({ key: sql<string>`json_extract(${resources.body}, '$.key')` })
      .from(resources)
      .where(and(ofSite("segments"), named(resources.body))),
  ]);
  const users = [
    ...using.map(({ name, status }) => `the ${status} campaign “${name}”`),
    ...segments.map((segment) => `the segment ${segment.key}`),
  ];
  if (users.length > 0) {
    const who = users.join(", ");
    throw new ApiError("conflict", `the ${field} ${key} is used by ${who}: change that before it ${fate}`);
  }
  const path = `$.${field}`;
  return [
    sql`NOT EXISTS (SELECT 1 FROM campaigns WHERE campaigns.site = ${site} 
      AND campaigns.status IN (SELECT value FROM json_each(${JSON.stringify(needing)})) AND campaigns.deleted_at IS NULL AND json_extract(campaigns.body, ${path}) = ${key})`,
    sql`NOT EXISTS (SELECT 1 FROM resources AS leading WHERE leading.site = ${site} AND leading.noun = 'segments'
      AND json_extract(leading.body, ${path}) = ${key})`,
  ];
}
