/**
 * What a goal must be beyond its shape to be kept: one of not too many, told by an event that is recorded as one, and
 * the same for as long as a campaign is read by it.
 */
import { and, eq, ne } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Goal, MAX_GOALS } from "../../domain/site/resources.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { windowFrom } from "../../domain/site/success.ts";
import { ENGAGEMENT_EVENTS } from "../../domain/visit/engagement.ts";
import { resources, sites } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { usedKey } from "./key-use.ts";
import { everyRule, type NounRules } from "./resource-rules.ts";

const sound: NounRules = {
  keep: async (env, { site, id, body }, before) => {
    const { kind, event } = Goal.parse(body);
    if (kind === "lead" && event != null && (event === "Wake" || ENGAGEMENT_EVENTS.has(event))) {
      throw new ApiError("invalid", `${event} says nothing of leads; name an event that the site tells`, {
        path: "event",
      });
    }
    if (before !== null) return [];
    const others = await drizzle(env.DB)
      .select({ id: resources.id })
      .from(resources)
      .where(and(eq(resources.site, site), eq(resources.noun, "goals"), ne(resources.id, id)))
      .limit(MAX_GOALS);
    if (others.length >= MAX_GOALS) {
      throw new ApiError("conflict", `a site has at most ${MAX_GOALS} goals: delete one first`);
    }
    return [];
  },
};

export const goalRules = everyRule(sound, usedKey("goals"));

/** The window of a campaign of `site` that names the goal `key` and none of its own; undefined where there is no such goal. */
export async function windowOfGoal(env: Env, site: string, key: string): Promise<number | undefined> {
  const db = drizzle(env.DB);
  const [goals, [row]] = await db.batch([
    db
      .select({ body: resources.body })
      .from(resources)
      .where(and(eq(resources.site, site), eq(resources.noun, "goals"))),
    db.select({ settings: sites.settings }).from(sites).where(eq(sites.key, site)),
  ]);
  const goal = goals.map(({ body }) => Goal.parse(JSON.parse(body))).find((one) => one.key === key);
  if (goal === undefined || row === undefined) return undefined;
  return windowFrom(goal, SiteSettings.parse(JSON.parse(row.settings)).attribution_hours);
}
