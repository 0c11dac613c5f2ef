/**
 * What a campaign must be beyond its shape to be saved: readable conditions over facts and segments that exist,
 * templates that can be rendered, variants that can be told apart, hours that name days, a goal and a skill of the
 * site; and to be live, something to show.
 */
import { and, eq, inArray, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { hoursProblems } from "../../domain/site/opening-hours.ts";
import type { CampaignInput } from "../../domain/targeting/campaign.ts";
import { conditionProblems, type Problem } from "../../domain/targeting/condition.ts";
import { nearestOf } from "../../domain/targeting/fact-names.ts";
import { readinessProblems } from "../../domain/targeting/readiness.ts";
import { resources } from "../../migrations/schema.ts";
import { templateProblem } from "../creative/render.ts";
import { ApiError } from "../errors.ts";

const NAMED = ["segments", "goals", "skills"] as const;
/** The keys of what a campaign may name of its site. */
export type KnownKeys = Record<(typeof NAMED)[number], readonly string[]>;

export async function readKnownKeys(env: Env, site: string): Promise<KnownKeys> {
  const rows = await drizzle(env.DB)
    .select({ noun: resources.noun, key: sql<string>`json_extract(${resources.body}, '$.key')` })
    .from(resources)
    .where(and(eq(resources.site, site), inArray(resources.noun, [...NAMED])));
  const keysOf = (noun: string) => rows.filter((row) => row.noun === noun).map(({ key }) => key);
  return { segments: keysOf("segments"), goals: keysOf("goals"), skills: keysOf("skills") };
}

/** Refuses `input` with the first thing that is wrong with it; `under` is where it stands in the request. */
export function assertSound(input: CampaignInput, known: KnownKeys, under = ""): void {
  const [problem] = [
    ...conditionProblems(input.condition, { segments: known.segments }).map(({ path, message }) => ({
      path: below("condition", path),
      message,
    })),
    ...hoursProblems(input.schedule.hours ?? [], "schedule.hours"),
    ...unknownKey("goal", input.goal, known.goals),
    ...unknownKey("skill", input.skill, known.skills),
    ...variantProblems(input),
    ...(input.status === "live" ? readinessProblems(input) : []),
  ];
  if (problem !== undefined)
    throw new ApiError("invalid", problem.message, { path: below(under, problem.path) });
}

function below(...path: string[]): string {
  return path.filter((part) => part !== "").join(".");
}

/** What stands against naming `key` where the site has no such goal or skill. */
export function unknownKey(
  noun: "goal" | "skill",
  key: string | null | undefined,
  known: readonly string[],
): Problem[] {
  if (key === null || key === undefined || known.includes(key)) return [];
  const nearest = nearestOf(key, known);
  const proposal = nearest === null ? "the site has none yet" : `did you mean "${nearest}"?`;
  return [{ path: noun, message: `there is no ${noun} "${key}"; ${proposal} Leave it null for none.` }];
}

function variantProblems({ variants }: CampaignInput): Problem[] {
  const keys = variants.map(({ key }) => key);
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  return [
    ...(twice >= 0 ? [{ path: `variants.${twice}.key`, message: "two variants have this key" }] : []),
    ...variants.flatMap(({ creative }, index) => templateProblems(creative, `variants.${index}.creative`)),
  ];
}

/** Every text below `value` that is no template. */
function templateProblems(value: unknown, path: string): Problem[] {
  if (typeof value === "string") {
    const problem = templateProblem(value);
    return problem === null ? [] : [{ path, message: `this text cannot be filled: ${problem}` }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => templateProblems(inner, `${path}.${key}`));
}
