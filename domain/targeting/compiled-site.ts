/**
 * A site's published configuration, compiled once for each version: segments, live campaigns in their order, and the
 * index that says which of them are worth asking.
 *
 * Errors  a campaign or a segment that could not be saved as it is (an operator or a fact that is not known, an
 *         expression that could cost too much) is left out whole and reported; so is a campaign that asks about a
 *         segment that was left out.
 */
import type { SiteKey } from "../ids.ts";
import type { SiteSettings } from "../site/settings.ts";
import type { Campaign, PublishedSite } from "./campaign.ts";
import { type CampaignIndex, indexByNeed } from "./campaign-index.ts";
import { type CampaignContext, CompiledCampaign } from "./compiled-campaign.ts";
import { leafProblems, type Problem, readCondition } from "./condition.ts";
import { segmentKeyOf } from "./fact-names.ts";
import { type RowSegment, SiteRows } from "./moment.ts";
import { type OpenTimes, readSchedule } from "./schedule.ts";
import { type CompiledSegment, readSegments, type Segments, type UnreadableSegment } from "./segments.ts";
import { type Timing, timingOf } from "./time-driven.ts";

export type CompiledSite = {
  site: SiteKey;
  version: number;
  timezone: string;
  /** In the order of arbitration. */
  byId: ReadonlyMap<string, CompiledCampaign>;
  /** By key, the higher priority first, then the lower key. */
  segments: Segments;
  unreadable: Unreadable[];
  unreadableSegments: UnreadableSegment[];
  rows: SiteRows;
  /** As `segments`, the ones that are left alone apart. */
  rowSegments: readonly RowSegment[];
  excluding: readonly RowSegment[];
  /** How time can move those that are left alone. */
  exclusion: Timing;
  asked: CampaignIndex<CompiledCampaign>;
};

export type Unreadable = { campaign: string; problems: Problem[] };

/** Reads every segment and every live campaign of `published`. */
export function compileSite(published: PublishedSite): CompiledSite {
  const { segments: read, unreadable: unreadableSegments } = readSegments(published.segments);
  const rows = new SiteRows(read);
  const rowSegments = rows.segments.toSorted((a, b) => bySegmentOrder(a.compiled, b.compiled));
  const excluding = rowSegments.filter(({ compiled }) => compiled.segment.exclude);
  const leftAlone = excluding.flatMap(({ compiled }) => compiled.reach);
  const exclusion = timingOf(leftAlone);
  const live = published.campaigns.filter(({ status }) => status === "live");
  const { campaigns, unreadable } = compileCampaigns(live, {
    segments: read,
    rows,
    leftAlone,
    exclusion,
    scheduleOf: sharedSchedules(published.settings),
  });
  return {
    site: published.site,
    version: published.version,
    timezone: published.settings.timezone,
    byId: new Map(campaigns.map((each) => [each.campaign.id, each])),
    segments: new Map(rowSegments.map(({ compiled }) => [compiled.segment.key, compiled])),
    unreadable,
    unreadableSegments,
    rows,
    rowSegments,
    excluding,
    exclusion,
    asked: indexByNeed(campaigns, {
      slotOf: (path) => rows.slotOf(path),
      value: (row, slot) => rows.value(row, slot),
      // Drawers of event facts are opened for a `Wake` too.
      stays: (path) => path.startsWith("event.") || !rows.moves(path),
    }),
  };
}

function bySegmentOrder({ segment: a }: CompiledSegment, { segment: b }: CompiledSegment): number {
  return b.priority - a.priority || (a.key < b.key ? -1 : Number(a.key > b.key));
}

function compileCampaigns(
  live: readonly Campaign[],
  context: CampaignContext,
): { campaigns: CompiledCampaign[]; unreadable: Unreadable[] } {
  const campaigns: CompiledCampaign[] = [];
  const unreadable: Unreadable[] = [];
  for (const campaign of live) {
    const read = readCondition(campaign.condition, { segments: context.segments });
    const problems = read.ok ? leafProblems(read.leaves) : read.problems;
    if (read.ok && problems.length === 0) {
      const expectedValue = expectedValueOf(campaign, read.paths, context.segments);
      campaigns.push(new CompiledCampaign(campaign, read, expectedValue, context));
    } else unreadable.push({ campaign: campaign.id, problems });
  }
  campaigns.sort(byArbitration);
  for (const [rank, each] of campaigns.entries()) each.rank = rank;
  return { campaigns, unreadable };
}

/** Campaigns share few schedules, and one remembers the days that it has read. */
function sharedSchedules(settings: SiteSettings): (campaign: Campaign) => OpenTimes {
  const schedules = new Map<string, OpenTimes>();
  return ({ schedule }) => {
    const text = JSON.stringify(schedule);
    const known = schedules.get(text) ?? readSchedule(schedule, settings);
    schedules.set(text, known);
    return known;
  };
}

/** A campaign's own value, else the highest among the segments it asks about. */
function expectedValueOf({ value }: Campaign, paths: readonly string[], segments: Segments): number {
  const asked = paths.map((path) => segments.get(segmentKeyOf(path) ?? "")?.segment.value ?? 0);
  return value ?? Math.max(0, ...asked);
}

/** Higher priority first, then the higher expected value, then the lower id: one and the same order everywhere. */
function byArbitration(a: CompiledCampaign, b: CompiledCampaign): number {
  if (a.campaign.priority !== b.campaign.priority) return b.campaign.priority - a.campaign.priority;
  if (a.expectedValue !== b.expectedValue) return b.expectedValue - a.expectedValue;
  return a.campaign.id < b.campaign.id ? -1 : Number(a.campaign.id > b.campaign.id);
}
