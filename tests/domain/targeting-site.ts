/** Sites for tests of the judgement: campaigns and segments of a few words each. */
import { Segment } from "../../domain/site/resources.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { Campaign, type PublishedSite } from "../../domain/targeting/campaign.ts";
import type { Clock } from "../../domain/targeting/time-driven.ts";

/** A Monday; 13:00 in Paris. */
export const NOON = Date.parse("2026-11-23T12:00:00Z");
export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;
export const PARIS = "Europe/Paris";

export type Condition = Record<string, unknown>;

export function campaign(id: string, given: Partial<Campaign> = {}): Campaign {
  const base = {
    id,
    name: id,
    status: "live",
    kind: "chat",
    variants: [{ key: "a", creative: {} }],
    version: 1,
    phase: 1,
    created_at: "2026-11-01T00:00:00Z",
    updated_at: "2026-11-01T00:00:00Z",
  };
  return Campaign.parse({ ...base, ...given });
}

export function segment(key: string, condition: Condition, given: Partial<Segment> = {}): Segment {
  return Segment.parse({ key, name: key, condition, ...given });
}

export function siteOf(campaigns: Campaign[], segments: Segment[] = []): PublishedSite {
  const settings = SiteSettings.parse({ key: "demo", name: "Demo", timezone: PARIS });
  return {
    site: "demo",
    version: 1,
    published_at: "2026-11-23T00:00:00Z",
    settings,
    campaigns,
    segments,
    funnels: [],
  };
}

/** The page for 10 seconds, the visit for a minute, no engagement yet. */
export const clock: Clock = {
  now: NOON,
  pageStartedAt: NOON - 10 * SECOND_MS,
  sessionStartedAt: NOON - 60 * SECOND_MS,
  lastEngagementAt: null,
  timezone: PARIS,
};

export const wake = { name: "Wake", properties: {} };
