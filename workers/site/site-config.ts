/**
 * A site as the edge knows it: its published configuration and its desk's availability, kept in isolate memory.
 *
 * The configuration lies in KV under an immutable key; which version is current, the site's desk says, together with
 * who is free. What is older than 5 s is asked again beside the request; older than 10 s, the request waits, or sooner
 * where it says so.
 */
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { DeskStatus } from "../../domain/desk/wire.ts";
import { type EpochMs, SITE_KEY_PATTERN, type SiteKey } from "../../domain/ids.ts";
import { PublishedSite } from "../../domain/targeting/campaign.ts";
import { sites } from "../../migrations/schema.ts";
import { configKey, publish } from "../publish/publish.ts";

export const REFRESH_AFTER_MS = 5_000;
export const STALE_AFTER_MS = 10_000;
const UNKNOWN_FOR_MS = 5_000;
const MAX_SITES = 500;

export type LiveSite = { config: PublishedSite; desk: DeskStatus };
type Kept = LiveSite & { askedAt: EpochMs };

const kept = new Map<SiteKey, Kept>();
/** Questions under way: requests that come together are one question to desk and store. */
const asking = new Map<SiteKey, Promise<LiveSite>>();
const unknown = new Map<SiteKey, EpochMs>();

/**
 * The site of `key`, or null where none exists. `ctx` carries the refresh that no request waits for; what is older than
 * `staleAfterMs` is not answered.
 */
export async function loadSite(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  key: SiteKey,
  now: EpochMs,
  staleAfterMs: number = STALE_AFTER_MS,
): Promise<LiveSite | null> {
  const before = kept.get(key);
  const age = before === undefined ? Infinity : now - before.askedAt;
  if (before !== undefined && age < staleAfterMs) {
    if (age >= REFRESH_AFTER_MS && !asking.has(key)) {
      refresh(env, ctx, key, before, now).catch((error: unknown) => {
        console.error(
          JSON.stringify({ level: "error", what: "site refresh", site: key, error: String(error) }),
        );
      });
    }
    return before;
  }
  if (before === undefined && !(await exists(env, key, now))) return null;
  return refresh(env, ctx, key, before ?? null, now);
}

/** Forget what this isolate keeps of `key`, so that the next request asks: after a change made here. */
export function forgetSite(key: SiteKey): void {
  kept.delete(key);
  asking.delete(key);
  unknown.delete(key);
}

/**
 * What desk and store say now: the answer to the question that is under way, or to a new one. Others wait for it too, so
 * it goes on where the request that asked it is broken off.
 */
function refresh(
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  key: SiteKey,
  before: LiveSite | null,
  now: EpochMs,
): Promise<LiveSite> {
  const underWay = asking.get(key);
  if (underWay !== undefined) return underWay;
  const asked = ask(env, key, before, now).finally(() => {
    if (asking.get(key) === asked) asking.delete(key);
  });
  asking.set(key, asked);
  ctx.waitUntil(Promise.allSettled([asked]));
  return asked;
}

async function ask(env: Env, key: SiteKey, before: LiveSite | null, now: EpochMs): Promise<LiveSite> {
  const desk = await env.SITE_DESK.getByName(key).status();
  const same = before !== null && before.config.version === desk.version;
  const config = same ? before.config : ((await published(env, key, desk.version)) ?? before?.config);
  const live = config === undefined ? await publishFirst(env, key, now) : { config, desk };
  if (kept.size >= MAX_SITES) kept.clear();
  kept.set(key, { ...live, askedAt: now });
  return live;
}

/** A site whose publication was cut short between D1 and the edge: do it now, then read what it left. */
async function publishFirst(env: Env, key: SiteKey, now: EpochMs): Promise<LiveSite> {
  await publish(env, key, now);
  const desk = await env.SITE_DESK.getByName(key).status();
  const config = await published(env, key, desk.version);
  if (config === null) throw new Error(`site ${key} has no published configuration`);
  return { config, desk };
}

async function published(env: Env, key: SiteKey, version: number): Promise<PublishedSite | null> {
  if (version === 0) return null;
  const stored = await env.CONFIG.get(configKey(key, version), { type: "json", cacheTtl: 86_400 });
  return stored === null ? null : PublishedSite.parse(stored);
}

async function exists(env: Env, key: SiteKey, now: EpochMs): Promise<boolean> {
  if (!SITE_KEY_PATTERN.test(key) || now - (unknown.get(key) ?? -Infinity) < UNKNOWN_FOR_MS) return false;
  const row = await drizzle(env.DB).select({ key: sites.key }).from(sites).where(eq(sites.key, key)).get();
  if (row !== undefined) return true;
  if (unknown.size >= MAX_SITES) unknown.clear();
  unknown.set(key, now);
  return false;
}
