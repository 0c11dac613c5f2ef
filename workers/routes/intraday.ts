/** /api/sites/{site}/intraday — one day's staffing by quarter hours: foretold, come, there, needed, reached. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { WireIntraday, wireIntraday } from "../../domain/staffing/intraday-wire.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { reportIntraday } from "../staffing/report.ts";
import { REFUSALS, SitePath, jsonContent, nounRouter } from "./openapi.ts";

const seconds = (most: number) => z.coerce.number().min(1).max(most).optional();

const Query = z.object({
  /** A day of the site's time zone; without it, today. */
  date: z.iso
    .date("write a date such as 2026-11-17")
    .refine((date) => date >= "1970-01-01" && date < "2200-01-01", "write a date of this age")
    .optional(),
  service_level: z.coerce.number().min(0.01).max(0.99).default(0.8),
  /** Without it, the site's `wait_target_seconds`. */
  within_seconds: seconds(3_600),
  handle_seconds: seconds(14_400),
  patience_seconds: seconds(86_400),
  slowdown: z.coerce.number().min(0).max(2).optional(),
  concurrency: z.coerce.number().int().min(1).max(20).optional(),
});

const read = createRoute({
  method: "get",
  path: "/",
  summary: "A day's staffing by quarter hours",
  description:
    "Who was foretold and who came, who was there and who is needed (by Erlang A and C), what was reached, and what would help. `handle_seconds`, `patience_seconds`, `slowdown` and `concurrency` are taken for true only where the site's own history is too short to measure them; the answer says which.",
  tags: ["Figures"],
  middleware: [requireAdmin] as const,
  request: { params: SitePath, query: Query },
  responses: { 200: jsonContent(WireIntraday, "The day"), ...REFUSALS },
});

export const intraday = nounRouter();

intraday.openapi(read, async (c) => {
  const { site } = c.req.valid("param");
  const query = c.req.valid("query");
  const report = await reportIntraday(
    c.env,
    site,
    {
      date: query.date ?? null,
      share: query.service_level,
      withinSeconds: query.within_seconds ?? null,
      assumed: {
        handleSeconds: query.handle_seconds ?? null,
        patienceSeconds: query.patience_seconds ?? null,
        slowdown: query.slowdown ?? null,
        concurrency: query.concurrency ?? null,
      },
    },
    c.get("now"),
    (work) => c.executionCtx.waitUntil(work),
  );
  c.header("cache-control", "private, no-store");
  return c.json(wireIntraday(report), 200);
});
