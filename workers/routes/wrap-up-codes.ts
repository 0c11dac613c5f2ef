/** /api/sites/{site}/wrap-up-codes — by which codes agents conclude a conversation: a setting that all of them may read. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { WrapUpCode } from "../../domain/site/wrap-up.ts";
import { loadSite } from "../site/site-config.ts";
import { jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";

const list = createRoute({
  method: "get",
  path: "/",
  summary: "The codes by which a conversation is concluded",
  tags: ["Conversations"],
  request: { params: SitePath },
  responses: { 200: jsonContent(z.object({ items: z.array(WrapUpCode) }), "The codes"), ...REFUSALS },
});

export const wrapUpCodes = nounRouter();

wrapUpCodes.openapi(list, async (c) => {
  const live = await loadSite(c.env, c.executionCtx, c.req.valid("param").site, c.var.now);
  return c.json({ items: live?.config.settings.wrap_up_codes ?? [] }, 200);
});
