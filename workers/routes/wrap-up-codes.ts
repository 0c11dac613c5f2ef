/**
 * /api/sites/{site}/wrap-up-codes — by which codes agents conclude a conversation, and whether it is for them to say that
 * its visitor is asked what they thought: settings that all of them may read.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { MAX_CONTACT_DAYS, SURVEY_MOMENTS } from "../../domain/site/survey-questions.ts";
import { WrapUpCode } from "../../domain/site/wrap-up.ts";
import { ApiError } from "../errors.ts";
import { loadSite } from "../site/site-config.ts";
import { jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";

const Conclusion = z.object({
  items: z.array(WrapUpCode),
  surveys: z.object({
    when: z.enum(SURVEY_MOMENTS),
    /** Who was asked is left alone for so long. */
    contact_days: z.int().min(1).max(MAX_CONTACT_DAYS).nullable(),
  }),
});

const list = createRoute({
  method: "get",
  path: "/",
  summary: "The codes by which a conversation is concluded",
  tags: ["Conversations"],
  request: { params: SitePath },
  responses: { 200: jsonContent(Conclusion, "The codes, and when visitors are asked"), ...REFUSALS },
});

export const wrapUpCodes = nounRouter();

wrapUpCodes.openapi(list, async (c) => {
  const live = await loadSite(c.env, c.executionCtx, c.req.valid("param").site, c.var.now);
  if (live === null) throw new ApiError("not_found", "there is no such site");
  const { wrap_up_codes: items, surveys } = live.config.settings;
  return c.json({ items, surveys: { when: surveys.when, contact_days: surveys.contact_days } }, 200);
});
