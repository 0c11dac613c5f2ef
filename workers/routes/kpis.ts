/**
 * /api/sites/{site}/kpis and …/kpis.csv — the KPIs of `kpis.md` for a span of time, each with numerator and denominator;
 * both from one call of one query layer, so that they are equal to the last digit.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { KPI_NAMES, type KpiName } from "../../domain/kpi/figures.ts";
import { basisOf, isOfSomebody, markFew, withheld } from "../../domain/kpi/small-numbers.ts";
import { isoOf, type SiteKey } from "../../domain/ids.ts";
import { KPI_VERSION } from "../../domain/kpi/tally.ts";
import { ApiError } from "../errors.ts";
import { csvOf } from "../exports/csv.ts";
import { KPI_COLUMNS, kpiPages, type ToldFigures } from "../exports/kpi-rows.ts";
import { streamOf } from "../exports/stream.ts";
import { type KpiSpan, type Later, readSettings, reportSomeKpis, type SomeKpis } from "../kpis/report.ts";
import type { CountedSettings } from "../kpis/site-settings.ts";
import { readSpan } from "./asked-span.ts";
import { REFUSALS, SitePath, jsonContent, nounRouter } from "./openapi.ts";

const DEFAULT_DAYS = 30;
const MAX_DAYS = { hour: 32, other: 400 };

const figure = z.object({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  /** How many stand behind it, and the 95 % interval where there can be one. */
  n: z.number(),
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
  /** Too few answers for a percentage to be shown; by agent and canned answer, too little of anything to speak of somebody. */
  too_few: z.literal(true).optional(),
});
const figures = Object.fromEntries(KPI_NAMES.map((name) => [name, figure.optional()])) as Record<
  KpiName,
  z.ZodOptional<typeof figure>
>;
const Rows = z.object({
  /** Of the definitions: figures of two versions are not to be compared. */
  version: z.int(),
  /** `from` is inside, `to` is not; hours, days and weeks are those of `timezone`. */
  from: z.string(),
  to: z.string(),
  timezone: z.string(),
  /**
   * The days before are final, where the span has any: what they were counted from is forgotten, and neither settings nor
   * definitions of today restate them. Null: it has none.
   */
  final_before: z.string().nullable(),
  rows: z.array(z.object({ group: z.string().nullable(), ...figures })),
});

export const KpiQuery = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  group_by: z.enum(GROUPINGS).optional(),
  business_hours: z.enum(["true", "false"]).optional(),
  kpis: z.string().max(4_000).optional(),
  too_few: z.enum(["marked", "withheld"]).optional(),
});
const description =
  "`from` is inside, `to` is not; without them, the last 30 days. A date begins that day of the site's time zone, whose " +
  "days and weeks the rows are; the answer names it and the span. " +
  "`business_hours=true` counts first reply, waiting and resolution inside the site's business hours only. By campaign, variant, agent, " +
  "skill and canned answer a row has the visitors who came into it that day, and what they did from then on; what a row " +
  "cannot know is null. `kpis` names " +
  "those that are wanted, with commas; without it, all. `too_few` marks a share or mean of fewer than 30 answers and, by " +
  "agent and canned answer, one of fewer than 30 of anything, or of fewer than 8 hours online; with `too_few=withheld` " +
  "these have only their `n`, as on the screens.";

const read = createRoute({
  method: "get",
  path: "/kpis",
  summary: "Key figures, whole or by group",
  description,
  tags: ["Figures"],
  request: { params: SitePath, query: KpiQuery },
  responses: { 200: jsonContent(Rows, "The rows"), ...REFUSALS },
});

const readCsv = createRoute({
  method: "get",
  path: "/kpis.csv",
  summary: "Key figures as CSV, one line a group and figure",
  description,
  tags: ["Figures"],
  request: { params: SitePath, query: KpiQuery },
  responses: {
    200: { description: "The lines", content: { "text/csv": { schema: z.string() } } },
    ...REFUSALS,
  },
});

/** The names in `text`, in the order of the definitions. */
function readNames(text: string | undefined): readonly KpiName[] {
  if (text === undefined) return KPI_NAMES;
  const wanted = new Set(text.split(","));
  for (const name of wanted) {
    if (!KPI_NAMES.some((known) => known === name)) {
      throw new ApiError("invalid", `there is no figure "${name.slice(0, 60)}"`, { path: "kpis" });
    }
  }
  return KPI_NAMES.filter((name) => wanted.has(name));
}

type Wanted = KpiSpan & { names: readonly KpiName[] };

/** What `query` asks of a site in this zone, or a 400 that names the place. */
function readQuery({ timezone }: CountedSettings, query: z.infer<typeof KpiQuery>, now: number): Wanted {
  const groupBy = query.group_by ?? null;
  const most = groupBy === "hour" ? MAX_DAYS.hour : MAX_DAYS.other;
  const { from, to } = readSpan(query, { zone: timezone, now, days: DEFAULT_DAYS, most });
  const names = readNames(query.kpis);
  return { from, to, groupBy, now, businessHours: query.business_hours === "true", names };
}

/** The rows, with what is too little to speak of somebody marked where they are of one. */
async function readRows(
  env: Env,
  site: SiteKey,
  wanted: Wanted,
  later: Later,
  settings: CountedSettings,
): Promise<readonly SomeKpis[]> {
  const { names, groupBy } = wanted;
  if (!isOfSomebody(groupBy)) return reportSomeKpis(env, site, wanted, later, settings);
  const onHours = names.some((name) => basisOf(name) === "hours") && !names.includes("agent_hours");
  const asked = onHours ? { ...wanted, names: [...names, "agent_hours" as const] } : wanted;
  const rows = await reportSomeKpis(env, site, asked, later, settings);
  return rows.map((row) => markFew(row, names));
}

/** The figures that `query` asks of `site`, with the names and the span that they are of. */
export async function readFigures(
  env: Env,
  site: SiteKey,
  query: z.infer<typeof KpiQuery>,
  now: number,
  later: Later,
): Promise<ToldFigures> {
  const settings = await readSettings(env, site);
  const wanted = readQuery(settings, query, now);
  const { names, from, to } = wanted;
  const rows = await readRows(env, site, wanted, later, settings);
  const told = query.too_few === "withheld" ? rows.map((row) => withheld(row, names)) : rows;
  const { timezone, sealed } = settings;
  return { rows: told, names, from, to, timezone, finalBefore: from < sealed.until ? sealed.until : null };
}

export const kpis = nounRouter();

kpis.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const { rows, from, to, timezone, finalBefore } = await readFigures(
    c.env,
    site,
    c.req.valid("query"),
    c.get("now"),
    (work) => c.executionCtx.waitUntil(work),
  );
  c.header("cache-control", "private, no-store");
  const span = { from: isoOf(from), to: isoOf(to), timezone };
  const final_before = finalBefore === null ? null : isoOf(finalBefore);
  return c.json({ version: KPI_VERSION, ...span, final_before, rows: [...rows] }, 200);
});

kpis.openapi(readCsv, async (c) => {
  const { site } = c.req.valid("param");
  const told = await readFigures(c.env, site, c.req.valid("query"), c.get("now"), (work) =>
    c.executionCtx.waitUntil(work),
  );
  c.header("cache-control", "private, no-store");
  c.header("content-type", "text/csv; charset=utf-8; header=present");
  c.header("content-disposition", `attachment; filename="${site}-kpis.csv"`);
  c.header("x-content-type-options", "nosniff");
  return c.body(streamOf(csvOf(KPI_COLUMNS, kpiPages(told))), 200);
});
