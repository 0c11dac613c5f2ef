/** The nouns of a site that are read whole: its objectives, pilots, business cases and agreements. */
import { and, desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type * as z from "zod";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { resources } from "../../migrations/schema.ts";

export type Plan<T> = { id: string; version: number; createdAt: EpochMs; updatedAt: EpochMs; body: T };

/** No screen shows more of them, and no call reads more. */
const MOST = 200;

export async function readPlans<T extends z.ZodType>(
  env: Env,
  site: SiteKey,
  noun: string,
  schema: T,
): Promise<Plan<z.infer<T>>[]> {
  const rows = await drizzle(env.DB)
    .select()
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, noun)))
    .orderBy(desc(resources.id))
    .limit(MOST);
  return rows.map(({ id, version, createdAt, updatedAt, body }) => ({
    id,
    version,
    createdAt,
    updatedAt,
    body: schema.parse(JSON.parse(body)),
  }));
}

export async function readPlan<T extends z.ZodType>(
  env: Env,
  site: SiteKey,
  noun: string,
  id: string,
  schema: T,
): Promise<Plan<z.infer<T>> | null> {
  const row = await drizzle(env.DB)
    .select()
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, noun), eq(resources.id, id)))
    .get();
  if (row === undefined) return null;
  const { version, createdAt, updatedAt, body } = row;
  return { id, version, createdAt, updatedAt, body: schema.parse(JSON.parse(body)) };
}
