/** Sites for tests: each test names its own, so that nothing an isolate remembers crosses from one to the next. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { SiteSettings } from "../../domain/site/settings.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { apiKeys, campaigns, sites } from "../../migrations/schema.ts";
import { hashApiKey } from "../../workers/auth/api-key.ts";
import { publish } from "../../workers/publish/publish.ts";

type Wanted = Partial<SiteSettings> & { campaigns?: (Partial<CampaignInput> & { id: string })[] };

let count = 0;

/** A published site with these settings and live campaigns, and an API key of its own. */
export async function makeSite({ campaigns: wanted = [], ...settings }: Wanted = {}): Promise<{
  key: string;
  apiKey: string;
}> {
  count += 1;
  const key = `site-${count}-${crypto.randomUUID().slice(0, 8)}`;
  const db = drizzle(env.DB);
  const whole = SiteSettings.parse({ key, name: key, default_consent: "granted", ...settings });
  await db.insert(sites).values({ key, settings: JSON.stringify(whole), createdAt: 0 });
  for (const { id, ...campaign } of wanted) {
    const body = CampaignInput.parse({
      name: id,
      kind: "content",
      status: "live",
      variants: [{ key: "a", creative: { fr: { title: id } } }],
      ...campaign,
    });
    const { name, status } = body;
    await db
      .insert(campaigns)
      .values({ id, site: key, name, status, body: JSON.stringify(body), createdAt: 0, updatedAt: 0 });
  }
  const apiKey = `ak_${crypto.randomUUID()}`;
  await db
    .insert(apiKeys)
    .values({ id: `key_${key}`, site: key, name: "test", hash: await hashApiKey(apiKey), createdAt: 0 });
  await publish(env, key, Date.now());
  return { key, apiKey };
}

export type Answer = {
  success: true;
  decisions: {
    id: string;
    campaign: string;
    kind: string;
    variant: string;
    creative: Record<string, unknown>;
  }[];
  wake_after_ms: number | null;
  rejected: { index: number; message_id: string | null; code: string; message: string; path: string }[];
};

/** POST `body` to `path` as `key`. */
export function post(
  path: string,
  key: string | null,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const raw = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  return exports.default.fetch(`http://localhost${path}`, {
    method: "POST",
    body: raw as BodyInit,
    headers: { ...(key === null ? {} : { authorization: `Basic ${btoa(`${key}:`)}` }), ...headers },
  });
}

/** Send `batch` as `key`, asking for decisions; fails where the answer is not 200. */
export async function send(key: string, batch: unknown[], query = "?decide=1"): Promise<Answer> {
  const response = await post(`/v1/batch${query}`, key, { batch });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** A page view of `path` by `visitor`. */
export function pageView(
  visitor: string,
  path: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type: "page",
    messageId: crypto.randomUUID(),
    anonymousId: visitor,
    context: { page: { url: `https://shop.example${path}`, path, view_id: `view-${path}` } },
    ...more,
  };
}

/** A track event by `visitor`. */
export function track(
  visitor: string,
  event: string,
  properties: Record<string, unknown> = {},
): Record<string, unknown> {
  return { type: "track", messageId: crypto.randomUUID(), anonymousId: visitor, event, properties };
}
