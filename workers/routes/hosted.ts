/**
 * /c/{site} — a page of ours that opens a site's chat, for links in search ads, e-mails and posts; and its QR code.
 *
 * It is the widget that every page has, so visits, campaigns and conversations come about as anywhere. The page sets no
 * cookie and is in no search engine; `utm_*` and click ids of its address are read by the beacon.
 */
import { type Context, Hono } from "hono";
import { renderSVG } from "uqr";
import { chatLink, LINK_FIELDS, MAX_FIELD_LENGTH } from "../../domain/availability/chat-link.ts";
import { weekAhead } from "../../domain/availability/week-ahead.ts";
import { readOpenDays } from "../../domain/site/open-days.ts";
import { socketOrigin } from "../conversations/socket-url.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { fillLost, fillPage } from "../hosted/fill.ts";
import { pageLocale } from "../hosted/words.ts";
import { publicOrigin } from "../hosts.ts";
import { type LiveSite, loadSite } from "../site/site-config.ts";
import { FRESH_MS, offerOf } from "./availability.ts";

/** What an agent sends may show a picture of the site's own: any address that is encrypted. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];
const MODULE_PIXELS = 10;

export const hosted = new Hono<AppEnv>();

hosted.get("/:site/qr.svg", async (c) => {
  const live = await siteOf(c);
  if (live === null) throw new ApiError("not_found", "there is no such site");
  const fields = Object.fromEntries(
    LINK_FIELDS.flatMap((name) => {
      const value = c.req.query(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const long = Object.entries(fields).find(([, value]) => value.length > MAX_FIELD_LENGTH);
  if (long !== undefined)
    throw new ApiError("invalid", `at most ${MAX_FIELD_LENGTH} characters`, { path: long[0] });
  const link = chatLink(publicOrigin(c.env, c.req.url), live.config.site, fields);
  return c.body(renderSVG(link, { pixelSize: MODULE_PIXELS }), 200, {
    "Content-Type": "image/svg+xml; charset=utf-8",
    "Content-Disposition": `inline; filename="${live.config.site}-qr.svg"`,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=3600",
  });
});

hosted.get("/:site", async (c) => {
  const [page, live] = await Promise.all([builtPage(c), siteOf(c)]);
  if (!page.ok) return c.notFound();
  const [lang, accepted] = [c.req.query("lang"), c.req.header("accept-language")];
  if (live === null) return secured(c, fillLost(page, pageLocale(lang, accepted, "fr")), 404);
  const { site, settings } = live.config;
  const { name, timezone, business_hours: hours } = settings;
  const locale = pageLocale(lang, accepted, settings.locale);
  const available = await offerOf(c, live, null, locale);
  const { now } = c.var;
  const week = hours.length === 0 ? null : weekAhead(readOpenDays(hours, settings), timezone, now);
  return secured(c, fillPage(page, { key: site, name, locale, timezone, available, week, now }), 200);
});

function siteOf(c: Context<AppEnv>): Promise<LiveSite | null> {
  return loadSite(c.env, c.executionCtx, c.req.param("site") ?? "", c.var.now, FRESH_MS);
}

function builtPage(c: Context<AppEnv>): Promise<Response> {
  return c.env.ASSETS.fetch(new Request(new URL("/hosted/", c.req.url)));
}

function secured(c: Context<AppEnv>, page: Response, status: number): Response {
  const headers = new Headers({
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": [...POLICY, `connect-src 'self' ${socketOrigin(c.env, c.req.url)}`].join("; "),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    // It says how things stand, in the reader's language.
    "Cache-Control": "no-store",
  });
  if (new URL(c.req.url).protocol === "https:") {
    headers.set("Strict-Transport-Security", "max-age=31536000");
  }
  return new Response(page.body, { status, headers });
}
