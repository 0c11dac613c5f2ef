/**
 * Goals and skills that others name by their key: one that a live campaign uses, or a skill to which a segment leads,
 * keeps its key and stays, and the refusal names who uses it.
 */
import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { campaigns, resources } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import type { Kept, NounRules, Still } from "./resource-rules.ts";

type Named = "goals" | "skills";
/** Under which name a campaign or a segment carries the key. */
const FIELD = { goals: "goal", skills: "skill" } as const;

/** What others use stays, under its key. */
export function usedKey(noun: Named): NounRules {
  return {
    keep: async (env, item, before) =>
      before === null || before.body.key === item.body.key
        ? []
        : assertUnused(env, noun, before, "is given another key"),
    remove: (env, item) => assertUnused(env, noun, item, "goes"),
  };
}

async function assertUnused(env: Env, noun: Named, { site, id, body }: Kept, fate: string): Promise<Still[]> {
  const db = drizzle(env.DB);
  const key = String(body.key);
  const field = FIELD[noun];
  const named = (column: typeof campaigns.body | typeof resources.body) =>
    eq(sql`json_extract(${column}, ${`$.${field}`})`, key);
  const ofSite = (kind: string) => and(eq(resources.site, site), eq(resources.noun, kind));
  const [namesakes, live, segments] = await db.batch([
    db
      .select({ id: resources.id })
      .from(resources)
      .where(and(ofSite(noun), ne(resources.id, id), eq(sql`json_extract(${resources.body}, '$.key')`, key))),
    db
      .select({ name: campaigns.name })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.site, site),
          eq(campaigns.status, "live"),
          isNull(campaigns.deletedAt),
          named(campaigns.body),
        ),
      ),
    db
      .select({ key: sql<string>`json_extract(${resources.body}, '$.key')` })
      .from(resources)
      .where(and(ofSite("segments"), named(resources.body))),
  ]);
  // Who shares its key takes its place.
  if (namesakes.length > 0) return [];
  const using = [
    ...live.map(({ name }) => `the live campaign “${name}”`),
    ...segments.map((segment) => `the segment ${segment.key}`),
  ];
  if (using.length > 0) {
    const who = using.join(", ");
    throw new ApiError("conflict", `the ${field} ${key} is used by ${who}: change that before it ${fate}`);
  }
  const path = `$.${field}`;
  return [
    sql`NOT EXISTS (SELECT 1 FROM campaigns WHERE campaigns.site = ${site} AND campaigns.status = 'live'
      AND campaigns.deleted_at IS NULL AND json_extract(campaigns.body, ${path}) = ${key})`,
    sql`NOT EXISTS (SELECT 1 FROM resources AS leading WHERE leading.site = ${site} AND leading.noun = 'segments'
      AND json_extract(leading.body, ${path}) = ${key})`,
  ];
}
