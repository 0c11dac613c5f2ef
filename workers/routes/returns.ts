/**
 * /api/sites/{site}/business-cases, …/agreements, …/statements and …/contacts — what inviting is expected to earn, what
 * contacts cost and spare, and what is due for a month. For admins and the site's API key only.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import Papa from "papaparse";
import * as z from "zod";
import { BEGINS_FORMULA } from "../../domain/history/csv-formula.ts";
import { Agreement, MonthName } from "../../domain/roi/agreement.ts";
import { BusinessCase } from "../../domain/roi/business-case.ts";
import { EvidenceLine } from "../../domain/roi/evidence.ts";
import { WireCaseReport, WireContacts, WireMonth } from "../../domain/roi/wire.ts";
import { campaigns } from "../../migrations/schema.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { ApiError } from "../errors.ts";
import { readSettings } from "../kpis/report.ts";
import { reportCases } from "../returns/cases.ts";
import { reportContacts } from "../returns/contacts.ts";
import { agreementOf, issueMonth, monthLines, monthStatements, reportMonth } from "../returns/statements.ts";
import { laterOf, spanAsked } from "./objectives.ts";
import { jsonBody, jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";
import { agreementRules, caseRules } from "./plan-rules.ts";
import { resourceRouter } from "./resources.ts";

const tags = ["Return"];
const CONFLICT = { 409: { description: "It cannot be issued now; the message says why." } };

const readCases = createRoute({
  method: "get",
  path: "/reports",
  summary: "What each business case expects as ranges, and what was measured for as many visitors",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: SitePath },
  responses: { 200: jsonContent(z.object({ items: z.array(WireCaseReport) }), "By case"), ...REFUSALS },
});

export const businessCases = nounRouter();
businessCases.openapi(readCases, async (c) => {
  const { site } = c.req.valid("param");
  c.header("cache-control", "private, no-store");
  return c.json({ items: await reportCases(c.env, site, c.get("now"), laterOf(c)) }, 200);
});
businessCases.route(
  "/",
  resourceRouter({
    noun: "business-cases",
    prefix: "bcs",
    schema: BusinessCase,
    adminOnly: true,
    rules: caseRules,
  }),
);

export const agreements = resourceRouter({
  noun: "agreements",
  prefix: "agr",
  schema: Agreement,
  adminOnly: true,
  rules: agreementRules,
});

const readContacts = createRoute({
  method: "get",
  path: "/",
  summary: "What a contact costs by chat, phone and e-mail, and which a campaign spared",
  description:
    "Contacts are `Call Started` and `Email Sent` (or the names of `contact_events`) told by a server with an API key, counted by arm within 1, 24 and 168 hours of the eligible moment.",
  tags,
  middleware: [requireAdmin] as const,
  request: {
    params: SitePath,
    query: z.object({
      from: z.string().optional(),
      to: z.string().optional(),
      campaign: z.string().max(80).optional(),
    }),
  },
  responses: { 200: jsonContent(WireContacts, "Costs and effects"), ...REFUSALS },
});

export const contacts = nounRouter();
contacts.openapi(readContacts, async (c) => {
  const { site } = c.req.valid("param");
  const { campaign = null, ...query } = c.req.valid("query");
  const now = c.get("now");
  const span = await spanAsked(c, site, query, now);
  if (campaign !== null && !(await isCampaign(c.env, site, campaign))) {
    throw new ApiError("not_found", "there is no such campaign", { path: "campaign" });
  }
  const settings = await readSettings(c.env, site);
  c.header("cache-control", "private, no-store");
  return c.json(await reportContacts(c.env, settings, { ...span, campaign }, now, laterOf(c)), 200);
});

async function isCampaign(env: Env, site: string, id: string): Promise<boolean> {
  const found = await drizzle(env.DB)
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.site, site), eq(campaigns.id, id)))
    .get();
  return found !== undefined;
}

const MonthPath = SitePath.extend({ month: MonthName });

const readMonth = createRoute({
  method: "get",
  path: "/{month}",
  summary: "What is due for a month, by agreement",
  description:
    "Until it is issued, a statement is counted from history at each call; then it stays as it was, and `now` says what history says since.",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: MonthPath },
  responses: {
    200: jsonContent(
      z.object({ month: z.string(), currency: z.string(), items: z.array(WireMonth) }),
      "The month",
    ),
    ...REFUSALS,
  },
});
const issue = createRoute({
  method: "post",
  path: "/{month}",
  summary: "Issue what is due for a month, or amend what was issued",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: MonthPath, body: jsonBody(z.object({ agreement: z.string().max(80) })) },
  responses: { 201: jsonContent(WireMonth, "As it was issued"), ...REFUSALS, ...CONFLICT },
});
const readEvents = createRoute({
  method: "get",
  path: "/{month}/events.csv",
  summary: "The events that a statement rests on, as CSV",
  tags,
  middleware: [requireAdmin] as const,
  request: { params: MonthPath, query: z.object({ agreement: z.string().max(80) }) },
  responses: {
    200: { description: "One row an event", content: { "text/csv": { schema: z.string() } } },
    ...REFUSALS,
  },
});

export const statements = nounRouter();

statements.openapi(readMonth, async (c) => {
  const { site, month } = c.req.valid("param");
  const settings = await readSettings(c.env, site);
  c.header("cache-control", "private, no-store");
  const items = await monthStatements(c.env, settings, month, c.get("now"));
  return c.json({ month, currency: settings.currency, items }, 200);
});

statements.openapi(issue, async (c) => {
  const { site, month } = c.req.valid("param");
  const agreement = await agreementOf(c.env, site, c.req.valid("json").agreement, month);
  const settings = await readSettings(c.env, site);
  await issueMonth(c.env, c, settings, { agreement, month });
  return c.json(await reportMonth(c.env, settings, agreement, month, c.get("now")), 201);
});

const EVENT_COLUMNS = [
  "kind",
  "campaign",
  "phase",
  "unit",
  "arm",
  "event",
  "amount_hundredths",
  "value",
  "n",
];

statements.openapi(readEvents, async (c) => {
  const { site, month } = c.req.valid("param");
  const agreement = await agreementOf(c.env, site, c.req.valid("query").agreement, month);
  const settings = await readSettings(c.env, site);
  const lines = await monthLines(c.env, settings, agreement, month, c.get("now"));
  const rows = lines.map((line) => eventRow(EvidenceLine.parse(JSON.parse(line))));
  const text = Papa.unparse([EVENT_COLUMNS, ...rows], { escapeFormulae: BEGINS_FORMULA, newline: "\r\n" });
  return c.body(`\uFEFF${text}\r\n`, 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="statement-${month}-${agreement.id}.csv"`,
  });
});

function eventRow(line: EvidenceLine): (string | number | null)[] {
  switch (line[0]) {
    case "phase":
      return ["phase", line[1], line[2], null, null, null, null, line[3], null];
    case "unit":
      return ["unit", line[1], line[2], line[3], line[4], null, null, null, null];
    case "order":
      return ["order", null, null, line[1], null, line[2], line[3], null, null];
    case "contact":
      return ["contact", null, null, line[1], null, line[2], null, null, null];
    case "answer":
      return ["answer", null, null, null, null, line[1], null, line[2], null];
    case "goal_unit":
      return ["goal_unit", null, null, line[1], null, line[2], null, line[3], null];
    case "goal":
      return ["goal", null, null, null, null, line[1], null, line[2], line[5]];
  }
}
