/**
 * A site's published articles of one language, kept in isolate memory: a page that asks often costs D1 nothing.
 *
 * A change is seen within `KEPT_MS`. Of each text only the beginning is kept; who reads an article asks for it whole.
 */
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { Article } from "../../domain/site/resources.ts";
import { resources } from "../../migrations/schema.ts";

export type Locale = Article["locale"];
export type Published = { id: string; title: string; body: string; tags: string[]; updatedAt: EpochMs };

const KEPT_MS = 10_000;
const MAX_KEPT = 200;
const MAX_ARTICLES = 300;
const SEARCHED_LENGTH = 4_000;
const Tags = z.array(z.string()).catch([]);

type Kept = { articles: Promise<Published[]>; askedAt: EpochMs };
const kept = new Map<string, Kept>();

/** The published articles of `site` in `locale`, the oldest first, as a site writes them down. */
export function publishedArticles(
  env: Env,
  site: SiteKey,
  locale: Locale,
  now: EpochMs,
): Promise<Published[]> {
  const key = `${site}:${locale}`;
  const known = kept.get(key);
  if (known !== undefined && now - known.askedAt < KEPT_MS) return known.articles;
  if (kept.size >= MAX_KEPT) kept.clear();
  const articles = readArticles(env, site, locale);
  kept.set(key, { articles, askedAt: now });
  articles.catch(() => kept.delete(key));
  return articles;
}

/** One published article with its whole text; null where there is none. */
export async function publishedArticle(env: Env, site: SiteKey, id: string): Promise<Article | null> {
  const row = await drizzle(env.DB)
    .select({ body: resources.body })
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, "articles"), eq(resources.id, id)))
    .get();
  if (row === undefined) return null;
  const article = Article.parse(JSON.parse(row.body));
  return article.status === "published" ? article : null;
}

const fact = (name: string) => sql<string>`json_extract(${resources.body}, ${`$.${name}`})`;

async function readArticles(env: Env, site: SiteKey, locale: Locale): Promise<Published[]> {
  const rows = await drizzle(env.DB)
    .select({
      id: resources.id,
      title: fact("title"),
      body: sql<string>`substr(${fact("body")}, 1, ${SEARCHED_LENGTH})`,
      tags: sql<string>`coalesce(${fact("tags")}, '[]')`,
      updatedAt: resources.updatedAt,
    })
    .from(resources)
    .where(
      and(
        eq(resources.site, site),
        eq(resources.noun, "articles"),
        eq(fact("status"), "published"),
        eq(fact("locale"), locale),
      ),
    )
    .orderBy(resources.id)
    .limit(MAX_ARTICLES);
  return rows.map(({ tags, ...row }) => ({ ...row, tags: Tags.parse(JSON.parse(tags)) }));
}
