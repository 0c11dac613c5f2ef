/** /api/sites/{site}/kpis — every KPI of `kpis.md` for a span of time, each with numerator and denominator. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { KPI_VERSION } from "../../domain/kpi/tally.ts";
import { ApiError } from "../errors.ts";
import { readSettings, reportKpis } from "../kpis/report.ts";
import { REFUSALS, SitePath, jsonContent, nounRouter } from "./openapi.ts";

const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = { hour: 32, other: 400 };

/** A moment as ISO 8601 with its offset, or a date, which begins the day in UTC. */
export const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => Date.parse(text));

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
const figures = Object.fromEntries(KPI_NAMES.map((name) => [name, figure])) as Record<
  (typeof KPI_NAMES)[number],
  typeof figure
>;
const Rows = z.object({
  /** Of the definitions: figures of two versions are not to be compared. */
  version: z.int(),
  rows: z.array(z.object({ group: z.string().nullable(), ...figures })),
});

const read = createRoute({
  method: "get",
  path: "/",
  summary: "Key figures, whole or by group",
  description:
    "`from` is inside, `to` is not; without them, the last 30 days. Days and weeks are those of the site's time zone. `business_hours=true` counts first reply, waiting and resolution inside the site's business hours only.",
  tags: ["Figures"],
  request: {
    params: SitePath,
    query: z.object({
      from: z.string().optional(),
      to: z.string().optional(),
      group_by: z.enum(GROUPINGS).optional(),
      business_hours: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: { 200: jsonContent(Rows, "The rows"), ...REFUSALS },
});

/** `text` as a moment, or a 400 that names the query's `key`. */
export function readMoment(text: string | undefined, key: string, fallback: number): number {
  if (text === undefined) return fallback;
  const moment = Moment.safeParse(text);
  if (!moment.success || Number.isNaN(moment.data)) {
    throw new ApiError("invalid", "write a moment such as 2026-10-19T09:12:00Z", { path: key });
  }
  return moment.data;
}

export const kpis = nounRouter();

kpis.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const query = c.req.valid("query");
  const now = c.get("now");
  const { timezone } = await readSettings(c.env, site);
  const today = calendarOf(timezone).startOfDay(now);
  const to = readMoment(query.to, "to", now + 1);
  const from = readMoment(query.from, "from", Math.min(today, to) - (DEFAULT_DAYS - 1) * DAY_MS);
  if (from >= to) throw new ApiError("invalid", "`from` must be before `to`", { path: "from" });
  const groupBy = query.group_by ?? null;
  const days = groupBy === "hour" ? MAX_DAYS.hour : MAX_DAYS.other;
  if (to - from > days * DAY_MS) {
    throw new ApiError("invalid", `ask for at most ${days} days at once`, { path: "from" });
  }
  c.header("cache-control", "private, no-store");
  return c.json(
    {
      version: KPI_VERSION,
      rows: await reportKpis(
        c.env,
        site,
        { from, to, groupBy, now, businessHours: query.business_hours === "true" },
        (work) => c.executionCtx.waitUntil(work),
      ),
    },
    200,
  );
});
