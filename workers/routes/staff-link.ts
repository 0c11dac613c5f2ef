/** POST /api/sites/{site}/staff-link — an address that leaves the browser that opens it out of every figure. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { ApiError } from "../errors.ts";
import { isAllowedOrigin } from "../site/allowed-origin.ts";
import { loadSite } from "../site/site-config.ts";
import { LINK_SECONDS, signStaffWord, STAFF_PARAMETER } from "../staff-visits/staff-word.ts";
import { jsonBody, jsonContent, nounRouter, REFUSALS, SitePath } from "./openapi.ts";

const Asked = z.object({
  /** A page of the site that carries the snippet. */
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  /** Count the browser again. */
  counted: z.boolean().default(false),
});
const Link = z.object({ url: z.string(), expires_at: z.string() });

const make = createRoute({
  method: "post",
  path: "/",
  summary: "Leave a browser of your own out of campaigns and figures, or count it again",
  description:
    "Whoever works for the site may make the link. Who is proven to work there is left out without one. What was counted before stays.",
  tags: ["Sites"],
  request: { params: SitePath, body: jsonBody(Asked) },
  responses: { 201: jsonContent(Link, "Open it in the browser that is meant"), ...REFUSALS },
});

export const staffLink = nounRouter();

staffLink.openapi(make, async (c) => {
  const { site } = c.req.valid("param");
  const { url, counted } = c.req.valid("json");
  const address = new URL(url);
  const live = await loadSite(c.env, c.executionCtx, site, c.get("now"));
  if (live !== null && !isAllowedOrigin(address.origin, live.config.settings.allowed_origins)) {
    throw new ApiError("invalid", "this address is none of the site's allowed origins", { path: "url" });
  }
  const expiresAt = Math.floor(c.get("now") / 1_000) + LINK_SECONDS;
  const word = counted ? "off" : "on";
  address.searchParams.set(STAFF_PARAMETER, await signStaffWord(c.env, site, word, expiresAt));
  return c.json({ url: address.href, expires_at: isoOf(expiresAt * 1_000) }, 201);
});
