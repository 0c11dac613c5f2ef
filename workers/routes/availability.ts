/**
 * /v1/availability and /v1/articles — what a visitor can do now, and the answers that are written down already.
 *
 * The desk is asked when what this isolate knows of it is 2 s old, so a page that asks every few seconds learns of a
 * change within ten.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { excerptOf, findArticles } from "../../domain/availability/articles.ts";
import { type Availability, availabilityOf } from "../../domain/availability/availability.ts";
import { htmlOf } from "../../domain/chat/content-markdown.ts";
import { isoOf } from "../../domain/ids.ts";
import { type OpenTimes, readBusinessHours, readSchedule } from "../../domain/targeting/schedule.ts";
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import { verifyConversationToken } from "../../durable-objects/conversation-token.ts";
import type { OpenRequest } from "../conversations/open.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import {
  type Locale,
  type Published,
  publishedArticle,
  publishedArticles,
} from "../faq/published-articles.ts";
import { credentialOf } from "../ingest/credentials.ts";
import { visitorOf } from "../ingest/visitor-id.ts";
import { verifyIdentity } from "../site/identity.ts";
import { type LiveSite, loadSite } from "../site/site-config.ts";

export const FRESH_MS = 2_000;
const SHOWN_ARTICLES = 3;
const MAX_FOUND = 20;
const EXCERPT_LENGTH = 160;

const Locales = z.enum(["fr", "en"]);

export const availability = new Hono<AppEnv>();

availability.get("/availability", async (c) => {
  const live = await siteAsked(c, FRESH_MS);
  const skill = c.req.query("skill") || null;
  c.header("Cache-Control", "no-store");
  return c.json(await answerOf(c, live, skill, localeOf(c, live)));
});

availability.get("/articles", async (c) => {
  const live = await siteAsked(c);
  const query = c.req.query("q") ?? "";
  if (query.length > 200) throw new ApiError("invalid", "at most 200 characters", { path: "q" });
  const articles = await articlesOf(c, live, localeOf(c, live));
  c.header("Cache-Control", "public, max-age=10");
  return c.json({
    items: findArticles(articles, query)
      .slice(0, MAX_FOUND)
      .map(({ id, title, body, tags }) => ({ id, title, excerpt: excerptOf(body, EXCERPT_LENGTH), tags })),
  });
});

availability.get("/articles/:id", async (c) => {
  const live = await siteAsked(c);
  const id = c.req.param("id");
  const article = await publishedArticle(c.env, live.config.site, id);
  if (article === null) throw new ApiError("not_found", "there is no such article");
  const { title, body, locale, tags } = article;
  c.header("Cache-Control", "public, max-age=10");
  // Null where the text says all there is, or is too long to be set.
  return c.json({ id, title, body, html: htmlOf(body), locale, tags });
});

/**
 * What is answered instead of a new conversation where the site takes none now; null where it does. Who proves a
 * conversation of theirs, an identity or a place that is held for them is never turned away.
 */
export async function insteadOfOpening(
  c: Context<AppEnv>,
  { config }: LiveSite,
  wanted: OpenRequest,
): Promise<Response | null> {
  const skill = wanted.skill ?? null;
  const { now } = c.var;
  const live = await loadSite(c.env, c.executionCtx, config.site, now, FRESH_MS);
  if (live === null || (await offerOf(c, live, skill)).accepts) return null;
  if (await isExpected(c, live, wanted)) return null;
  const error = new ApiError(
    "unavailable",
    "no conversation can begin now; here is what can be done instead",
  );
  return c.json(
    { ...error.body(), availability: await answerOf(c, live, skill, localeOf(c, live, wanted.locale)) },
    409,
  );
}

async function isExpected(
  c: Context<AppEnv>,
  { config: { site, settings } }: LiveSite,
  wanted: OpenRequest,
): Promise<boolean> {
  const { token, identity_token: identity, decision_id: decision } = wanted;
  const claims = token ? await verifyConversationToken(c.env.TOKEN_SECRET, token, c.var.now) : null;
  if (claims?.site === site && claims.visitor === visitorOf(wanted, false)) return true;
  if (identity && (await verifyIdentity(c.env, settings, identity)) !== null) return true;
  return decision ? await c.env.SITE_DESK.getByName(site).leaseHeld(decision) : false;
}

async function answerOf(c: Context<AppEnv>, live: LiveSite, skill: string | null, locale: Locale) {
  const { name, currency, timezone, locale: own } = live.config.settings;
  const { state, actions, position, waitSeconds, opensAt } = await offerOf(c, live, skill, locale);
  const articles = actions.includes("faq") ? await articlesOf(c, live, locale) : [];
  return {
    state,
    actions,
    position,
    wait_seconds: waitSeconds,
    opens_at: opensAt === null ? null : isoOf(opensAt),
    site: { name, locale: own, currency, timezone },
    articles: articles.slice(0, SHOWN_ARTICLES).map(({ id, title }) => ({ id, title })),
  };
}

/** What a visitor who reads `locale` can do now. */
export async function offerOf(
  c: Context<AppEnv>,
  live: LiveSite,
  skill: string | null,
  locale: Locale = live.config.settings.locale,
): Promise<Availability> {
  const { availability: settings, callbacks } = live.config.settings;
  const articles = (await articlesOf(c, live, locale)).length > 0;
  const hours = hoursOf(live.config, skill);
  return availabilityOf(
    { desk: live.desk, hours, settings, skill, callbacks: callbacks.enabled, articles },
    c.var.now,
  );
}

const read = new WeakMap<PublishedSite, Map<string | null, OpenTimes>>();

/** The hours of `skill` where it has its own, else the site's; read once for each version of the site. */
export function hoursOf(config: PublishedSite, skill: string | null): OpenTimes {
  const { settings } = config;
  const own = skill !== null && Object.hasOwn(settings.availability.hours ?? {}, skill);
  const named = own ? skill : null;
  const known = read.get(config) ?? new Map<string | null, OpenTimes>();
  const hours =
    known.get(named) ??
    (named === null
      ? readBusinessHours(settings)
      : readSchedule({ hours: settings.availability.hours?.[named] ?? [] }, settings));
  known.set(named, hours);
  read.set(config, known);
  return hours;
}

/** Articles in the visitor's language; where there are none, in the site's. */
async function articlesOf(c: Context<AppEnv>, { config }: LiveSite, locale: Locale): Promise<Published[]> {
  const { now } = c.var;
  const found = await publishedArticles(c.env, config.site, locale, now);
  const own = config.settings.locale;
  return found.length > 0 || own === locale ? found : publishedArticles(c.env, config.site, own, now);
}

function localeOf(
  c: Context<AppEnv>,
  { config }: LiveSite,
  asked: string | null | undefined = undefined,
): Locale {
  const wanted = Locales.safeParse((asked ?? c.req.query("locale") ?? "").slice(0, 2).toLowerCase());
  return wanted.success ? wanted.data : config.settings.locale;
}

/** The site of the query's `key`. */
export async function siteAsked(c: Context<AppEnv>, staleAfterMs?: number): Promise<LiveSite> {
  const { now } = c.var;
  const key = c.req.query("key");
  const credential = key === undefined ? null : await credentialOf(c.env, key, now);
  const live =
    credential === null ? null : await loadSite(c.env, c.executionCtx, credential.site, now, staleAfterMs);
  if (live === null) throw new ApiError("unknown_key", "no site has this write key");
  return live;
}
