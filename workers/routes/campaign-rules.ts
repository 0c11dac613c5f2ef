/**
 * What a campaign must be beyond its shape to be saved: readable conditions over facts and segments that exist,
 * templates that can be rendered, variants that can be told apart; and to be live, something to show.
 */
import type { CampaignInput } from "../../domain/targeting/campaign.ts";
import { conditionProblems, type Problem } from "../../domain/targeting/condition.ts";
import { readinessProblems } from "../../domain/targeting/readiness.ts";
import { templateProblem } from "../creative/render.ts";
import { ApiError } from "../errors.ts";

/** Refuses `input` with the first thing that is wrong with it. `segments` are the keys that the site has. */
export function assertSound(input: CampaignInput, segments: readonly string[]): void {
  const [problem] = [
    ...conditionProblems(input.condition, { segments }).map(({ path, message }) => ({
      path: ["condition", path].filter((part) => part !== "").join("."),
      message,
    })),
    ...variantProblems(input),
    ...(input.status === "live" ? readinessProblems(input) : []),
  ];
  if (problem !== undefined) throw new ApiError("invalid", problem.message, { path: problem.path });
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
