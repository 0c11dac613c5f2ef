/**
 * /api/sites/{site}/kpis and …/kpis.csv — the KPIs of `kpis.md` for a span of time, each with numerator and denominator;
 * both from one call of one query layer, so that they are equal to the last digit.
 */
import { createRoute } from "@hono/zod-openapi";
import Papa from "papaparse";
import * as z from "zod";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { BEGINS_FORMULA } from "../../domain/history/csv-formula.ts";
import { KPI_NAMES, type KpiName } from "../../domain/kpi/figures.ts";
import { isoOf } from "../../domain/ids.ts";
import { UNKNOWN } from "../../domain/kpi/figure.ts";
import { KPI_VERSION } from "../../domain/kpi/tally.ts";
import { ApiError } from "../errors.ts";
import { type KpiSpan, readSettings, reportSomeKpis, type SomeKpis } from "../kpis/report.ts";
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
  /** Too few answers for a percentage to be shown. */
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
  rows: z.array(z.object({ group: z.string().nullable(), ...figures })),
});

const Query = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  group_by: z.enum(GROUPINGS).optional(),
  business_hours: z.enum(["true", "false"]).optional(),
  kpis: z.string().max(4_000).optional(),
});
const description =
  "`from` is inside, `to` is not; without them, the last 30 days. A date begins that day of the site's time zone, whose " +
  "days and weeks the rows are; the answer names it and the span. " +
  "`business_hours=true` counts first reply, waiting and resolution inside the site's business hours only. `kpis` names " +
  "those that are wanted, with commas; without it, all.";

const read = createRoute({
  method: "get",
  path: "/kpis",
  summary: "Key figures, whole or by group",
  description,
  tags: ["Figures"],
  request: { params: SitePath, query: Query },
  responses: { 200: jsonContent(Rows, "The rows"), ...REFUSALS },
});

const readCsv = createRoute({
  method: "get",
  path: "/kpis.csv",
  summary: "Key figures as CSV, one line a group and figure",
  description,
  tags: ["Figures"],
  request: { params: SitePath, query: Query },
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
function readQuery({ timezone }: CountedSettings, query: z.infer<typeof Query>, now: number): Wanted {
  const groupBy = query.group_by ?? null;
  const most = groupBy === "hour" ? MAX_DAYS.hour : MAX_DAYS.other;
  const { from, to } = readSpan(query, { zone: timezone, now, days: DEFAULT_DAYS, most });
  const names = readNames(query.kpis);
  return { from, to, groupBy, now, businessHours: query.business_hours === "true", names };
}

function spanOf({ timezone }: CountedSettings, { from, to }: Wanted): Span {
  return { from: isoOf(from), to: isoOf(to), timezone };
}

const CSV_COLUMNS = ["group", "kpi", "value", "numerator", "denominator", "n", "low", "high", "too_few"];
/** The same in every line, so that a file says what it is about wherever it ends up. */
const SPAN_COLUMNS = ["from", "to", "timezone"];

type Span = { from: string; to: string; timezone: string };

/** A line a figure: numbers as JSON writes them, texts that a spreadsheet would compute marked as text. */
function csvOf(rows: readonly SomeKpis[], names: readonly KpiName[], { from, to, timezone }: Span): string {
  const lines = rows.flatMap(({ group, ...of }) =>
    names.map((name) => {
      const { value, numerator, denominator, n, interval, too_few } = of[name] ?? UNKNOWN;
      return [
        group,
        name,
        value,
        numerator,
        denominator,
        n,
        interval?.[0],
        interval?.[1],
        too_few,
        from,
        to,
        timezone,
      ];
    }),
  );
  return `${Papa.unparse([[...CSV_COLUMNS, ...SPAN_COLUMNS], ...lines], { escapeFormulae: BEGINS_FORMULA, newline: "\r\n" })}\r\n`;
}

export const kpis = nounRouter();

kpis.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const settings = await readSettings(c.env, site);
  const wanted = readQuery(settings, c.req.valid("query"), c.get("now"));
  const rows = await reportSomeKpis(c.env, site, wanted, (work) => c.executionCtx.waitUntil(work), settings);
  c.header("cache-control", "private, no-store");
  return c.json({ version: KPI_VERSION, ...spanOf(settings, wanted), rows }, 200);
});

kpis.openapi(readCsv, async (c) => {
  const { site } = c.req.valid("param");
  const settings = await readSettings(c.env, site);
  const wanted = readQuery(settings, c.req.valid("query"), c.get("now"));
  const rows = await reportSomeKpis(c.env, site, wanted, (work) => c.executionCtx.waitUntil(work), settings);
  c.header("cache-control", "private, no-store");
  c.header("content-type", "text/csv; charset=utf-8; header=present");
  c.header("content-disposition", `attachment; filename="${site}-kpis.csv"`);
  c.header("x-content-type-options", "nosniff");
  return c.body(csvOf(rows, wanted.names, spanOf(settings, wanted)), 200);
});
