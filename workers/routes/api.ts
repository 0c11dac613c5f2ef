/**
 * /api — everything for people at work: sign-in, set-up, and the nouns of each site.
 *
 * Each noun is a module; here they are mounted behind the gates that they share.
 */
import { Scalar } from "@scalar/hono-api-reference";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import { authenticate, requireSite } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { agentChanges } from "./agent-changes.ts";
import { agentComparison } from "./agent-comparison.ts";
import { agents } from "./agents.ts";
import { apiKeys } from "./api-keys.ts";
import { auth, describedAuth } from "./auth.ts";
import { limitBytes, limitDepth } from "./body-limits.ts";
import { bookedCalls } from "./booked-calls.ts";
import { campaigns } from "./campaigns.ts";
import { cannedFill } from "./canned-fill.ts";
import { conversationHistory } from "./conversation-history.ts";
import { describedTicket, desk } from "./desk.ts";
import { dryRun } from "./dry-run.ts";
import { describedExports, exports } from "./exports.ts";
import { factValues } from "./fact-values.ts";
import { describedFiles, siteFiles } from "./files.ts";
import { installation } from "./installation.ts";
import { intraday } from "./intraday.ts";
import { funnelResults, journeys } from "./journeys.ts";
import { kpis } from "./kpis.ts";
import { leftMessages } from "./left-messages.ts";
import { me } from "./me.ts";
import { guideRoute, objectives, pilots } from "./objectives.ts";
import { nounRouter } from "./openapi.ts";
import { overview } from "./overview.ts";
import { audit } from "./records.ts";
import { articles, canned, funnels, goals, skills, webhooks } from "./resources.ts";
import { push } from "./push.ts";
import { reasons } from "./reasons.ts";
import { results } from "./results.ts";
import { rollups } from "./rollups.ts";
import { agreements, businessCases, contacts, statements } from "./returns.ts";
import { segments } from "./segments.ts";
import { setup } from "./setup.ts";
import { sites } from "./sites.ts";
import { staffLink } from "./staff-link.ts";
import { tryOut } from "./try-out.ts";
import { visitors } from "./visitors.ts";
import { wrapUpCodes } from "./wrap-up-codes.ts";
import { why } from "./why.ts";

export const api = nounRouter();

/** What the API answers is somebody's: no cache keeps it, and no browser takes it for something else. */
const privately = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  c.header("cache-control", "no-store");
  c.header("x-content-type-options", "nosniff");
});

api.use(privately, limitBytes);
api.openAPIRegistry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
api.doc31("/openapi.json", {
  openapi: "3.1.0",
  info: {
    title: "Aparté",
    version: "1",
    description:
      "Everything about a site: who works there, what it offers to whom, what was said, and what it earned. Sign in with `POST /api/auth/sign-in/email`, or send a site's API key as `Authorization: Bearer ak_…`.",
  },
  servers: [{ url: "/api" }],
  security: [{ apiKey: [] }],
});
for (const route of [...describedAuth, describedTicket, ...describedFiles, ...describedExports]) {
  api.openAPIRegistry.registerPath(route);
}
// Everything from here: no fonts, proxy or telemetry of somebody else's, and a policy that would stop them.
api.get(
  "/docs",
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'unsafe-inline'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:", "blob:"],
      fontSrc: ["'self'", "data:"],
      frameAncestors: ["'none'"],
    },
  }),
  Scalar({
    url: "/api/openapi.json",
    cdn: "/api-docs/standalone.js",
    pageTitle: "Aparté API",
    withDefaultFonts: false,
    customCss:
      ":root, body { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace; }",
    proxyUrl: "",
    telemetry: false,
    hideClientButton: true,
    showDeveloperTools: "never",
    agent: { disabled: true },
    mcp: { disabled: true },
  }),
);

api.route("/auth", auth);
api.route("/setup", setup);
api.route("/me", me);
api.route("/installation", installation);

api.use("/sites/:site/*", authenticate, requireSite, limitDepth);
api.route("/sites", sites);
api.route("/sites/:site/campaigns", campaigns);
api.route("/sites/:site/campaigns", results);
api.route("/sites/:site/campaigns", reasons);
api.route("/sites/:site/campaigns", dryRun);
api.route("/sites/:site/campaigns", tryOut);
api.route("/sites/:site/staff-link", staffLink);
api.route("/sites/:site/facts", factValues);
api.route("/sites/:site/goals", goals);
api.route("/sites/:site/skills", skills);
api.route("/sites/:site/segments", segments);
api.route("/sites/:site/funnels", funnelResults);
api.route("/sites/:site/funnels", funnels);
api.route("/sites/:site/journeys", journeys);
api.route("/sites/:site/articles", articles);
api.route("/sites/:site/canned", cannedFill);
api.route("/sites/:site/canned", canned);
api.route("/sites/:site/wrap-up-codes", wrapUpCodes);
api.route("/sites/:site/webhooks", webhooks);
api.route("/sites/:site/agents", agents);
api.route("/sites/:site/agent-comparison", agentComparison);
api.route("/sites/:site/agent-changes", agentChanges);
api.route("/sites/:site/api-keys", apiKeys);
api.route("/sites/:site/audit", audit);
api.route("/sites/:site/left-messages", leftMessages);
api.route("/sites/:site/push", push);
api.route("/sites/:site/callbacks", bookedCalls);
api.route("/sites/:site", kpis);
api.route("/sites/:site/overview", overview);
api.route("/sites/:site/rollups", rollups);
api.route("/sites/:site/intraday", intraday);
api.route("/sites/:site/objectives", objectives);
api.route("/sites/:site/pilots", pilots);
api.route("/sites/:site/guide", guideRoute);
api.route("/sites/:site/business-cases", businessCases);
api.route("/sites/:site/agreements", agreements);
api.route("/sites/:site/statements", statements);
api.route("/sites/:site/contacts", contacts);
api.route("/sites/:site/conversations", conversationHistory);
api.route("/sites/:site/visitors", visitors);
api.route("/sites/:site/visitors", why);
api.route("/sites/:site/exports", exports);
api.route("/sites/:site", siteFiles);
api.route("/sites/:site", desk);
