/**
 * A journey's stages and pages beside those of the span before: what was then, by how much it differs, and of which
 * differences chance is ruled out.
 *
 * Shapes  where nobody asks for a span before, nothing stands beside; a page that nobody saw then has no share of then.
 *         The stages of a map are judged together, and so are the pages where visits end.
 * Units   those of `wire.ts`.
 * Errors  none.
 */
import { type Figure, share, UNKNOWN } from "../kpi/figure.ts";
import { differencesOf, type Pair } from "../overview/difference.ts";
import type { PagesBody } from "./day.ts";
import type { Abandoned, AbandonedNow, Missing, MissingNow, StageNow, WireStage } from "./wire.ts";

export function besideStages(stages: readonly StageNow[], before: readonly StageNow[] | null): WireStage[] {
  if (before === null) return stages.map((stage) => ({ ...stage, before: null, differences: null }));
  const then = new Map(before.map((stage) => [stage.key, stage]));
  const pairs = stages.flatMap((stage) =>
    MEASURES.map((measure): [string, Pair] => [
      `${measure} ${stage.key}`,
      { now: told(stage[measure]), before: told(then.get(stage.key)?.[measure]), isJudged: true },
    ]),
  );
  const found = differencesOf(new Map(pairs));
  return stages.map((stage) => {
    const was = then.get(stage.key);
    const differenceIn = (measure: Measure) => found.get(`${measure} ${stage.key}`) ?? null;
    return {
      ...stage,
      before: was === undefined ? null : beforeOf(was),
      differences: {
        passing: differenceIn("passing"),
        satisfaction: differenceIn("satisfaction"),
        effort: differenceIn("effort"),
      },
    };
  });
}

const MEASURES = ["passing", "satisfaction", "effort"] as const;
type Measure = (typeof MEASURES)[number];

const told = (figure: Figure | null | undefined): Figure => figure ?? UNKNOWN;

function beforeOf({ visits, chats, passing, satisfaction, effort }: StageNow): WireStage["before"] {
  return { visits, chats, passing, satisfaction, effort };
}

export function besideAbandoned(pages: readonly AbandonedNow[], before: PagesBody | null): Abandoned[] {
  if (before === null) return pages.map((page) => ({ ...page, before: null, difference: null }));
  const was = new Map(
    pages.map(({ page }) => {
      const { seen = 0, lost = 0 } = own(before.pages, page) ?? {};
      return [page, { seen, lost, rate: share(lost, seen) }];
    }),
  );
  const pairs = pages.map(({ page, rate }): [string, Pair] => [
    page,
    { now: rate, before: told(was.get(page)?.rate), isJudged: true },
  ]);
  const found = differencesOf(new Map(pairs));
  return pages.map((page) => ({
    ...page,
    before: was.get(page.page) ?? null,
    difference: found.get(page.page) ?? null,
  }));
}

/** Nothing is judged: a page that is missing is mended, whatever chance did. */
export function besideMissing(pages: readonly MissingNow[], before: PagesBody | null): Missing[] {
  return pages.map((page) => ({
    ...page,
    before: before === null ? null : (own(before.missing, page.page)?.visits ?? 0),
  }));
}

/** Pages are named by whoever visits, also as what every object has. */
function own<Value>(all: Record<string, Value>, page: string): Value | undefined {
  return Object.hasOwn(all, page) ? all[page] : undefined;
}
