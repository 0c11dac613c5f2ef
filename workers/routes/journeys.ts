/**
 * /api/sites/{site}/journeys and …/funnels/{id} — the ways that visits take, and how far they come.
 *
 * A funnel is read with its results; `/results` gives them alone. The shop's own checkout has no entry of its own and
 * is read as `checkout`.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { FunnelResults, Journeys } from "../../domain/journeys/wire.ts";
import { Funnel } from "../../domain/site/resources.ts";
import { CHECKOUT } from "../../domain/visit/funnel.ts";
import { resources } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { OWN_CHECKOUT, reportFunnel, reportJourneys, type Span } from "../journeys/report.ts";
import { type CountedSettings, readSettings } from "../kpis/site-settings.ts";
import { readSpan } from "./asked-span.ts";
import { etag, ItemPath, jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";
import { resourceOf } from "./resources.ts";

const DEFAULT_DAYS = 30;
const MAX_DAYS = 400;

const Asked = z.object({ from: z.string().optional(), to: z.string().optional() });
const Compared = Asked.extend({ compare: z.enum(["previous"]).optional() });
const FunnelWithResults = Funnel.extend({
  id: z.string(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
  results: FunnelResults,
});

const asked =
  "`from` is inside, `to` is not; without them, the last 30 days. Days are those of the site's time zone.";
const readOne = createRoute({
  method: "get",
  path: "/{id}",
  summary: "A funnel and how far visits come in it",
  description: `${asked} \`compare=previous\` tells the span before beside, of which as much as is over of this one. \`checkout\` is the checkout that every shop has.`,
  tags: ["Funnels"],
  request: { params: ItemPath, query: Compared },
  responses: { 200: jsonContent(FunnelWithResults, "The funnel"), ...REFUSALS },
});
const readResults = createRoute({
  method: "get",
  path: "/{id}/results",
  summary: "How far visits come in a funnel",
  description: asked,
  tags: ["Funnels"],
  request: { params: ItemPath, query: Compared },
  responses: { 200: jsonContent(FunnelResults, "The results"), ...REFUSALS },
});
const readJourneys = createRoute({
  method: "get",
  path: "/",
  summary: "Ways through the site, where visits end, pages not found, and the map of each journey",
  description: `${asked} \`compare=previous\` tells the span before beside, of which as much as is over of this one.`,
  tags: ["Figures"],
  request: { params: SitePath, query: Compared },
  responses: { 200: jsonContent(Journeys, "The journeys"), ...REFUSALS },
});

type Wanted = { span: Span; settings: CountedSettings };

/** Whole days up to now, by default; a 400 names what cannot be asked. */
async function wantedOf(env: Env, site: string, query: z.infer<typeof Asked>, now: number): Promise<Wanted> {
  const settings = await readSettings(env, site);
  const { timezone: zone } = settings;
  const span = readSpan(query, { zone, now, days: DEFAULT_DAYS, most: MAX_DAYS });
  return { span: { ...span, now }, settings };
}

/** The funnel as it is kept; the checkout is there without being kept, unless the site has one of its own. */
async function funnelOf(env: Env, site: string, id: string) {
  const row = await drizzle(env.DB)
    .select()
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, "funnels"), eq(resources.id, id)))
    .get();
  if (row !== undefined) return { kept: resourceOf(row), funnel: Funnel.parse(JSON.parse(row.body)) };
  if (id !== CHECKOUT) throw new ApiError("not_found", "nothing here has this id in funnels");
  const begun = new Date(0).toISOString();
  return { kept: { id, version: 0, created_at: begun, updated_at: begun }, funnel: OWN_CHECKOUT };
}

/** Beside the nouns' own routes, which write them. */
export const funnelResults = nounRouter();

funnelResults.openapi(readOne, async (c) => {
  const { site, id } = c.req.valid("param");
  const query = c.req.valid("query");
  const { kept, funnel } = await funnelOf(c.env, site, id);
  const wanted = await wantedOf(c.env, site, query, c.get("now"));
  const compared = query.compare === "previous";
  const results = await reportFunnel(c.env, site, { funnel, compared, ...wanted }, (work) =>
    c.executionCtx.waitUntil(work),
  );
  c.header("etag", etag(kept.version));
  return c.json({ ...funnel, ...kept, results }, 200);
});

funnelResults.openapi(readResults, async (c) => {
  const { site, id } = c.req.valid("param");
  const query = c.req.valid("query");
  const { funnel } = await funnelOf(c.env, site, id);
  const wanted = await wantedOf(c.env, site, query, c.get("now"));
  const compared = query.compare === "previous";
  const results = await reportFunnel(c.env, site, { funnel, compared, ...wanted }, (work) =>
    c.executionCtx.waitUntil(work),
  );
  return c.json(results, 200);
});

export const journeys = nounRouter();

journeys.openapi(readJourneys, async (c) => {
  const { site } = c.req.valid("param");
  const query = c.req.valid("query");
  const wanted = await wantedOf(c.env, site, query, c.get("now"));
  const beside = { ...wanted, compared: query.compare === "previous" };
  return c.json(await reportJourneys(c.env, site, beside, (work) => c.executionCtx.waitUntil(work)), 200);
});
