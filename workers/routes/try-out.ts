/** POST /api/sites/{site}/campaigns/{id}/test-link — an address that shows a campaign to the browser that opens it. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { isoOf } from "../../domain/ids.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import { ApiError } from "../errors.ts";
import { campaignOf } from "../publish/campaign-row.ts";
import { isAllowedOrigin } from "../site/allowed-origin.ts";
import { loadSite } from "../site/site-config.ts";
import { LINK_SECONDS, signTryOut, TRY_OUT_PARAMETER } from "../try-out/token.ts";
import { existing } from "./campaigns.ts";
import { ItemPath, jsonBody, jsonContent, nounRouter, REFUSALS } from "./openapi.ts";

const Asked = z.object({
  /** A page of the site that carries the snippet. */
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  /** Which variant to show; the first one where none is named. */
  variant: z.string().max(40).nullish(),
});
const Link = z.object({ url: z.string(), expires_at: z.string() });

const make = createRoute({
  method: "post",
  path: "/{id}/test-link",
  summary: "Try a campaign out on a live page, in one browser and outside every figure",
  tags: ["Campaigns"],
  middleware: [requireAdmin, existing] as const,
  request: { params: ItemPath, body: jsonBody(Asked) },
  responses: { 201: jsonContent(Link, "Open it in the browser that is to see the campaign"), ...REFUSALS },
});

export const tryOut = nounRouter();

tryOut.openapi(make, async (c) => {
  const { site, id } = c.req.valid("param");
  const campaign = campaignOf(c.get("campaign"));
  const { url, variant = null } = c.req.valid("json");
  if (variant !== null && !campaign.variants.some(({ key }) => key === variant)) {
    throw new ApiError("invalid", "the campaign has no variant of this key", { path: "variant" });
  }
  const address = new URL(url);
  const live = await loadSite(c.env, c.executionCtx, site, c.get("now"));
  if (live !== null && !isAllowedOrigin(address.origin, live.config.settings.allowed_origins)) {
    throw new ApiError("invalid", "this address is none of the site's allowed origins", { path: "url" });
  }
  const expiresAt = Math.floor(c.get("now") / 1_000) + LINK_SECONDS;
  const token = await signTryOut(c.env, site, { campaign: id, variant }, expiresAt);
  address.searchParams.set(TRY_OUT_PARAMETER, token);
  return c.json({ url: address.href, expires_at: isoOf(expiresAt * 1_000) }, 201);
});
