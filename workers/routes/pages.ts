/**
 * The pages of shop, console and admin: static files with the headers that keep them safe.
 *
 * Console and admin are single-page: whatever is below them answers their one document. The shop is a demonstration of
 * somebody else's site, so it exists only where `DEMO` is set, and it has a 404 page of its own.
 */
import { type Context, Hono } from "hono";
import { socketOrigin } from "../conversations/socket-url.ts";
import type { AppEnv } from "../env.ts";

/** The one rule that every Observable Plot chart carries as an inline style, by its hash. */
const PLOT_STYLE = "'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='";
const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${PLOT_STYLE}`,
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "media-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];
const SHOP_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

export const pages = new Hono<AppEnv>();

pages.get("/", (c) => {
  const { PUBLIC_HOST, APP_HOST } = c.env as { PUBLIC_HOST: string; APP_HOST: string };
  if (isDemo(c)) return c.redirect("/shop/");
  const isPublic = PUBLIC_HOST !== APP_HOST && new URL(c.req.url).host === PUBLIC_HOST;
  return isPublic ? c.notFound() : c.redirect("/console/");
});

/** The console's service worker, which must lie where it rules. */
pages.get("/console/sw.js", async (c) => {
  const script = await asset(c, "/console/sw.js");
  const headers = new Headers(script.headers);
  headers.set("Cache-Control", "no-cache");
  headers.set("X-Content-Type-Options", "nosniff");
  return new Response(script.body, { status: script.status, headers });
});

for (const app of ["console", "admin"]) {
  pages.get(`/${app}`, (c) => c.redirect(`/${app}/`));
  pages.get(`/${app}/*`, async (c) => {
    const page = await asset(c, `/${app}/`);
    return page.ok || page.status === 304 ? secured(c, page, APP_POLICY) : c.notFound();
  });
}

pages.get("/shop", (c) => (isDemo(c) ? c.redirect("/shop/") : c.notFound()));
pages.get("/shop/*", async (c) => {
  if (!isDemo(c)) return c.notFound();
  const page = await asset(c, c.req.path);
  if (page.status !== 404) return secured(c, page, SHOP_POLICY);
  const lost = await asset(c, "/shop/404");
  return lost.ok ? secured(c, lost, SHOP_POLICY, 404) : c.notFound();
});

const isDemo = (c: Context<AppEnv>): boolean => (c.env as { DEMO?: string }).DEMO === "1";

/** The desk's socket opens on the page's own host; older browsers do not count it to `'self'`. */
const deskOrigin = (url: string): string => new URL(url).origin.replace(/^http/, "ws");

/** The static file at `path`; its own 404 where there is none. */
function asset(c: Context<AppEnv>, path: string): Promise<Response> {
  const known = path === c.req.path ? c.req.header("if-none-match") : undefined;
  const headers = known === undefined ? {} : { "if-none-match": known };
  return c.env.ASSETS.fetch(new Request(new URL(path, c.req.url), { headers }));
}

/** `page` with the headers of a document that runs `policy`. */
function secured(
  c: Context<AppEnv>,
  page: Response,
  policy: readonly string[],
  status = page.status,
): Response {
  const { protocol } = new URL(c.req.url);
  const headers = new Headers(page.headers);
  headers.set(
    "Content-Security-Policy",
    [...policy, `connect-src 'self' ${socketOrigin(c.env, c.req.url)} ${deskOrigin(c.req.url)}`].join("; "),
  );
  headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
  headers.set("Cache-Control", "no-cache");
  if (protocol === "https:") headers.set("Strict-Transport-Security", "max-age=31536000");
  return new Response(page.body, { status, headers });
}
