/** /api/sites/{site}/audit — a list that nobody edits. */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { audit as auditTable } from "../../migrations/schema.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { Page, REFUSALS, SitePath, jsonContent, listOf, nounRouter, pageOf, readCursor } from "./openapi.ts";

const Entry = z.object({
  id: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  at: z.string(),
});

const listAudit = createRoute({
  method: "get",
  path: "/",
  summary: "Who changed what, newest first",
  tags: ["Audit"],
  request: { params: SitePath, query: Page },
  responses: { 200: jsonContent(listOf(Entry), "Changes"), ...REFUSALS },
});

export const audit = nounRouter();
audit.use(requireAdmin);

audit.openapi(listAudit, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? undefined : readCursor(z.tuple([z.string()]), cursor)[0];
  const rows = await drizzle(c.env.DB)
    .select()
    .from(auditTable)
    .where(and(eq(auditTable.site, site), after === undefined ? undefined : lt(auditTable.id, after)))
    .orderBy(desc(auditTable.id))
    .limit(limit + 1);
  const page = pageOf(
    rows,
    limit,
    ({ id }) => [id],
    ({ id, actor, action, target, detail, at }) => ({
      id,
      actor,
      action,
      target,
      detail: detail === null ? null : z.record(z.string(), z.unknown()).parse(JSON.parse(detail)),
      at: isoOf(at),
    }),
  );
  return c.json(page, 200);
});
